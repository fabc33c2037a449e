"""Amounts of a product line: totals with U, what is missing of them, who stands for them."""
