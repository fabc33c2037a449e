"""Entries of people into the journal: checked against what stands, inside its own transaction."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from collector.activity.acts import Known, known_in, plain
from collector.journal import Journal
from evidence.clock import Clock, parse_utc, utc_text
from evidence.errors import Words
from evidence.log.entry import Act, Action, Json
from evidence.statement.datum import ActivityData
from evidence.statement.entered.book import ManualEntry, require_admissible
from evidence.statement.entered.content import Content, ManualReading
from evidence.statement.entered.errors import (
    EntryCorrectsError,
    EntryRefusedError,
    EntryValueError,
)
from evidence.statement.locks import place_of, require_lockable, require_locked, require_unreleased


class By(Protocol):
    """Somebody who does something, by name; what they may do was checked before."""

    def act(
        self,
        action: Action,
        *,
        site: str,
        subject: str,
        reason: str,
        old: Json = None,
        new: Json = None,
    ) -> Act:
        """What they do.

        Raises:
            TokenScopeError: they do not extend to the site.
        """
        ...


def enter(
    journal: Journal, by: By, contents: Sequence[Content], clock: Clock, reason: str
) -> list[int]:
    """The numbers of the entries that say what is entered, one for each.

    All are looked at before the first is entered: if one cannot stand, none is entered. What
    stands already, word for word, is not entered again.

    Raises:
        EntryRefusedError: one cannot stand; of several `where` says which, such as "3/12 at".
        TokenScopeError: one is of a site that the person does not extend to.
        JournalError: they could not be entered, from some one on.
    """
    known = known_in(journal)
    told = [_in_utc(each) for each in contents]
    acts = [_entering(by, each, reason) for each in told]
    _require_all(known, told, clock.now_ns())
    entries = list[int]()
    for content, act in zip(told, acts, strict=True):
        known = known_in(journal, known)
        entries.append(_entered(journal, known, content, act, clock))
    return entries


def correct(
    journal: Journal, by: By, entry: int, content: Content | None, reason: str, clock: Clock
) -> int:
    """The number of the entry that stands in the place of an earlier one.

    Args:
        journal: where it is entered.
        by: who does it.
        entry: number of the earlier one.
        content: what stands there from now on; None withdraws it.
        reason: why, in that person's words.
        clock: says when.

    Raises:
        EntryRefusedError: no such entry stands, it is of another channel, or what is entered
            cannot stand.
        TokenScopeError, JournalError: as `enter`.
    """
    require_reason(reason)
    known = known_in(journal)
    before = _entry(known, entry)
    told = None if content is None else _in_utc(content)
    channel = before.channel if told is None else told.channel
    if channel != before.channel:
        what = Words(f"it is of {before.channel}", f"属于 {before.channel}")
        raise EntryCorrectsError("corrects", entry=entry, what=what)
    act = by.act(
        Action.CORRECTION,
        site=site_of(channel),
        subject=channel,
        reason=reason,
        old={"entry": entry, "content": None if before.content is None else plain(before.content)},
        new=None if told is None else plain(told),
    )
    with journal.recording(act) as position:
        book = known_in(journal, known, position).book
        require_admissible(book, channel, told, entry, clock.now_ns())
    return position


def release(journal: Journal, by: By, datum: ActivityData, reason: str) -> int:
    """The number of the entry by which a person releases a statement.

    Raises:
        LockError: it was released before.
        EntryValueError: no reason is given.
        TokenScopeError, JournalError: as `enter`.
    """
    require_reason(reason)
    known = known_in(journal)
    with journal.recording(_deciding(by, Action.RELEASED, datum, reason)) as position:
        require_unreleased(known_in(journal, known, position).locks, datum.digest, datum.channel)
    return position


def lock(journal: Journal, by: By, datum: ActivityData, reason: str) -> int:
    """The number of the entry from which on a released statement stands for its period.

    Raises:
        LockError: it was not released, or another version is locked.
        EntryValueError, TokenScopeError, JournalError: as `release`.
    """
    require_reason(reason)
    known = known_in(journal)
    with journal.recording(_deciding(by, Action.LOCKED, datum, reason)) as position:
        require_lockable(known_in(journal, known, position).locks, datum.digest, place_of(datum))
    return position


def unlock(journal: Journal, by: By, datum: ActivityData, reason: str) -> int:
    """The number of the entry from which on the latest version of a statement counts again.

    Raises:
        LockError: it is not locked.
        EntryValueError, TokenScopeError, JournalError: as `release`.
    """
    require_reason(reason)
    known = known_in(journal)
    with journal.recording(_deciding(by, Action.UNLOCKED, datum, reason)) as position:
        require_locked(known_in(journal, known, position).locks, datum.digest, place_of(datum))
    return position


def site_of(channel: str) -> str:
    """The site of a channel, `<site>/<device>/<channel>`."""
    return channel.partition("/")[0]


def require_reason(reason: str) -> None:
    """Returns if a reason is given.

    Raises:
        EntryValueError: it is empty.
    """
    if not reason.strip():
        what = Words("no reason is given", "未说明原因")
        raise EntryValueError("reason", what=what, limit=Words("some words", "一段文字"))


def _in_utc(content: Content) -> Content:
    """The same with its instants in UTC, so that one text stands for one instant."""
    names = ("at",) if isinstance(content, ManualReading) else ("start", "end")
    texts = {name: utc_text(parse_utc(getattr(content, name), name)) for name in names}
    return replace(content, **texts)


def _entering(by: By, content: Content, reason: str) -> Act:
    return by.act(
        _action(content),
        site=site_of(content.channel),
        subject=content.channel,
        reason=reason,
        new=plain(content),
    )


def _action(content: Content) -> Action:
    """What is done; an amount is an invoice only where somebody says that it is one."""
    if isinstance(content, ManualReading):
        return Action.MANUAL_READING
    return Action.INVOICE if content.document == "invoice" else Action.MANUAL_AMOUNT


def _require_all(known: Known, contents: Sequence[Content], now_ns: int) -> None:
    """Returns if all may be entered, one after the other."""
    book = known.book
    for number, each in enumerate(contents):
        try:
            known.require_read(each.channel)
            if book.twin(each) is None:
                require_admissible(book, each.channel, each, None, now_ns)
                book = book.with_entry(_supposed(each, number, now_ns))
        except EntryRefusedError as wrong:
            raise _of_several(wrong, number, len(contents)) from wrong


def _supposed(content: Content, number: int, now_ns: int) -> ManualEntry:
    """What an entry will be; its number is one that no entry has."""
    return ManualEntry(
        entry=-1 - number, at_ns=now_ns, who="", role="", channel=content.channel, content=content
    )


def _of_several(wrong: EntryRefusedError, number: int, count: int) -> EntryRefusedError:
    """Why one of several is refused: which one, and against which of them if it is against one."""
    if count == 1:
        return wrong
    facts, against = dict(wrong.facts), wrong.facts.get("entry")
    if isinstance(against, int) and against < 0:
        facts["entry"] = Words(f"{-against} of those given with it", f"{-against}（本次录入）")
    return type(wrong)(f"{number + 1}/{count} {wrong.where}", **facts)


def _entered(journal: Journal, known: Known, content: Content, act: Act, clock: Clock) -> int:
    twin = known.book.twin(content)
    if twin is not None:
        return twin.entry
    with journal.recording(act) as position:
        book = known_in(journal, known, position).book
        require_admissible(book, content.channel, content, None, clock.now_ns())
    return position


def _entry(known: Known, entry: int) -> ManualEntry:
    found = known.book.entry(entry)
    if found is None:
        what = Words("there is none of this number", "没有该编号的条目")
        raise EntryCorrectsError("corrects", entry=entry, what=what)
    return found


def _deciding(by: By, action: Action, datum: ActivityData, reason: str) -> Act:
    facts: dict[str, Any] = {
        "channel": datum.channel,
        "start": datum.period.start,
        "end": datum.period.end,
        "value": datum.value,
        "unit": datum.unit,
        "standard_uncertainty": datum.standard_uncertainty,
        "software": datum.software,
    }
    if datum.under_plan is not msgspec.UNSET:
        amount = datum.under_plan.compliance
        facts["under_plan"] = True
        facts["compliance"] = None if amount is None else amount.value
        facts["compliance_unit"] = datum.under_plan.unit
    return by.act(
        action, site=site_of(datum.channel), subject=datum.digest, reason=reason, new=facts
    )
