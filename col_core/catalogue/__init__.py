"""Opportunities: sources, ingest, search, map, occurrences, feeds."""
