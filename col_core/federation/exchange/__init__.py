"""The bulk lane between cities: each reads what the others offer, page by page. It is the truth; a push is a hint."""
