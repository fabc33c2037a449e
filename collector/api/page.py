"""A page of readings: leaves one after the other until it is full."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from collector.api.paging import Mark, cursor_of, order_of, question_of
from collector.api.pool import Sources
from collector.api.reading import MissedReading, Reading, first_ms, rows_of, streams_of
from collector.lookup import Place
from evidence.judging.bounds import stamp_bounds
from evidence.log.batch import Batch, decode

FIRST_PORTION: Final = 64


class ReadingPage(msgspec.Struct, frozen=True, kw_only=True):
    """Readings and misses in the order of the leaves that hold them.

    Args:
        next: cursor of the page that follows; null at the end.
    """

    readings: tuple[Reading | MissedReading, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose readings: a channel's, in [start, end), UTC ms."""

    channel: str
    start_ms: int
    end_ms: int

    @property
    def id(self) -> str:
        """What cursors of this question are known by."""
        return question_of(self.channel, self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What one leaf gives to a question, and where it stands."""

    place: Place
    first_ms: int
    rows: list[Reading | MissedReading]

    @property
    def order(self) -> tuple[int, str, str, int]:
        """Where it stands among the leaves of the question."""
        return order_of(self.first_ms, self.place)


def page(sources: Sources, question: Question, after: Mark | None, limit: int) -> ReadingPage:
    """At most `limit` (>= 1) readings and misses after a mark.

    Raises:
        LedgerError: a leaf cannot be read.
    """
    rows: list[Reading | MissedReading] = []
    for leaf in _leaves(sources, question, after):
        done = after.taken if after is not None and leaf.order == after.order else 0
        fresh = leaf.rows[done:]
        room = limit - len(rows)
        if len(fresh) > room:
            rows += fresh[:room]
            return ReadingPage(readings=tuple(rows), next=_cursor(question, leaf, done + room))
        rows += fresh
    return ReadingPage(readings=tuple(rows), next=None)


def _cursor(question: Question, leaf: Leaf, taken: int) -> str:
    return cursor_of(
        Mark(
            question=question.id,
            first_ms=leaf.first_ms,
            agent=leaf.place.agent,
            epoch=leaf.place.epoch,
            sequence=leaf.place.sequence,
            taken=taken,
        )
    )


def _leaves(sources: Sources, question: Question, after: Mark | None) -> Iterator[Leaf]:
    """The leaves of a question in their order, from that of the mark on."""
    faulty = sources.store.lookup.faulty()
    for place in _places(sources, question, after):
        leaf = _leaf(sources, question, place, faulty)
        if after is None or leaf.order >= after.order:
            yield leaf


def _places(sources: Sources, question: Question, after: Mark | None) -> Iterator[Place]:
    """Places of leaves, each once, asked for in portions that double."""
    from_ms = question.start_ms if after is None else max(question.start_ms, after.first_ms)
    seen: set[Place] = set()
    portion = FIRST_PORTION
    while True:
        places = sources.store.lookup.places(question.channel, from_ms, question.end_ms, portion)
        for place in places:
            if place not in seen:
                seen.add(place)
                yield place
        if len(places) < portion:
            return
        portion *= 2


def _leaf(
    sources: Sources,
    question: Question,
    place: Place,
    faulty: frozenset[tuple[str, str, int, str]],
) -> Leaf:
    start_ms, end_ms = question.start_ms, question.end_ms
    stored = sources.ledger.leaf(place.agent, place.epoch, place.sequence)
    batch = decode(stored.leaf)
    if not isinstance(batch, Batch):
        return Leaf(place=place, first_ms=0, rows=[])
    streams = streams_of(batch, question.channel, start_ms, end_ms)
    wrong = (place.agent, place.epoch, place.sequence, question.channel) in faulty
    bounds = stamp_bounds(batch.clock, stored.received_ns)
    rows = rows_of(streams, place, start_ms, end_ms, bounds=bounds, quarantined=wrong)
    return Leaf(place=place, first_ms=first_ms(streams) if streams else 0, rows=rows)
