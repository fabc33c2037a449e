"""Measurement models: several results become one, with the influences they share."""
