"""A period of a channel under its monitoring plan: checks, standing, hours, and their sums."""
