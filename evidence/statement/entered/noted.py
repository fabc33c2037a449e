"""What people entered, as the entries of a journal say it. Pure."""

from collections.abc import Iterable
from typing import Final

import msgspec

from evidence.log.entry import Action, Entry
from evidence.statement.entered.book import EnteredBook, ManualEntry, require_possible
from evidence.statement.entered.content import ManualAmount, ManualReading

ENTERED: Final = (
    Action.MANUAL_READING,
    Action.INVOICE,
    Action.MANUAL_AMOUNT,
    Action.CORRECTION,
)
"""What is done where something is entered; earlier versions called every amount an invoice."""
_CONTENT: Final = ManualReading | ManualAmount


class _Earlier(msgspec.Struct, frozen=True):
    """What a correction says of the entry in whose place it stands."""

    entry: int


def manual_entry(position: int, entry: Entry) -> ManualEntry:
    """What a person entered, of an entry of the journal.

    Args:
        position: its number there.
        entry: one of an action of `ENTERED`.

    Raises:
        ValidationError, CodedError, CalibrationError: it is not understood here: a newer version
            wrote it.
    """
    corrects = None if entry.old is None else msgspec.convert(entry.old, _Earlier).entry
    content = None if entry.new is None else msgspec.convert(entry.new, _CONTENT)
    return ManualEntry(
        entry=position,
        at_ns=entry.at_ns,
        who=entry.who,
        role=entry.role,
        channel=entry.subject,
        reason=entry.reason,
        corrects=corrects,
        content=content,
    )


def book_of(entries: Iterable[tuple[int, Entry]], channel: str, now_ns: int) -> EnteredBook:
    """What was entered of a channel, from entries of the journal in their order.

    Whoever signs a journal can sign anything: each entry must be one that could be entered after
    those before it. Only that a register falls is no reason: earlier versions took some of those,
    and what such a register counted is stated by none.

    Args:
        entries: with their numbers there.
        channel: its name.
        now_ns: no earlier than any of them was entered, UTC ns.

    Raises:
        EntryRefusedError: one contradicts those before it.
        ValidationError, CodedError, CalibrationError: as `manual_entry`.
    """
    book = EnteredBook()
    for position, each in entries:
        if each.subject == channel and each.action in ENTERED:
            made = manual_entry(position, each)
            require_possible(book, channel, made.content, made.corrects, now_ns)
            book = book.with_entry(made)
    return book
