"""Released and locked statements, from what people did, in the order of the journal. Pure.

A person releases a statement: its digest, named with a reason. A released statement may be locked:
from then on it stands for its channel and period, whatever is made of them later; what is made
later shows beside it as a difference. Unlocking says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from evidence.errors import EvidenceError, Words
from evidence.statement.datum import ActivityData

Place = tuple[str, str, str, bool]
"""Channel, start and end of a statement, RFC 3339 in UTC, and whether it is told under the plan.

Those that are and those that are not are two rows of versions: neither supersedes the other.
"""


def place_of(datum: ActivityData) -> Place:
    """Which statement it is a version of."""
    is_under_plan = datum.under_plan is not msgspec.UNSET
    return datum.channel, datum.period.start, datum.period.end, is_under_plan


class LockError(EvidenceError):
    """A statement cannot be released, locked or unlocked as it was asked."""

    code = "E_LOCK"
    en = "{what}; {limit}"
    zh = "{what}；{limit}"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What a person did about a statement.

    Args:
        entry: its number in the journal.
        at_ns: when, UTC ns.
        who, role, reason: by whom and why.
        digest, channel, start, end: of the statement; `under_plan`: whether it is told under the
            monitoring plan too.
    """

    kind: Literal["released", "locked", "unlocked"]
    entry: int
    at_ns: int
    who: str
    role: str
    reason: str
    digest: str
    channel: str
    start: str
    end: str
    under_plan: bool = False

    @property
    def place(self) -> Place:
        """Which statement it is a version of."""
        return self.channel, self.start, self.end, self.under_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """What is released and what is locked.

    Attributes:
        released: The last release of each statement, by digest.
        locked: The lock that stands, by channel and period.
    """

    released: Mapping[str, Act] = field(default_factory=dict)
    locked: Mapping[Place, Act] = field(default_factory=dict)

    def locked_otherwise(self, datum: ActivityData) -> Act | None:
        """The lock of the other kind of its channel and period: with the plan, or without it."""
        channel, start, end, is_under_plan = place_of(datum)
        return self.locked.get((channel, start, end, not is_under_plan))

    def with_act(self, act: Act) -> "Locks":
        """The same after one act more; an unlocking removes the lock of its place."""
        if act.kind == "released":
            return replace(self, released={**self.released, act.digest: act})
        if act.kind == "locked":
            return replace(self, locked={**self.locked, act.place: act})
        return replace(self, locked={k: v for k, v in self.locked.items() if k != act.place})


def require_unreleased(locks: Locks, digest: str, channel: str) -> None:
    """Returns if a statement was not released yet.

    Raises:
        LockError: it was.
    """
    if digest in locks.released:
        entry = locks.released[digest].entry
        what = Words(f"{digest} was released before", f"{digest} 此前已发布")
        limit = Words(f"entry {entry} says by whom and why", f"见条目 {entry}")
        raise LockError(channel, what=what, limit=limit)


def require_lockable(locks: Locks, digest: str, place: Place) -> None:
    """Returns if a statement may be locked.

    Raises:
        LockError: it was not released, or another version of it is locked.
    """
    if digest not in locks.released:
        what = Words(f"{digest} was not released", f"{digest} 尚未发布")
        limit = Words("release it first", "请先发布")
        raise LockError(place[0], what=what, limit=limit)
    held = locks.locked.get(place)
    if held is not None:
        what = Words(f"{held.digest} is locked there already", f"该处已锁定 {held.digest}")
        limit = Words("unlock that one first, with a reason", "请先说明原因并解锁")
        raise LockError(place[0], what=what, limit=limit)


def require_locked(locks: Locks, digest: str, place: Place) -> None:
    """Returns if a statement is the one that is locked.

    Raises:
        LockError: it is not.
    """
    held = locks.locked.get(place)
    if held is None or held.digest != digest:
        what = Words(f"{digest} is not locked", f"{digest} 未被锁定")
        limit = Words("list what is locked and name one of these", "请列出已锁定项并指明其一")
        raise LockError(place[0], what=what, limit=limit)
