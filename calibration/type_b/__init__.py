"""Type B evaluation: from a class or a data sheet to limits, and to standard uncertainties.

No file of this folder needs scipy; only load.py and cli.py touch files.
"""
