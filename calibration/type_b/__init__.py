"""Type B evaluation: from a class to limits, and to standard uncertainties.

No file of this folder needs scipy; only load.py touches files.
"""
