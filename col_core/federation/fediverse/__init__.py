"""The push lane of the network: ActivityPub, by which other servers hear at once that something changed here."""
