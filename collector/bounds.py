"""Between which instants the stamps of a batch can lie, and what lies outside. Pure.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.bounds import (
    ALL_TIME,
    NS_PER_S,
    CLOCKS_APART_s,
    FIRST_BATCH_s,
    LONGEST_BATCH_s,
    StampBounds,
    placed,
    stamp_bounds,
)

__all__ = [
    "ALL_TIME",
    "NS_PER_S",
    "CLOCKS_APART_s",
    "FIRST_BATCH_s",
    "LONGEST_BATCH_s",
    "StampBounds",
    "placed",
    "stamp_bounds",
]
