"""The network as people and programs look at it: who belongs to it, and how the exchange with each goes."""
