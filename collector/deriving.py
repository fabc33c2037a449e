"""Channels that are computed from others: their hours follow the hours of their inputs.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.deriving import MOST_CHANNELS, MOST_LINKS, Deriving, Hour

__all__ = ["MOST_CHANNELS", "MOST_LINKS", "Deriving", "Hour"]
