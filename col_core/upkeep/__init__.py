"""Looking after a city: backup, restore, and what the doctor says."""
