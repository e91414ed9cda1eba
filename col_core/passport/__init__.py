"""What a learner holds: claimed and imported badges, kept on a device, shown only as their holder says."""
