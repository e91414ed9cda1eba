"""The mechanism of plugins: registry, isolation, deprecations. Rooms declare their own hooks."""
