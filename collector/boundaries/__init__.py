"""Boundaries that people save: entered into the journal, checked against what channels measure."""
