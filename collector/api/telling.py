"""Statements for an answer: of polled channels and of what people enter, now or as they were known.

A locked statement stands for its channel and period. What is made of them later is not kept, and
never takes its place; it shows as a difference.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from calibration.errors import CalibrationError
from calibration.grid import grid_of
from collector.activity.acts import Known
from collector.api.as_of_errors import AsOfLimitError
from collector.api.entered_rows import entered_hours, entered_row
from collector.api.locked import LockedStatements
from collector.api.making import Making
from collector.api.parts import Parts
from collector.api.placed import Placed, Settled
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.api.statement import Span, named, require_room, stated, visible
from collector.identified import Identified
from collector.lookup import ChannelRow
from evidence.clock import parse_utc
from evidence.errors import CodedError, PeriodError
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered
from evidence.statement.locks import Act, Place, place_of

_Make = Callable[[ChannelRow, Sequence[Span]], list[ActivityData]]


class Telling(Making):
    """What one answer asks of hours, entries and locks.

    Args:
        sources: What statements are made from.
        parts: Of the interface.
        known: What the journal says.
        as_of_ns: The instant as of which all is told, UTC ns: no lock counts; None for now.
    """

    def __init__(
        self, sources: Sources, parts: Parts, known: Known, as_of_ns: int | None = None
    ) -> None:
        super().__init__(sources, parts, known, as_of_ns)
        self._locked = LockedStatements(sources, parts, known, self._again, as_of_ns)
        self._compares = True
        self._identified = Identified(sources.store.lookup, sources.ledger)

    def rows(self, reader: Reader) -> dict[str, ChannelRow]:
        """All channels that the reader may see by name: polled, entered, and with a lock."""
        found = visible(self._sources, reader)
        for channel in self._known.book.channels():
            if reader.sees_channel(channel):
                row = self._entered_row(channel)
                found |= {} if row is None else {channel: row}
        for channel in self._locked.channels():
            if channel not in found and reader.sees_channel(channel):
                row = self._locked.row(channel)
                found |= {} if row is None else {channel: row}
        return dict(sorted(found.items()))

    def _entered_row(self, channel: str) -> ChannelRow | None:
        """As it stood then, though it was withdrawn since; or as it stands now."""
        then = entered_row(self._known, channel, self._as_of_ns)
        return entered_row(self._known, channel) if then is None else then

    def with_data(self, rows: Mapping[str, ChannelRow]) -> list[ChannelRow]:
        """Those of which there may be activity data."""
        return [row for row in rows.values() if self._has_data(row.channel)]

    def _has_data(self, channel: str) -> bool:
        return self.hours(channel) is not None

    def hours(self, channel: str) -> tuple[int, int] | None:
        """Start of the first and of the last hour of which there may be activity data, UTC ns."""
        own = (
            entered_hours(self._known, channel, self._as_of_ns)
            if is_entered(channel)
            else self._sources.store.lookup.span(channel)
        )
        found = [each for each in (own, self._locked.hours(channel)) if each is not None]
        return (min(each[0] for each in found), max(each[1] for each in found)) if found else None

    def require_room(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
        """Returns if one answer holds what so many channels and periods give.

        Raises:
            RangeLimitError: it does not.
            AsOfLimitError: as `require_leaves`.
        """
        require_room(self._sources, rows, spans)
        self.require_leaves(rows, spans)

    def require_leaves(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
        """Returns if not too many leaves have to be judged again; for kept hours none have.

        Whoever asks for one period of each channel cannot ask in smaller parts: what is locked
        stands then, and is not compared.

        Raises:
            AsOfLimitError: they are too many.
        """
        try:
            self._again.require_leaves([row.channel for row in rows], spans)
        except AsOfLimitError:
            free = [row.channel for row in rows if not self._locks(row.channel, spans)]
            if len(spans) > 1 or len(free) == len(rows):
                raise
            self._again.require_leaves(free, spans)
            self._compares = False

    def require_dividing(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
        """Returns if the hours of periods cut no reading in two, as far as is soon seen.

        Raises:
            PeriodError: they do, and nothing is locked there.
        """
        for row in rows:
            free = self._free(row.channel, spans)
            if free:
                self._again.require_dividing(row.channel, free[0])

    def dividing(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> list[ChannelRow]:
        """Those of which the hours of periods cut no reading in two, or with a lock in one."""
        return [row for row in rows if self._divides(row, spans)]

    def _divides(self, row: ChannelRow, spans: Sequence[Span]) -> bool:
        if self._locks(row.channel, spans):
            return True
        try:
            self._again.require_dividing(row.channel, (spans[0][0], spans[-1][1]))
        except PeriodError:
            return False
        return True

    def _locks(
        self, channel: str, spans: Sequence[Span], *, under_plan: bool = False
    ) -> dict[Span, Act]:
        """The locks in exactly these periods; of a channel without any plan there is one kind."""
        own = self._locked.within(channel, spans, under_plan=under_plan)
        if under_plan and not self._plans.speak_of(channel):
            return self._locked.within(channel, spans, under_plan=False) | own
        return own

    def _free(self, channel: str, spans: Sequence[Span]) -> list[Span]:
        locks = self._locks(channel, spans)
        return [each for each in spans if each not in locks]

    def follows(
        self, row: ChannelRow, spans: Sequence[Span], *, under_plan: bool = False
    ) -> list[Placed]:
        """What there is of a channel: of each period in which something follows, or is locked.

        Args:
            row: The channel.
            spans: The periods.
            under_plan: Whether it is told with what it comes to under its plan.

        Raises:
            PeriodError, WindowMergeError, EntryUnreadError: as `made`, of a period without a lock.
        """
        make = self.made_under_plan if under_plan else self.made
        locks = self._locks(row.channel, spans, under_plan=under_plan)
        made = self._made_beside(row, spans, locks, make) if locks else make(row, spans)
        now = {parse_utc(each.period.start): each for each in made}
        return [
            Placed(start_ns=span[0], now=now.get(span[0]), lock=locks.get(span))
            for span in spans
            if span[0] in now or span in locks
        ]

    def follows_undivided(
        self, row: ChannelRow, spans: Sequence[Span], *, under_plan: bool = False
    ) -> tuple[list[Placed], bool]:
        """The same, and whether all is there: where hours would cut readings, what is locked alone.

        Raises:
            WindowMergeError, EntryUnreadError: as `made`, of a period without a lock.
        """
        try:
            return self.follows(row, spans, under_plan=under_plan), True
        except PeriodError:
            if not grid_of(spans[0][0]):
                raise
        locks = self._locks(row.channel, spans, under_plan=under_plan)
        locked = [each for each in spans if each in locks]
        return self.follows(row, locked, under_plan=under_plan) if locked else [], False

    def _made_beside(
        self, row: ChannelRow, spans: Sequence[Span], locks: Mapping[Span, Act], make: _Make
    ) -> list[ActivityData]:
        """What follows beside locks: a refusal of what is locked anyway refuses nothing."""
        if self._compares:
            with suppress(CodedError, CalibrationError):
                return make(row, spans)
        free = [each for each in spans if each not in locks]
        found = make(row, free) if free else []
        for span in locks if self._compares else ():
            with suppress(CodedError, CalibrationError):
                found = [*found, *make(row, [span])]
        return found

    def hours_without_row(
        self, row: ChannelRow, spans: Sequence[Span], placed: Sequence[Placed]
    ) -> int:
        """How many hours of a channel are under a plan, in periods without a row.

        Rules put a value in their place, and no row has it.
        """
        told = {each.start_ns for each in placed}
        return self._plans.hours(row.channel, [each for each in spans if each[0] not in told])

    def now(self, rows: Mapping[str, ChannelRow], datum: ActivityData) -> ActivityData | None:
        """What follows for the channel and period of a statement; None where nothing does.

        Raises:
            RangeLimitError, AsOfLimitError: one answer does not hold that.
            WindowMergeError, EntryUnreadError: as `made`.
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
            require_room(self._sources, [rows[channel]], spans)
            self._again.require_leaves([channel], spans)
            return next(iter(made(rows[channel], spans)), None)
        except PeriodError:
            return None

    def settled(self, placed: Sequence[Placed]) -> Settled:
        """The statements as they stand: kept, and those that are locked as they were locked.

        Of an earlier instant nothing is kept: nobody stated it then.

        Raises:
            LockedLostError: a locked statement is kept no more, and cannot be made again.
        """
        lookup = self._sources.store.lookup
        if self._as_of_ns is not None:
            then = [each.now for each in placed if each.now is not None]
            return Settled(data=[lookup.activity(each.digest) or each for each in then])
        return self._standing(placed)

    def _standing(self, placed: Sequence[Placed]) -> Settled:
        locked = [
            None if each.lock is None else self.statement(each.lock, each.now) for each in placed
        ]
        free = [each.now for each in placed if each.lock is None and each.now is not None]
        kept = iter(stated(self._sources.store, free, self._parts.clock.now_ns()))
        standing = [next(kept) if each is None else each for each in locked]
        locks = self._known.locks
        return Settled(
            data=standing,
            locked=len(locked) - len(free),
            differing=sum(each.differs for each in placed),
            otherwise=sum(locks.locked_otherwise(each) is not None for each in standing),
        )

    def require_one_thing(self, data: Sequence[ActivityData]) -> None:
        """Returns if statements can be put together: what they share is one thing in each.

        Raises:
            UnlikeInfluenceError: an influence id stands for unlike things.
            LedgerError: a leaf that holds a paper cannot be read.
        """
        self._identified.require_one_thing(data)

    def statement(self, lock: Act, now: ActivityData | None = None) -> ActivityData:
        """The statement of a lock, held against what follows in its place now, if anything does.

        Raises:
            LockedLostError: it is kept no more, and cannot be made again.
        """
        return self._locked.statement(lock, now)


def one(rows: Mapping[str, ChannelRow], channel: str) -> ChannelRow:
    """One channel of those that may be seen.

    Raises:
        ChannelUnknownError: it is none of them.
    """
    return named(dict(rows), channel)
