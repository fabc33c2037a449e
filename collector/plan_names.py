"""Whether the names in a monitoring plan are of things that come with this software (pure).

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.plan_names import (
    require_known,
)

__all__ = [
    "require_known",
]
