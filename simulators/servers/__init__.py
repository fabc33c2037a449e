"""Servers that speak an instrument's real protocol over simulated truth."""
