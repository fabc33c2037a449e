"""The documents that agents have logged: certificates, profiles, what was decided, tests.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.library import (
    Library,
)

__all__ = [
    "Library",
]
