"""Home, pages and articles, feedback."""
