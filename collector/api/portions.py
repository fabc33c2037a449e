"""Statements of a long answer: some at a time, each portion from connections of its own.

Every portion is told and kept as the list tells and keeps it, so a statement has the digest that a
question for it alone would give it. What arrives meanwhile shows in the portions that follow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from calibration.increment import NS_PER_HOUR
from collector.activity.acts import Acts, Known
from collector.api.listed import (
    WITHOUT_DATA,
    ZONE,
    ActivityAsked,
    as_of_ns,
    asked_range,
    boundary_of,
    chosen,
    lock_headers,
    require_planned,
    row_headers,
    told_as_asked,
    undivided_headers,
)
from collector.api.parts import Parts
from collector.api.period import periods
from collector.api.placed import Placed, Settled
from collector.api.pool import Sources
from collector.api.refusal import RangeLimitError
from collector.api.security import Reader
from collector.api.statement import PORTION, Span
from collector.api.streamed import lent
from collector.api.telling import Telling
from collector.lookup import ChannelRow
from evidence.errors import Words
from evidence.statement.boundary.used import BoundaryShown
from evidence.statement.datum import ActivityData
from evidence.statement.exports.json_lines import End

MAX_STREAMED: Final = 1_000_000
"""Statements of one file."""
PORTION_HOURS: Final = PORTION * 31 * 24
"""Channel-hours that are looked through while connections are held: a month of each."""
Piece = tuple[ChannelRow, Sequence[Span]]


@dataclass(slots=True, kw_only=True)
class Streaming:
    """A question for many statements, while they are told.

    Attributes:
        asked: The question.
        known: What the journal said at its beginning.
        rows: The channels.
        spans: The periods of each.
        zone: Whose days count.
        boundary: The saved boundary that the channels are of; None where they were named.
        left_out: How many channels are left out, as their readings would be cut in two.
        cut: How many periods are left out likewise of others, by name.
        statements, locked, differing: How many were told; of them locked; of these otherwise now.
        otherwise: Of how many the other kind is locked: with the plan, or without it.
        rowless: Hours under a plan in periods without a row.
    """

    asked: ActivityAsked
    parts: Parts
    known: Known
    as_of_ns: int | None
    rows: Sequence[ChannelRow]
    spans: Sequence[Span]
    zone: ZoneInfo
    boundary: BoundaryShown | None
    left_out: int
    statements: int = field(default=0, init=False)
    locked: int = field(default=0, init=False)
    differing: int = field(default=0, init=False)
    otherwise: int = field(default=0, init=False)
    rowless: int = field(default=0, init=False)
    cut: dict[str, int] = field(default_factory=dict, init=False)

    @property
    def most(self) -> int:
        """How many statements answer it, if no period is without data."""
        return len(self.rows) * len(self.spans)

    @property
    def undivided(self) -> int:
        """How many channels are left out, or periods of theirs."""
        return self.left_out + len(self.cut)

    @property
    def whole(self) -> Span:
        """From when until when, UTC ns."""
        return self.spans[0][0], self.spans[-1][1]

    def portions(self) -> Iterator[Sequence[ActivityData]]:
        """The statements by channel and time, as they are kept.

        Raises:
            StoreBusyError: connections are in use all the time.
            CodedError, CalibrationError: as `Telling.follows` and `Telling.settled`.
        """
        for pieces in divided(self.rows, self.spans):
            found = lent(self.parts.sources, partial(self._told, pieces))
            self.statements += len(found.data)
            self.locked += found.locked
            self.differing += found.differing
            self.otherwise += found.otherwise
            yield found.data

    def _told(self, pieces: Sequence[Piece], sources: Sources) -> Settled:
        telling = Telling(sources, self.parts, self.known, self.as_of_ns)
        if len(self.spans) == 1:
            telling.require_leaves([row for row, _ in pieces], self.spans)
        placed: list[Placed] = []
        for row, spans in pieces:
            told = told_as_asked(self.asked, telling, row, spans)
            self.rowless += told.rowless
            if told.cut:
                self.cut[row.channel] = self.cut.get(row.channel, 0) + told.cut
            placed += told.placed
        return telling.settled(placed)

    def require_one_thing(self, data: Sequence[ActivityData]) -> None:
        """Returns if rows can be drawn together: what they share is one thing in each.

        Raises:
            UnlikeInfluenceError: an influence id stands for unlike things.
        """

        def held(sources: Sources) -> None:
            Telling(sources, self.parts, self.known).require_one_thing(data)

        lent(self.parts.sources, held)

    def end(self) -> End:
        """What was told, once all of it was."""
        return End(
            statements=self.statements,
            periods_without_data=self.most - self.statements - sum(self.cut.values()),
            locked=self.locked,
            locked_differing=self.differing,
            locked_otherwise=self.otherwise,
            hours_without_row=self.rowless if self.asked.under_plan else msgspec.UNSET,
            boundary=self.boundary or msgspec.UNSET,
            channels_undivided=self.undivided or msgspec.UNSET,
            time_zone=self.zone.key,
        )

    def headers(self) -> Mapping[str, str]:
        """The same, as the list has it in its headers."""
        found = Settled(
            data=[], locked=self.locked, differing=self.differing, otherwise=self.otherwise
        )
        rowless = row_headers(self.asked, self.rowless)
        empty = str(self.end().periods_without_data)
        told = {ZONE: self.zone.key, WITHOUT_DATA: empty, **rowless, **lock_headers(found)}
        return told | undivided_headers(self.undivided)


def streaming(
    asked: ActivityAsked, parts: Parts, acts: Acts, reader: Reader, most: int = MAX_STREAMED
) -> Streaming:
    """A question that one file answers.

    Raises:
        CodedError: it cannot be asked, or more than `most` statements answer it.
    """
    start_ns, end_ns, zone = asked_range(asked)
    spans = periods(start_ns, end_ns, asked.by, zone, most)
    known, at_ns = acts.known(), as_of_ns(asked, zone)
    boundary = boundary_of(asked, known, reader, (start_ns, end_ns), at_ns)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, known, at_ns)
        rows, undivided = chosen(asked, telling, reader, boundary, spans)
        telling.require_leaves(rows, spans)
        require_planned(asked, telling, rows, spans)
    if len(rows) * len(spans) > most:
        name, found = Words("statements", "条陈述"), len(rows) * len(spans)
        raise RangeLimitError("channel, by", found=found, name=name, limit=most)
    return Streaming(
        asked=asked,
        parts=parts,
        known=known,
        as_of_ns=at_ns,
        rows=rows,
        spans=spans,
        zone=zone,
        boundary=boundary,
        left_out=undivided,
    )


def divided(rows: Sequence[ChannelRow], spans: Sequence[Span]) -> Iterator[list[Piece]]:
    """All periods of all channels in portions, by channel and time."""
    pieces: list[Piece] = []
    count = hours = 0
    for row in rows:
        for some in _some(spans):
            more = (some[-1][1] - some[0][0]) // NS_PER_HOUR
            if pieces and (count + len(some) > PORTION or hours + more > PORTION_HOURS):
                yield pieces
                pieces, count, hours = [], 0, 0
            pieces.append((row, some))
            count, hours = count + len(some), hours + more
    if pieces:
        yield pieces


def _some(spans: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """The periods of a channel, as many at a time as a portion holds."""
    return (spans[at : at + PORTION] for at in range(0, len(spans), PORTION))
