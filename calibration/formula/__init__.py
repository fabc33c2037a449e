"""Measurement models written as formulas: a strict grammar, values and derivatives; no I/O."""
