"""How opportunities come in: sources fetched, read, reviewed, stored; what breaks is noticed."""
