"""The keys of issuers: how they are kept, replaced, and told to the world."""
