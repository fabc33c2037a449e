"""What people may do: rights, and the roles that have them. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from evidence.errors import Words


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


ROLE_WORDS: Final[Mapping[Role, Words]] = {
    Role.ANALYST: Words("an analyst", "分析员"),
    Role.AUDITOR: Words("an auditor", "核查员"),
    Role.ENGINEER: Words("an engineer", "工程师"),
    Role.ADMINISTRATOR: Words("an administrator", "管理员"),
}


def any_of(roles: Sequence[Role]) -> Words:
    """Roles of which one is enough, in words; at least one."""
    words = [ROLE_WORDS[each] for each in roles]
    first = ", ".join([words[0].en, *(each.value for each in roles[1:-1])])
    if len(roles) == 1:
        return words[0]
    chinese = "、".join(each.zh for each in words[:-1])
    return Words(f"{first} or {roles[-1].value}", f"{chinese}或{words[-1].zh}")


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return right in RIGHTS[role]


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that have a right."""
    return tuple(role for role in Role if may(role, right))
