"""The InfluxDB view written anew, all of it or a period, and compared."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Final, NamedTuple

from calibration.increment import NS_PER_HOUR
from collector.views.influx_errors import InfluxFileDamagedError
from collector.views.influx_file import remove_state
from collector.views.influx_following import Following, Sources
from collector.views.influx_hours import NS_PER_DAY, Key
from collector.views.influx_reconciling import Reconciling
from collector.views.influx_server import Server, connect
from collector.views.influx_state import InfluxState
from collector.views.influx_view import Place

ALL_TIME: Final = (0, 2**63)


class Rebuilt(NamedTuple):
    """What was written, what the database does not take, and the hours that still differ."""

    written: int
    aside: int
    differing: int

    def to_line(self) -> str:
        """The same in words."""
        return (
            f"{self.written} readings and misses written, {self.aside} not taken,"
            f" {self.differing} hours of channels differ"
        )


def rebuild(place: Place, span: tuple[int, int], say: Callable[[str], None]) -> Rebuilt:
    """Writes what was judged in [start, end) again, by whole hours, and compares it.

    A collector may run beside it: what is written twice is written once.

    Args:
        place: Of the view.
        span: UTC ns; `ALL_TIME` begins anew.
        say: Told how far it is.

    Raises:
        InfluxError: the database cannot be written or asked.
        LedgerError: a leaf cannot be read.
    """
    with ExitStack() as opened:
        sources = Sources(
            store=opened.enter_context(closing(place.open_store())),
            ledger=opened.enter_context(closing(place.open_ledger())),
        )
        state = opened.enter_context(closing(_state(place)))
        section = place.section
        following = Following(sources, state, section)
        if section.keep_days is not None:
            following.since_ns = place.clock.now_ns() - section.keep_days * NS_PER_DAY
        server = opened.enter_context(closing(connect(section, place.secrets())))
        if span == ALL_TIME:
            state.forget(section.target)
        written = _written_on(following, server, say)
        for day_ns in [] if span == ALL_TIME else state.days():
            written += _again(following, server, _within(state, day_ns, span))
        _compare(Reconciling(following, state), state, server, place.clock.now_ns())
        beyond = sum(polls for _, polls in state.series.agents_beyond())
        return Rebuilt(written, state.aside_count() + beyond, state.unhealed_count())


def _state(place: Place) -> InfluxState:
    """The view's memory; a damaged one is made anew."""
    try:
        return InfluxState(place.state_dir)
    except InfluxFileDamagedError:
        remove_state(place.state_dir)
        return InfluxState(place.state_dir)


def _again(following: Following, server: Server, hours: set[Key]) -> int:
    """Writes hours, anew where a collector beside it wrote at the same time."""
    while (taken := following.write_again(server, hours)) is None:
        pass
    return taken


def _written_on(following: Following, server: Server, say: Callable[[str], None]) -> int:
    written = 0
    while (taken := following.write_next(server)) is not None:
        written += taken
        say(f"{written} readings and misses written, {following.lag()} leaves to go")
    return written


def _within(state: InfluxState, day_ns: int, span: tuple[int, int]) -> set[Key]:
    start_ns, end_ns = span
    return {
        key for key in state.expected(day_ns) if start_ns < key[1] + NS_PER_HOUR and key[1] < end_ns
    }


def _compare(reconciling: Reconciling, state: InfluxState, server: Server, now_ns: int) -> None:
    """Compares all days, whatever was written."""
    state.all_due()
    while reconciling.compare_next(server, now_ns) is not None:
        pass
