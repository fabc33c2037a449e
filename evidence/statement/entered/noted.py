"""What people entered, as the entries of a journal say it. Pure."""

from collections.abc import Iterable
from typing import Final

import msgspec

from evidence.log.entry import Action, Entry
from evidence.statement.entered.book import EnteredBook, ManualEntry
from evidence.statement.entered.content import ManualAmount, ManualReading

ENTERED: Final = (Action.MANUAL_READING, Action.INVOICE, Action.CORRECTION)
"""What is done where something is entered."""
_CONTENT: Final = ManualReading | ManualAmount


def manual_entry(position: int, entry: Entry) -> ManualEntry:
    """What a person entered, of an entry of the journal.

    Args:
        position: its number there.
        entry: one of an action of `ENTERED`.

    Raises:
        ValidationError, CodedError, CalibrationError: it is not understood here: a newer version
            wrote it.
    """
    corrects = entry.old["entry"] if isinstance(entry.old, dict) else None
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


def book_of(entries: Iterable[tuple[int, Entry]], channel: str) -> EnteredBook:
    """What was entered of a channel, from entries of the journal in their order.

    Args:
        entries: with their numbers there.
        channel: its name.

    Raises:
        ValidationError, CodedError, CalibrationError: as `manual_entry`.
    """
    own = (
        manual_entry(position, each)
        for position, each in entries
        if each.subject == channel and each.action in ENTERED
    )
    return EnteredBook().with_entries(own)
