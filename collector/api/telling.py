"""Statements for an answer: of polled channels and of what people enter, now or as they were known.

A locked statement stands for its channel and period. What is made of them later is not kept, and
never takes its place; it shows as a difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from collector.activity.acts import Known
from collector.api.again import JudgedAgain
from collector.api.entered_rows import entered_hours, entered_row
from collector.api.parts import Parts
from collector.api.planned import Plans
from collector.api.pool import Sources
from collector.api.refusal import LockedLostError, RangeLimitError
from collector.api.security import Reader
from collector.api.statement import Span, named, require_room, stated, statements, visible
from collector.api.suspects import Suspects
from collector.lookup import ChannelRow
from evidence.clock import parse_utc
from evidence.errors import PeriodError, Words
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered
from evidence.statement.entered.stating import entered_statement
from evidence.statement.locks import Place, place_of

MOST_UNDER_PLAN: Final = 40
"""Periods in one answer: each looks back over the years before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Statements as they stand.

    Attributes:
        data: With locked ones in the places that are locked.
        locked: How many of them are locked.
        differing: Of how many of these something else would be stated now.
        otherwise: Of how many the other kind is locked: with the plan, or without it.
    """

    data: list[ActivityData]
    locked: int = 0
    differing: int = 0
    otherwise: int = 0


class Telling:
    """What one answer asks of hours, entries and locks.

    Args:
        sources: What statements are made from.
        parts: Of the interface.
        known: What the journal says.
        as_of_ns: The instant as of which all is told, UTC ns; None for now.
    """

    def __init__(
        self, sources: Sources, parts: Parts, known: Known, as_of_ns: int | None = None
    ) -> None:
        self._sources, self._parts, self._known = sources, parts, known
        self._as_of_ns, self._again = as_of_ns, JudgedAgain(sources, parts, as_of_ns)
        self._suspects = Suspects(sources)
        self._plans = Plans(sources, parts.sites, as_of_ns)

    def rows(self, reader: Reader) -> dict[str, ChannelRow]:
        """All channels that the reader may see, polled and entered, by name."""
        found = visible(self._sources, reader)
        for channel in self._known.book.channels():
            if reader.sees_channel(channel):
                row = entered_row(self._known, channel)
                found |= {} if row is None else {channel: row}
        return dict(sorted(found.items()))

    def with_data(self, rows: Mapping[str, ChannelRow]) -> list[ChannelRow]:
        """Those of which there may be activity data."""
        return [row for row in rows.values() if self._has_data(row.channel)]

    def _has_data(self, channel: str) -> bool:
        return self.hours(channel) is not None

    def hours(self, channel: str) -> tuple[int, int] | None:
        """Start of the first and of the last hour of which there may be activity data, UTC ns."""
        if not is_entered(channel):
            return self._sources.store.lookup.span(channel)
        return entered_hours(self._known, channel)

    def require_room(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
        """Returns if one answer holds what so many channels and periods give.

        Raises:
            RangeLimitError: it does not.
        """
        require_room(self._sources, rows, spans)
        self.require_leaves(rows, spans)

    def require_leaves(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
        """Returns if not too many leaves have to be judged again; for kept hours none have.

        Raises:
            AsOfLimitError: they are too many.
            PeriodError: hours that begin at other minutes would cut readings in two.
        """
        self._again.require_room([row.channel for row in rows], spans)

    def dividing(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> list[ChannelRow]:
        """Those of which the hours of periods cut no reading in two."""
        return [row for row in rows if self._again.divides(row.channel, spans)]

    def require_plan_room(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
        """Returns if so many periods of channels can be told under their plans in one answer.

        Raises:
            RangeLimitError: they are too many.
            AsOfLimitError: they rest on too many leaves.
        """
        planned = [row.channel for row in rows if self._plans.speak_of(row.channel)]
        if len(planned) * len(spans) > MOST_UNDER_PLAN:
            found, name = len(planned) * len(spans), Words("periods under a plan", "个计划下的时段")
            raise RangeLimitError("under_plan", found=found, name=name, limit=MOST_UNDER_PLAN)
        self._again.require_plan_room(planned, spans)

    def made(self, row: ChannelRow, spans: Sequence[Span]) -> list[ActivityData]:
        """The activity data of a channel as they follow, one for each period with data.

        Raises:
            WindowMergeError: two windows of a period do not join.
            EntryUnreadError: an entry of the channel is not understood here.
        """
        if is_entered(row.channel):
            return self._entered(row.channel, spans)
        again_ns = self._again.as_of(spans)
        if again_ns is None:
            software = self._parts.software
            return statements(self._sources, row, spans, software, self._suspects)
        return self._again.stated(row.channel, spans, again_ns)

    def made_under_plan(self, row: ChannelRow, spans: Sequence[Span]) -> list[ActivityData]:
        """The same with what each period comes to under the channel's monitoring plan.

        Of a channel without any plan they are the same.

        Raises:
            WindowMergeError, EntryUnreadError: as `made`.
        """
        if not self._plans.speak_of(row.channel):
            return self.made(row, spans)
        if self._as_of_ns is None or is_entered(row.channel):
            now_ns = self._as_of_ns or self._parts.clock.now_ns()
            return self._plans.stated(self.made(row, spans), self._sources.store.lookup, now_ns)
        return self._again.planned(self._plans, row.channel, spans, self._as_of_ns)

    def hours_without_row(
        self, row: ChannelRow, spans: Sequence[Span], data: Sequence[ActivityData]
    ) -> int:
        """How many hours of a channel are under a plan, in periods of which nothing is made.

        Rules put a value in their place, and no row has it.
        """
        made = {parse_utc(each.period.start) for each in data}
        return self._plans.hours(row.channel, [each for each in spans if each[0] not in made])

    def now(self, rows: Mapping[str, ChannelRow], datum: ActivityData) -> ActivityData | None:
        """What follows for the channel and period of a statement; None where nothing does.

        Raises:
            RangeLimitError, WindowMergeError, EntryUnreadError: as `require_room` and `made`.
        """
        return self.now_of(rows, place_of(datum))

    def now_of(self, rows: Mapping[str, ChannelRow], place: Place) -> ActivityData | None:
        """The same, by channel, start, end, and whether it is told under the plan.

        Nothing follows where the question is refused now: its hours would cut readings in two.
        """
        channel, start, end, is_under_plan = place
        if channel not in rows:
            return None
        spans = [(parse_utc(start), parse_utc(end))]
        made = self.made_under_plan if is_under_plan else self.made
        try:
            self.require_room([rows[channel]], spans)
            return next(iter(made(rows[channel], spans)), None)
        except PeriodError:
            return None

    def _entered(self, channel: str, spans: Sequence[Span]) -> list[ActivityData]:
        self._known.require_read(channel)
        told = (
            entered_statement(self._known.book, channel, span, self._parts.software, self._as_of_ns)
            for span in spans
        )
        return [each for each in told if each is not None]

    def settled(self, data: Sequence[ActivityData]) -> Settled:
        """The statements as they stand: kept, and those that are locked as they were locked.

        Of an earlier instant nothing is kept: nobody stated it then.

        Raises:
            LockedLostError: a locked statement is kept no more, and cannot be made again.
        """
        lookup = self._sources.store.lookup
        if self._as_of_ns is not None:
            return Settled(data=[lookup.activity(each.digest) or each for each in data])
        locked = {each.digest: self.locked(each) for each in data}
        free = [each for each in data if locked[each.digest] is None]
        kept = {
            before.digest: after
            for before, after in zip(
                free, stated(self._sources.store, free, self._parts.clock.now_ns()), strict=True
            )
        }
        standing = [locked[each.digest] or kept[each.digest] for each in data]
        pairs = [
            (one, each) for one, each in zip(standing, data, strict=True) if locked[each.digest]
        ]
        return Settled(
            data=standing,
            locked=len(pairs),
            differing=sum(one.digest != each.digest for one, each in pairs),
            otherwise=sum(
                self._known.locks.locked_otherwise(each) is not None for each in standing
            ),
        )

    def locked(self, datum: ActivityData) -> ActivityData | None:
        """The statement that is locked in the place of this one; None if none is.

        Raises:
            LockedLostError: it is kept no more, and cannot be made again.
        """
        act = self._known.locks.locked.get(place_of(datum))
        if act is None:
            return None
        held = self._sources.store.lookup.activity(act.digest)
        if held is None and datum.digest == act.digest:
            return datum
        return held or self._made_again(act.digest, datum, act.at_ns)

    def _made_again(self, digest: str, datum: ActivityData, at_ns: int) -> ActivityData:
        """A locked statement whose file was deleted, from what was known when it was locked."""
        span = parse_utc(datum.period.start), parse_utc(datum.period.end)
        if is_entered(datum.channel):
            book = self._known.book
            again = entered_statement(book, datum.channel, span, self._parts.software, at_ns)
            found = [] if again is None else [again]
        elif datum.under_plan is msgspec.UNSET:
            found = self._again.stated(datum.channel, [span], at_ns)
        else:
            plans = Plans(self._sources, self._parts.sites, at_ns)
            found = self._again.planned(plans, datum.channel, [span], at_ns)
        for each in found:
            if each.digest == digest:
                return each
        raise LockedLostError(datum.channel, digest=digest)


def one(rows: Mapping[str, ChannelRow], channel: str) -> ChannelRow:
    """One channel of those that may be seen.

    Raises:
        ChannelUnknownError: it is none of them.
    """
    return named(dict(rows), channel)
