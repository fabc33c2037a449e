"""The InfluxDB view at work, in a thread of its own.

It takes what is judged, and nothing waits for it: a database that is down, slow, full, wiped or
lying costs the view time, and the ledger nothing.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collector.errors import CollectorError
from collector.ledger_read import LedgerReader
from collector.store import Store
from collector.views.influx_config import InfluxSection
from collector.views.influx_course import Course
from collector.views.influx_errors import (
    InfluxDiffersError,
    InfluxError,
    InfluxFailedError,
    InfluxFileDamagedError,
    InfluxSeriesError,
    InfluxSlowError,
)
from collector.views.influx_file import remove_state
from collector.views.influx_following import Following, Sources
from collector.views.influx_http import BoundedPool
from collector.views.influx_said import aside_of, beyond_of, differed_of
from collector.views.influx_server import Secrets, connect, pool_of
from collector.views.influx_state import InfluxState
from collector.views.seen import ViewAside, ViewSeen
from evidence.clock import NS_PER_S, Clock, SystemClock

NAME: Final = "influx"
LOOK_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the view is made of, and where.

    Attributes:
        section: Of the configuration.
        collector: The collector's id.
        state_dir: The collector's folder.
        secrets: Reads what opens the database, anew for each connection.
        open_store, open_ledger: Connections of the caller's thread.
        clock: The collector's.
    """

    section: InfluxSection
    collector: str
    state_dir: Path
    secrets: Callable[[], Secrets]
    open_store: Callable[[], Store]
    open_ledger: Callable[[], LedgerReader]
    clock: Clock


class InfluxView:
    """Follows the ledger until it is stopped; says how it stands."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="influx-view", daemon=True)
        self._trouble: CollectorError | None = None
        self._pool: BoundedPool | None = None
        self._written_before = 0
        self._course: Course | None = None

    def start(self) -> None:
        """Begins with what was not written before."""
        self._thread.start()

    def wake(self, *_committed: object) -> None:
        """Says that there may be more."""
        self._wake.set()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ends after the portion in hand; one that hangs is left behind, and written again."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        wait_s = LOOK_S
        while not self._stopping.is_set():
            before = self._count()
            wrong = self._followed()
            if wrong is None:
                return
            self._say(wrong)
            asked_s = getattr(wrong, "retry_after_s", None)
            wait_s = LOOK_S if self._count() > before else wait_s
            self._stopping.wait(wait_s if asked_s is None else max(asked_s, LOOK_S))
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _followed(self) -> CollectorError | None:
        """What ended a connection; None if the view is stopped."""
        try:
            self._follow()
        except InfluxFileDamagedError as wrong:
            remove_state(self._place.state_dir)
            return wrong
        except CollectorError as wrong:
            return wrong
        except _StoppedError:
            return None
        except Exception as mistake:  # the ledger has everything; begin again from the cursor
            _logger.exception("the influx view failed and begins again from its cursor")
            return InfluxFailedError(NAME, what=type(mistake).__name__)
        return None

    def _say(self, wrong: CollectorError) -> None:
        if self._trouble is None or self._trouble.code != wrong.code:
            _logger.warning("%s", wrong.say("en"))
        self._trouble = wrong

    def _is_well(self) -> None:
        if self._trouble is not None:
            _logger.warning("influx: goes on after %s", self._trouble.code)
        self._trouble = None

    def _count(self) -> int:
        course = self._course
        return self._written_before + (0 if course is None else course.written)

    def _follow(self) -> None:
        """One connection, until it fails or the view is stopped."""
        place = self._place
        with ExitStack() as opened:
            store = opened.enter_context(closing(place.open_store()))
            ledger = opened.enter_context(closing(place.open_ledger()))
            state = opened.enter_context(closing(InfluxState(place.state_dir)))
            section = place.section
            sources = Sources(ledger=ledger, store=store)
            following = Following(sources, state, section)
            self._pool = pool_of(section)
            server = opened.enter_context(closing(connect(section, place.secrets(), self._pool)))
            course = Course(server, following, state, section, place.clock)
            self._written_before, self._course = self._count(), course
            self._steps(course, following)

    def _steps(self, course: Course, following: Following) -> None:
        turn = _Turn(self._stopping)
        following.rest = turn.rest
        while not self._stopping.is_set():
            self._wake.clear()
            turn.begin()
            did = course.step()
            self._is_well()
            course.tell(self._place.collector, self._seen_now)
            if did:
                turn.rest()
            else:
                self._wake.wait(LOOK_S)

    def _seen_now(self) -> ViewSeen:
        with closing(self._place.open_store()) as store:
            return self.seen(store.cursor())

    def seen(self, judged: int) -> ViewSeen:
        """How the view stands, when so many leaves are judged."""
        try:
            with closing(InfluxState(self._place.state_dir)) as state:
                lag = judged - state.next(self._place.section.target)
                differing, beyond = state.unhealed_count(), state.series.agents_beyond()
                aside = state.aside_count() + sum(polls for _, polls in beyond)
        except InfluxError as wrong:
            return ViewSeen(name=NAME, code=wrong.code, message=wrong.say("en"))
        trouble = self._wrong(differing) or self._crowded(beyond)
        return ViewSeen(
            name=NAME,
            lag_leaves=max(0, lag),
            written=self._count(),
            aside=aside,
            differing=differing,
            code="" if trouble is None else trouble.code,
            message="" if trouble is None else trouble.say("en"),
        )

    def _wrong(self, differing: int) -> CollectorError | None:
        """What is wrong first of all; None if all is well."""
        course, pool, limit_s = self._course, self._pool, self._place.section.timeout_s
        if self._trouble is not None:
            return self._trouble
        if pool is not None and (waiting_s := pool.waiting_s()) > limit_s + LOOK_S:
            url = self._place.section.url
            return InfluxSlowError(url, found=round(waiting_s), limit=limit_s)
        if course is not None and course.uncompared is not None:
            return course.uncompared
        if differing:
            return InfluxDiffersError(self._place.section.url, found=differing)
        return None

    def _crowded(self, beyond: Sequence[tuple[str, int]]) -> CollectorError | None:
        """The first agent that has too many series, and how many polls were left out."""
        for agent, polls in beyond:
            section = self._place.section
            limit = section.series_per_agent
            return InfluxSeriesError(section.url, agent=agent, found=polls, limit=limit)
        return None

    def set_aside(self, limit: int) -> Sequence[ViewAside]:
        """What the database does not take, and the hours that differ, latest first."""
        try:
            with closing(InfluxState(self._place.state_dir)) as state:
                differed = [differed_of(each) for each in state.differed(limit)]
                beyond = [beyond_of(each) for each in state.series.beyond(limit)]
                refused = [aside_of(each) for each in state.aside(limit)]
                return [*differed, *beyond, *refused][:limit]
        except InfluxError:
            return []  # `seen` says so


class _StoppedError(Exception):
    """The view is to end."""


class _Turn:
    """Ingest and judge come first: after a portion the view rests as long as it worked."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._clock = SystemClock()
        self._began_ns = 0

    def begin(self) -> None:
        """Work begins."""
        self._began_ns = self._clock.monotonic_ns()

    def rest(self) -> None:
        """Rests, a second at most, and begins again.

        Raises:
            _StoppedError: the view is to end.
        """
        worked_s = (self._clock.monotonic_ns() - self._began_ns) / NS_PER_S
        if self._stopping.wait(min(worked_s, LOOK_S)):
            raise _StoppedError
        self.begin()
