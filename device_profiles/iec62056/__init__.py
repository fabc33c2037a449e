"""IEC 62056-21 mode C: messages, data lines, and both sides of a talk (sans-IO).

Left out: modes A, B, D and E, partial blocks (EOT), passwords and writing.
"""
