"""The network of cities: who belongs to it, what cities tell each other, whose badges are recognised."""
