"""A period of a channel under its monitoring plan: checks, standing, hours, and what they come to."""
