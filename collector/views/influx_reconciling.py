"""The view held against the ledger, hour by hour: what differs is written again and named."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from collector.views.influx_following import Following
from collector.views.influx_hours import NS_PER_DAY, Counted, Difference, Key, Sign, differences
from collector.views.influx_server import Server
from collector.views.influx_state import InfluxState

OTHER_DAYS: Final = 31
"""Days that a round compares beside those that changed, those first that were not for longest."""


class Compared(NamedTuple):
    """A day that was compared: how it differed, how it still does, and what was written."""

    before: Sequence[Difference]
    after: Sequence[Difference]
    written: int


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

    def begin_round(self) -> None:
        """Makes the days of a round due."""
        self._spread = False
        self._state.begin_round(OTHER_DAYS)

    def compare_next(self, server: Server, now_ns: int) -> Compared | None:
        """Compares a day that is due, latest first; None if there is none.

        Where something was missing, all days become due once: what lost one may have lost more.

        Raises:
            InfluxError: it cannot be asked or written; the day stays due.
            LedgerError: a leaf cannot be read.
        """
        day_ns = self._state.due_day()
        if day_ns is None:
            return None
        before = self._differences(server, day_ns)
        after, written = before, 0
        mendable = [each for each in before if each.sign is not Sign.FOREIGN]
        aside = self._holding_aside(day_ns)
        if mendable or aside:
            hours = {(each.channel, each.start_ns) for each in mendable} | aside
            written = self._following.write_again(server, hours)
        if before:
            after = self._differences(server, day_ns)
        self._state.compared(day_ns, before, after, now_ns)
        if not self._spread and any(each.sign is Sign.MISSING for each in before) and not after:
            self._spread = True
            self._state.all_due()
        return Compared(before, after, written)

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
