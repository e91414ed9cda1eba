"""The engine of credentials: build, sign, verify, bake. Pure: no Flask, no database, no network of its own."""
