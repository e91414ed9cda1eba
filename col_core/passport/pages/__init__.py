"""The pages of claiming, keeping and sharing badges."""
