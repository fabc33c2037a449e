"""A stream's results again, from its indications and the logged certificates.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.recompute import (
    CONTRIBUTION,
    MS_PER_HOUR,
    RELATIVE,
    Recomputed,
    difference,
    recompute,
)

__all__ = [
    "CONTRIBUTION",
    "MS_PER_HOUR",
    "RELATIVE",
    "Recomputed",
    "difference",
    "recompute",
]
