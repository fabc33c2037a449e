"""How long a calibration holds; the agent never imports this (it needs scipy)."""
