"""Badges: achievements, awards and the back-ends that issue them."""
