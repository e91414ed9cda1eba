"""Ground floor: configuration, clock, errors, database, jobs, HTTP client, languages. No business words in here."""
