"""Copies of the collector's state: made while it runs, checked, put back, and proved by a drill."""
