"""Declarations into the journal: a new version, or a withdrawal; each with its reason."""

from collector.activity.acts import Known, known_in
from collector.activity.entering import By, require_reason
from collector.api.unknown import DeclarationUnknownError
from collector.journal import Journal
from evidence.log.entry import Act, Action, Json
from evidence.statement.declaration.book import Version
from evidence.statement.declaration.content import Declaration, plain, tidied
from evidence.statement.declaration.errors import DeclarationChangedError


def declare(
    journal: Journal, by: By, told: Declaration, site: str, reason: str, replaces: int | None
) -> int:
    """The number of the entry by which a declaration stands as it is given.

    What stands already, word for word, is not entered again.

    Args:
        journal: where it is entered.
        by: who does it.
        told: of something that is there (`site_of_subject`).
        site: whose that is.
        reason: why, in that person's words.
        replaces: number of the last entry about it; None for one that is new, or was withdrawn.

    Raises:
        DeclarationChangedError: another entry than `replaces` is the last one.
        DeclarationUnreadError: one about it is not understood here.
        EntryValueError: no reason is given.
        TokenScopeError, JournalError: it may not, or could not be entered.
    """
    require_reason(reason)
    told, known = tidied(told), known_in(journal)
    last = known.declarations.last(told.of)
    act = by.act(
        Action.DECLARATION_SET,
        site=site,
        subject=told.of,
        reason=reason,
        old=_plain(last),
        new=plain(told),
    )
    if last is not None and last.told == told:
        return last.entry
    _require_seen(last, replaces, told.of)
    return _recorded(journal, known, act, last)


def withdraw(journal: Journal, by: By, of: str, reason: str) -> int:
    """The number of the entry from which on a declaration counts for no record any more.

    Raises:
        DeclarationUnknownError: none stands of this.
        DeclarationUnreadError, EntryValueError, TokenScopeError, JournalError: as `declare`.
    """
    require_reason(reason)
    known = known_in(journal)
    last = known.declarations.last(of)
    if last is None or last.told is None:
        raise DeclarationUnknownError("of", of=of)
    act = by.act(
        Action.DECLARATION_WITHDRAWN, site=last.site, subject=of, reason=reason, old=_plain(last)
    )
    return _recorded(journal, known, act, last)


def _recorded(journal: Journal, known: Known, act: Act, last: Version | None) -> int:
    with journal.recording(act) as position:
        now = known_in(journal, known, position).declarations.last(act.subject)
        if now != last:
            _require_seen(now, None if last is None else last.entry, act.subject)
    return position


def _require_seen(last: Version | None, replaces: int | None, of: str) -> None:
    """Returns if the last entry about a thing is the one that its author saw."""
    allowed: set[int | None] = {None if last is None else last.entry}
    if last is not None and last.told is None:
        allowed.add(None)
    if replaces not in allowed:
        found = "-" if last is None else last.entry
        expected = "-" if replaces is None else replaces
        raise DeclarationChangedError(of, found=found, expected=expected)


def _plain(version: Version | None) -> Json:
    return None if version is None or version.told is None else plain(version.told)
