"""The readings of one hour of a channel, with the bytes that the instrument sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from collector.api.page import Question, page
from collector.api.paging import MAX_TEXT, from_cursor
from collector.api.pool import Sources
from collector.api.reading import MissedReading, Reading
from collector.lookup import ChannelRow, Place
from collector.web.instrument.resting import derivation_at
from evidence.clock import parse_utc
from evidence.judging.stream import NS_PER_MS

ON_A_PAGE: Final = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll of the instrument.

    Attributes:
        place: Of the leaf that tells of it.
        missed: Why it gave no value; "" where it did.
    """

    at_ns: int
    sequence: int
    quality: str
    place: Place
    missed: str = ""
    raw: str = ""
    indication: float | None = None
    value: float | None = None
    u: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polls:
    """Polls of an hour.

    Attributes:
        next: Cursor of those that follow; "" at the end.
        is_computed: Whether there are none to find: the hour is computed from other channels.
        inputs: These by the model's names; empty where no paper says which they are.
    """

    channel: str
    polls: Sequence[Poll]
    next: str
    is_computed: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)


def polls_of(sources: Sources, channel: str, span: tuple[int, int], cursor: str) -> Polls:
    """The polls of a channel in a span, from a cursor on.

    Raises:
        CursorError: the cursor is of another question.
        LedgerError: a leaf cannot be read.
    """
    row = sources.store.lookup.channel(channel)
    if row is not None and not row.head.profile:
        return _computed(sources, row, span[0])
    question = Question(channel=channel, start_ms=span[0] // NS_PER_MS, end_ms=span[1] // NS_PER_MS)
    after = from_cursor(cursor[:MAX_TEXT], question.id) if cursor else None
    found = page(sources, question, after, ON_A_PAGE)
    return Polls(
        channel=channel,
        polls=[_poll(each) for each in found.readings],
        next=found.next or "",
    )


def _computed(sources: Sources, row: ChannelRow, at_ns: int) -> Polls:
    found = derivation_at(sources, row, at_ns)
    return Polls(
        channel=row.channel,
        polls=(),
        next="",
        is_computed=True,
        inputs={} if found is None else found.inputs,
    )


def _poll(row: Reading | MissedReading) -> Poll:
    place = Place(agent=row.agent, epoch=row.epoch, sequence=row.leaf)
    if isinstance(row, MissedReading):
        return Poll(
            at_ns=parse_utc(row.at),
            sequence=row.sequence,
            quality=row.quality.value,
            missed=row.reason.value,
            place=place,
        )
    return Poll(
        at_ns=parse_utc(row.at),
        sequence=row.sequence,
        quality=row.quality.value,
        place=place,
        raw=row.raw,
        indication=float(row.indication),
        value=float(row.value),
        u=row.standard_uncertainty,
        unit=row.unit,
    )
