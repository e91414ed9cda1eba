"""Who belongs to the network: statements, marks and chains of OpenID Federation, the anchor's folder, a city's part."""
