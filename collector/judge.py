"""The content of admitted leaves: checked again, quarantined by name, folded into windows.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.judge import (
    Judge,
)

__all__ = [
    "Judge",
]
