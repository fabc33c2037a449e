"""Boundaries and their versions, from what people did, in the order of the journal. Pure.

Of the versions that were entered by an instant, the last one whose `effective_from` has come
counts. A withdrawal ends all versions before it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from evidence.clock import utc_text
from evidence.errors import Words
from evidence.log.entry import Action, Entry
from evidence.statement.boundary.content import Boundary
from evidence.statement.boundary.errors import (
    BoundaryPeriodError,
    BoundaryValueError,
    BoundaryWithdrawnError,
)

BOUNDED = (Action.BOUNDARY_SET, Action.BOUNDARY_WITHDRAWN)
"""What is done about boundaries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry about a boundary.

    Attributes:
        id: Of the boundary.
        entry: Its number in the journal.
        at_ns: When it was entered, UTC ns.
        who, role, reason: By whom and why.
        boundary: What was saved; None where it was withdrawn.
    """

    id: str
    entry: int
    at_ns: int
    who: str
    role: str
    reason: str
    boundary: Boundary | None


def version_of(position: int, entry: Entry) -> Version:
    """A version, of an entry of the journal.

    Args:
        position: its number there.
        entry: one of an action of `BOUNDED`.

    Raises:
        ValidationError, CodedError: it is not understood here: a newer version wrote it.
    """
    said = None if entry.new is None else msgspec.convert(entry.new, Boundary)
    if said is not None and said.id != entry.subject:
        what = Words(f"the entry is about '{entry.subject}'", f"记录的对象为 '{entry.subject}'")
        raise BoundaryValueError("id", what=what, limit=Words("the same", "相同"))
    return Version(
        id=entry.subject,
        entry=position,
        at_ns=entry.at_ns,
        who=entry.who,
        role=entry.role,
        reason=entry.reason,
        boundary=said,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundaries:
    """All boundaries with their versions, by name and in the order of the journal."""

    versions: Mapping[str, Sequence[Version]] = field(default_factory=dict)

    def with_versions(self, later: Iterable[Version]) -> "Boundaries":
        """The same after more entries, in the order of the journal."""
        found = {name: list(each) for name, each in self.versions.items()}
        for each in later:
            found.setdefault(each.id, []).append(each)
        return Boundaries(versions=found)

    def of(self, name: str, known_ns: int | None = None) -> list[Version]:
        """The versions of a boundary that were entered by an instant, UTC ns; None for all."""
        found = self.versions.get(name, ())
        return [each for each in found if known_ns is None or each.at_ns <= known_ns]

    def last(self, name: str, known_ns: int | None = None) -> Version | None:
        """The last of them; None where there is none."""
        found = self.of(name, known_ns)
        return found[-1] if found else None

    def standing(self) -> Iterator[tuple[Version, Boundary]]:
        """The last version of each boundary that is not withdrawn, by name."""
        for name in sorted(self.versions):
            last = self.versions[name][-1]
            if last.boundary is not None:
                yield last, last.boundary

    def in_force(
        self, name: str, span: tuple[int, int], known_ns: int | None = None
    ) -> tuple[Version, Boundary]:
        """The one version that counts for all of a period.

        Args:
            name: of a boundary of which there is a version.
            span: of the period, UTC ns.
            known_ns: the instant as of which it is told, UTC ns; None for now.

        Raises:
            BoundaryWithdrawnError: it was withdrawn by then.
            BoundaryPeriodError: none counts at the period's start, or another one before its end.
        """
        versions = _since_withdrawal(self.of(name, known_ns))
        start, end = span
        first = _at(versions, start)
        if first is None:
            begin_ns = min((b.from_ns or 0 for _, b in versions), default=0)
            raise _period(name, "it counts from {at} on", "其自 {at} 起生效", begin_ns, "start")
        for at_ns in sorted(b.from_ns for _, b in versions if b.from_ns is not None):
            other = _at(versions, at_ns) if start < at_ns < end else None
            if other is not None and other[1].terms != first[1].terms:
                said = "another version counts from {at} on", "自 {at} 起另一版本生效"
                raise _period(name, *said, at_ns, "end")
        return first


def _since_withdrawal(versions: Sequence[Version]) -> list[tuple[Version, Boundary]]:
    """The versions after the last withdrawal.

    Raises:
        BoundaryWithdrawnError: there is none.
    """
    found: list[tuple[Version, Boundary]] = []
    for each in versions:
        found = [] if each.boundary is None else [*found, (each, each.boundary)]
    if versions and not found:
        raise BoundaryWithdrawnError(versions[-1].id, entry=versions[-1].entry)
    return found


def _at(
    versions: Sequence[tuple[Version, Boundary]], at_ns: int
) -> tuple[Version, Boundary] | None:
    """The last one that was entered and has come into effect at an instant."""
    found = [each for each in versions if each[1].from_ns is None or each[1].from_ns <= at_ns]
    return found[-1] if found else None


def _period(name: str, en: str, zh: str, at_ns: int, side: str) -> BoundaryPeriodError:
    at = utc_text(at_ns)
    what = Words(en.format(at=at), zh.format(at=at))
    limit = (
        Words(f"that starts at {at} or later", f"不早于 {at} 开始")
        if side == "start"
        else Words(f"that ends at {at}, and for the rest", f"在 {at} 结束，其余另查")
    )
    return BoundaryPeriodError(name, what=what, limit=limit)
