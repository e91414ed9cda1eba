"""The command line `col`, one file a noun."""
