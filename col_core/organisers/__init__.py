"""Organisations that publish opportunities."""
