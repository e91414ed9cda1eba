"""The catalogue for people: map and list, one opportunity, one organisation, cards."""
