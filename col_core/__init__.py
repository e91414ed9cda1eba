"""The core of the City of Learning platform. It knows no city: what differs is a plugin, a file or a setting."""
