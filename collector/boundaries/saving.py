"""Boundaries into the journal: a new version, or a withdrawal; each with its reason."""

from collector.activity.acts import Known, known_in
from collector.activity.entering import By, require_reason
from collector.api.unknown import BoundaryUnknownError
from collector.journal import Journal
from evidence.log.entry import Act, Action, Json
from evidence.statement.boundary.book import Version
from evidence.statement.boundary.content import Boundary, plain, tidied
from evidence.statement.boundary.errors import BoundaryChangedError


def save(journal: Journal, by: By, boundary: Boundary, reason: str, replaces: int | None) -> int:
    """The number of the entry by which a boundary stands as it is given.

    What stands already, word for word, is not entered again.

    Args:
        journal: where it is entered.
        by: who does it.
        boundary: that can be summed (`require_summable`).
        reason: why, in that person's words.
        replaces: number of the last entry about it; None for a boundary that is new, or was
            withdrawn.

    Raises:
        BoundaryChangedError: another entry than `replaces` is the last one.
        BoundaryUnreadError: the last one is not understood here.
        EntryValueError: no reason is given.
        TokenScopeError, JournalError: it may not, or could not be entered.
    """
    require_reason(reason)
    told, known = tidied(boundary), known_in(journal)
    last = _last(known, told.id)
    act = by.act(
        Action.BOUNDARY_SET,
        site=told.site,
        subject=told.id,
        reason=reason,
        old=_plain(last),
        new=plain(told),
    )
    if last is not None and last.boundary == told:
        return last.entry
    _require_seen(last, replaces, told.id)
    return _recorded(journal, known, act, last)


def withdraw(journal: Journal, by: By, name: str, reason: str) -> int:
    """The number of the entry from which on a boundary gives no sums any more.

    Raises:
        BoundaryUnknownError: none of this name stands.
        BoundaryUnreadError, EntryValueError, TokenScopeError, JournalError: as `save`.
    """
    require_reason(reason)
    known = known_in(journal)
    last = _last(known, name)
    if last is None or last.boundary is None:
        raise BoundaryUnknownError("boundary", id=name)
    act = by.act(
        Action.BOUNDARY_WITHDRAWN,
        site=last.boundary.site,
        subject=name,
        reason=reason,
        old=_plain(last),
    )
    return _recorded(journal, known, act, last)


def _recorded(journal: Journal, known: Known, act: Act, last: Version | None) -> int:
    with journal.recording(act) as position:
        now = _last(known_in(journal, known, position), act.subject)
        if now != last:
            _require_seen(now, None if last is None else last.entry, act.subject)
    return position


def _last(known: Known, name: str) -> Version | None:
    known.require_boundary_read(name)
    return known.boundaries.last(name)


def _require_seen(last: Version | None, replaces: int | None, name: str) -> None:
    """Returns if the last entry about a boundary is the one that its author saw."""
    allowed: set[int | None] = {None if last is None else last.entry}
    if last is not None and last.boundary is None:
        allowed.add(None)
    if replaces not in allowed:
        found = "-" if last is None else last.entry
        expected = "-" if replaces is None else replaces
        raise BoundaryChangedError(name, found=found, expected=expected)


def _plain(version: Version | None) -> Json:
    if version is None or version.boundary is None:
        return None
    return plain(version.boundary)
