"""What people may do: rights, and the roles that have them. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """One thing that may be allowed."""

    READ_DATA = "read-data"
    READ_EVIDENCE = "read-evidence"
    ENTER = "enter"
    RELEASE = "release"
    OPERATE = "operate"
    ADMINISTER = "administer"


class Role(StrEnum):
    """What somebody is here for."""

    ANALYST = "analyst"
    AUDITOR = "auditor"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"


READING: Final = frozenset({Right.READ_DATA, Right.READ_EVIDENCE})
"""What changes nothing."""
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.ANALYST: frozenset({Right.READ_DATA, Right.ENTER, Right.RELEASE}),
    Role.AUDITOR: READING,
    Role.ENGINEER: READING | {Right.ENTER, Right.OPERATE},
    Role.ADMINISTRATOR: frozenset(Right),
}


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return right in RIGHTS[role]


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that have a right."""
    return tuple(role for role in Role if may(role, right))
