"""The InfluxDB view at work, in a thread of its own.

It takes what is judged, and nothing waits for it: a database that is down, slow, full, wiped or
lying costs the view time, and the ledger nothing.
"""

import logging
import sqlite3
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
from collector.views.influx_errors import InfluxDiffersError, InfluxError, InfluxStateError
from collector.views.influx_following import Following, Sources
from collector.views.influx_said import aside_of, differed_of
from collector.views.influx_server import Secrets, connect
from collector.views.influx_state import STATE, InfluxState
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
            try:
                self._follow()
            except CollectorError as wrong:
                self._say(wrong)
                asked_s = getattr(wrong, "retry_after_s", None)
                wait_s = LOOK_S if self._count() > before else wait_s
                self._stopping.wait(wait_s if asked_s is None else max(asked_s, LOOK_S))
            except Exception:  # the ledger has everything; begin again from the cursor
                _logger.exception("the influx view failed and begins again from its cursor")
                self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _say(self, wrong: CollectorError) -> None:
        if self._trouble is None or self._trouble.code != wrong.code:
            _logger.warning("%s", wrong.say("en"))
        self._trouble = wrong

    def _count(self) -> int:
        course = self._course
        return self._written_before + (0 if course is None else course.written)

    def _follow(self) -> None:
        """One connection, until it fails or the view is stopped."""
        place = self._place
        with ExitStack() as opened:
            store = opened.enter_context(closing(place.open_store()))
            ledger = opened.enter_context(closing(place.open_ledger()))
            state = opened.enter_context(closing(open_state(place.state_dir)))
            section = place.section
            sources = Sources(ledger=ledger, store=store)
            following = Following(sources, state, section.target, section.database)
            server = opened.enter_context(closing(connect(section, place.secrets())))
            course = Course(server, following, state, section, place.clock)
            self._written_before, self._course = self._count(), course
            self._steps(course)

    def _steps(self, course: Course) -> None:
        clock = SystemClock()
        while not self._stopping.is_set():
            self._wake.clear()
            began_ns = clock.monotonic_ns()
            did = course.step()
            self._trouble = None
            if did:  # ingest and judge come first: it rests as long as it worked
                worked_s = (clock.monotonic_ns() - began_ns) / NS_PER_S
                self._stopping.wait(min(worked_s, LOOK_S))
                continue
            course.tell(self._place.collector, self._seen_now)
            self._wake.wait(LOOK_S)

    def _seen_now(self) -> ViewSeen:
        with closing(self._place.open_store()) as store:
            return self.seen(store.cursor())

    def seen(self, judged: int) -> ViewSeen:
        """How the view stands, when so many leaves are judged."""
        try:
            with closing(InfluxState(self._place.state_dir)) as state:
                lag = judged - state.next(self._place.section.target)
                aside, differing = state.aside_count(), state.unhealed_count()
        except (sqlite3.Error, InfluxError) as problem:
            wrong: CollectorError = InfluxStateError(STATE, what=str(problem), limit="1")
            return ViewSeen(name=NAME, code=wrong.code, message=wrong.say("en"))
        trouble = self._wrong(differing)
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
        course = self._course
        if self._trouble is not None:
            return self._trouble
        if course is not None and course.uncompared is not None:
            return course.uncompared
        if differing:
            return InfluxDiffersError(self._place.section.url, found=differing)
        return None

    def set_aside(self, limit: int) -> Sequence[ViewAside]:
        """What the database does not take, and the hours that differ, latest first."""
        try:
            with closing(InfluxState(self._place.state_dir)) as state:
                refused = [aside_of(each) for each in state.aside(limit)]
                return [*(differed_of(each) for each in state.differed(limit)), *refused][:limit]
        except (sqlite3.Error, InfluxError):
            return []  # `seen` says so


def open_state(state_dir: Path) -> InfluxState:
    """The view's memory; a file that is no database is made anew.

    Raises:
        InfluxStateError: it was written by a newer version.
    """
    try:
        return InfluxState(state_dir)
    except sqlite3.DatabaseError as problem:
        if isinstance(problem, sqlite3.OperationalError):
            raise
        for name in (STATE, f"{STATE}-wal", f"{STATE}-shm"):
            (state_dir / name).unlink(missing_ok=True)
        return InfluxState(state_dir)
