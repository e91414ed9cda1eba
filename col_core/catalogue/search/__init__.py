"""Finding opportunities: filters, facets and map from columns in memory, words from the database."""
