"""Badges for people: the wall of what can be earned, and what each stands for."""
