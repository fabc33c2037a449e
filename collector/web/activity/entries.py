"""What people entered, a page of it, the latest first. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from collector.api.security import Reader
from collector.rights import Right, may
from collector.web.factory.channels import Paged, paged
from evidence.statement.entered.book import EnteredBook, ManualEntry
from evidence.statement.entered.content import Content, ManualAmount, ManualReading

ON_A_PAGE: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry in a line.

    Attributes:
        start_ns, end_ns: Of an amount; of a reading both are its instant; None where it withdraws.
        value, unit: None and "" where it withdraws another one.
        document: Kind of document that an amount was taken from; "" where nobody says.
        standing: Whether it counts.
        corrected_by: Number of the entry in its place; None where there is none.
    """

    entry: ManualEntry
    start_ns: int | None
    end_ns: int | None
    value: float | None
    unit: str
    source: str
    document: str
    standing: bool
    corrected_by: int | None


def entries_shown(book: EnteredBook, reader: Reader, query: Mapping[str, str]) -> Paged[EntryLine]:
    """A page of the entries that the reader may see, of one channel if that is asked for."""
    only, page = query.get("channel", ""), query.get("page", "")
    channels = [
        each for each in book.channels() if reader.sees_channel(each) and only in ("", each)
    ]
    lines = [line for channel in channels for line in _lines(book, channel)]
    lines.sort(key=lambda each: -each.entry.entry)
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    return paged(lines, max(1, number), ON_A_PAGE)


def may_enter(reader: Reader) -> bool:
    """Whether somebody has signed in who may enter something."""
    person, is_signed_in = reader.person, reader.session is not None
    return person is not None and is_signed_in and may(person.role, Right.ENTER)


def _lines(book: EnteredBook, channel: str) -> list[EntryLine]:
    entries = book.of(channel)
    later = {each.corrects: each.entry for each in entries if each.corrects is not None}
    standing = {each.entry for each in book.standing(channel)}
    return [
        _line(each, standing=each.entry in standing, later=later.get(each.entry))
        for each in entries
    ]


def _line(entry: ManualEntry, *, standing: bool, later: int | None) -> EntryLine:
    content = entry.content
    start, end = _span(content)
    return EntryLine(
        entry=entry,
        start_ns=start,
        end_ns=end,
        value=None if content is None else content.value,
        unit="" if content is None else content.unit,
        source="" if content is None else content.source,
        document=_document(content),
        standing=standing,
        corrected_by=later,
    )


def _document(content: Content | None) -> str:
    said = content.document if isinstance(content, ManualAmount) else msgspec.UNSET
    return "" if said is msgspec.UNSET else said


def _span(content: Content | None) -> tuple[int | None, int | None]:
    if content is None:
        return None, None
    if isinstance(content, ManualReading):
        return content.at_ns, content.at_ns
    return content.span
