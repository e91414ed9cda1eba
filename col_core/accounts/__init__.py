"""People and programs that act: for now the bearer tokens of organisations."""
