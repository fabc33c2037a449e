"""Saved boundaries: which channels make an amount, with which factors, and from when on."""
