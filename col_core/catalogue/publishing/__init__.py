"""What people decide about opportunities: organisations about their own, moderators about what waits."""
