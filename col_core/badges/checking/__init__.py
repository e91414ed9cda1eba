"""Checking badges of anybody: for people on a page, for programs by the API, in a shell by `col badges verify`."""
