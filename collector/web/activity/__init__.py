"""Amounts of a product line: totals with their uncertainty, what is missing, and who stands for it."""
