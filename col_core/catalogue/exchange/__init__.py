"""How opportunities are said to other programs, and read from them: one module a format."""
