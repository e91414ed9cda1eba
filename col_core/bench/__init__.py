"""Measuring the house: synthetic catalogues, and what each part costs beside the plainest way to do the same."""
