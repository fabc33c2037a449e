"""What comes of judging a leaf: windows, faults, and what was taken note of.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.judgement import (
    Fault,
    Judgement,
    Position,
    fault_of,
)

__all__ = [
    "Fault",
    "Judgement",
    "Position",
    "fault_of",
]
