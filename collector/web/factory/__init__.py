"""The site at a glance: what is wrong, how the agents are, what the instruments show."""
