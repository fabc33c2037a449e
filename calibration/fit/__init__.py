"""Fitting calibration functions to points; the agent never imports this (it needs scipy)."""
