"""Translations of what partner cities offer into the languages of this one, by plugins or people, for its own pages."""
