"""The catalogue for programs: what is read and written under `/api/v1`."""
