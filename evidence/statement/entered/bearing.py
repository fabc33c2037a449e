"""Which locked statements an entry bears on. Pure."""

from collections.abc import Iterable, Iterator

from evidence.clock import parse_utc
from evidence.statement.entered.book import EnteredBook, ManualEntry
from evidence.statement.entered.content import ManualAmount, ManualReading
from evidence.statement.entered.covered import Span
from evidence.statement.locks import Act, Locks


def locked_under(book: EnteredBook, locks: Locks, entries: Iterable[ManualEntry]) -> list[Act]:
    """The locks of statements that entries would change, or did, in order of their periods.

    Args:
        book: What was entered.
        locks: What is locked.
        entries: Of a correction both that one and the one in whose place it stands count.
    """
    found: dict[int, Act] = {}
    for each in entries:
        for one in _with_corrected(book, each):
            for span in _spans(book, one):
                found |= {act.entry: act for act in _over(locks, one.channel, span)}
    return sorted(found.values(), key=lambda act: (act.channel, act.start, act.entry))


def _with_corrected(book: EnteredBook, entry: ManualEntry) -> Iterator[ManualEntry]:
    yield entry
    before = None if entry.corrects is None else book.entry(entry.corrects)
    if before is not None:
        yield before


def _spans(book: EnteredBook, entry: ManualEntry) -> Iterator[Span]:
    """The time that an entry tells of: a reading of that between its neighbours."""
    content = entry.content
    if isinstance(content, ManualAmount):
        yield content.span
    elif isinstance(content, ManualReading):
        at_ns = content.at_ns
        others = [
            each.content.at_ns
            for each in book.standing(entry.channel)
            if isinstance(each.content, ManualReading) and each.content.at_ns != at_ns
        ]
        before = max((each for each in others if each < at_ns), default=at_ns)
        after = min((each for each in others if each > at_ns), default=at_ns)
        yield before, after


def _over(locks: Locks, channel: str, span: Span) -> Iterator[Act]:
    for act in locks.locked.values():
        start, end = parse_utc(act.start), parse_utc(act.end)
        if act.channel == channel and start < span[1] and span[0] < end:
            yield act
