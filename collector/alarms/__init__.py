"""Alarms that leave the box: what is wrong is told once, again each day, and when it is over."""
