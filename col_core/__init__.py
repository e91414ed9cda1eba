"""The core of the City of Learning platform. It knows no city: what differs between cities is a plugin, a file or a setting."""

__version__ = "0.1.0"
