"""What can be earned: achievements, their editions in each language, how they look."""
