"""Whether a decoded leaf holds what it may: its place, storable numbers, recomputable results.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.content import (
    WHOLE,
    check_position,
    check_recomputed,
    check_record,
    check_size,
)

__all__ = [
    "WHOLE",
    "check_position",
    "check_recomputed",
    "check_record",
    "check_size",
]
