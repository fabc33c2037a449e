"""Which channels measure the same thing, from the installations that agents logged.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.statement.groups import groups_of

__all__ = ["groups_of"]
