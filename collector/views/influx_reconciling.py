"""The view held against the ledger, hour by hour: what differs is written again and named."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from collector.errors import CollectorError
from collector.views.influx_following import Following
from collector.views.influx_hours import NS_PER_DAY, Counted, Difference, Key, Sign, differences
from collector.views.influx_server import Server
from collector.views.influx_state import InfluxState

OTHER_DAYS: Final = 31
"""Days that a round compares beside those that changed, those first that were not for longest."""


class Compared(NamedTuple):
    """A day that was compared: how it differed, how it still does, and what was written.

    `written` is None if another process wrote at the same time: the day is compared again.
    """

    before: Sequence[Difference]
    after: Sequence[Difference]
    written: int | None


class Reconciling:
    """Compares counts and sums of each channel's hours with what the ledger gave.

    Args:
        following: writes hours again.
        state: knows what was written, and which days are due.
    """

    def __init__(self, following: Following, state: InfluxState) -> None:
        self._following = following
        self._state = state
        self._spread = False
        self._failed: dict[int, CollectorError] = {}

    @property
    def failure(self) -> CollectorError | None:
        """Why a day could not be compared when it was tried last; None if all could."""
        return next(iter(self._failed.values()), None)

    def begin_round(self) -> None:
        """Makes the days of a round due."""
        self._spread = False
        self._state.forget_aside(self._following.since_ns)
        self._state.begin_round(OTHER_DAYS)

    def compare_next(self, server: Server, now_ns: int) -> Compared | None:
        """Compares a day that is due, latest first; None if there is none.

        A day that fails stays due and comes after the others. Where something was missing, all
        days become due once: what lost one may have lost more.

        Raises:
            InfluxError: it cannot be asked or written.
            LedgerError: a leaf cannot be read.
        """
        day_ns = self._due_day()
        if day_ns is None:
            return None
        try:
            compared = self._compare(server, day_ns)
        except CollectorError as wrong:
            self._failed.pop(day_ns, None)  # to the end of the line
            self._failed[day_ns] = wrong
            raise
        self._failed.pop(day_ns, None)
        self._note(day_ns, compared, now_ns)
        return compared

    def _due_day(self) -> int | None:
        found = self._state.due_day(self._failed)
        return next(iter(self._failed), None) if found is None else found

    def _compare(self, server: Server, day_ns: int) -> Compared:
        before = self._differences(server, day_ns)
        hours = self._mendable(day_ns, before) | self._holding_aside(day_ns)
        written = self._following.write_again(server, hours) if hours else 0
        after = self._differences(server, day_ns) if before else before
        return Compared(before, after, written)

    def _mendable(self, day_ns: int, before: Iterable[Difference]) -> set[Key]:
        """The hours that are written again: those with too many polls once for each surplus.

        Behind a point of somebody else one of ours may be missing.
        """
        known = self._state.foreign(day_ns)
        return {
            (each.channel, each.start_ns)
            for each in before
            if each.expected != Counted()
            and (
                each.sign is not Sign.FOREIGN
                or known.get((each.channel, each.start_ns)) != each.found.polls
            )
        }

    def _note(self, day_ns: int, compared: Compared, now_ns: int) -> None:
        if compared.written is None:
            return  # another process writes too; the day stays due
        before, after = compared.before, compared.after
        self._state.compared(day_ns, before, after, now_ns)
        if not self._spread and any(each.sign is Sign.MISSING for each in before) and not after:
            self._spread = True
            self._state.all_due()

    def _differences(self, server: Server, day_ns: int) -> list[Difference]:
        found = server.hours(day_ns, day_ns + NS_PER_DAY)
        return differences(self._kept(self._state.expected(day_ns)), self._kept(found))

    def _kept(self, hours: dict[Key, Counted]) -> dict[Key, Counted]:
        """Without what is older than what the database keeps."""
        since_ns = self._following.since_ns
        return {key: told for key, told in hours.items() if key[1] >= since_ns}

    def _holding_aside(self, day_ns: int) -> set[Key]:
        """Hours in which something was refused: it is offered again."""
        expected = self._kept(self._state.expected(day_ns))
        return {key for key, told in expected.items() if told.aside}
