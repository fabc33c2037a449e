"""Thin shells that carry requests and answers; what a byte means is known elsewhere."""
