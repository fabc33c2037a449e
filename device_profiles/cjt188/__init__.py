"""CJ/T 188: water, heat and gas meters of China, both sides, without a line."""
