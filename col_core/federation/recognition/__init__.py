"""Badges between cities: whose are recognised, and what is kept so that they still verify when their city is gone."""
