"""One connection's course: what is judged is written, then days are compared."""

import logging
from collections.abc import Callable
from typing import Final

from collector.errors import CollectorError
from collector.views.influx_answer import Meaning, error_of, meaning
from collector.views.influx_config import InfluxSection
from collector.views.influx_errors import InfluxFileError, InfluxUnreachableError
from collector.views.influx_following import Following
from collector.views.influx_hours import NS_PER_DAY
from collector.views.influx_own import own_line
from collector.views.influx_reconciling import Compared, Reconciling
from collector.views.influx_server import Server
from collector.views.influx_state import InfluxState
from collector.views.seen import ViewSeen
from evidence.clock import NS_PER_S, Clock, utc_text

OWN_S: Final = 60.0
AGAIN_S: Final = 60.0
_logger: Final = logging.getLogger(__name__)


class Course:
    """Steps towards a database that is like the ledger.

    Args:
        server: that was connected to.
        following: writes to it.
        state: the view's memory.
        section: of the configuration.
        clock: says when a round is due, and what the database does not keep any more.
    """

    def __init__(
        self,
        server: Server,
        following: Following,
        state: InfluxState,
        section: InfluxSection,
        clock: Clock,
    ) -> None:
        self._server = server
        self._following = following
        self._reconciling = Reconciling(following, state)
        self._section = section
        self._clock = clock
        self._round_ns = self._compare_ns = self._own_ns = clock.monotonic_ns()
        self._wrote = False
        self.written = 0

    @property
    def uncompared(self) -> CollectorError | None:
        """Why days cannot be compared; None if they can."""
        return self._reconciling.failure

    def step(self) -> bool:
        """Writes a portion, or compares a day; False if there is nothing to do now.

        The two take turns: a database that is slow is never abreast, and is compared all the same.

        Raises:
            InfluxError: the connection is to be made anew.
            LedgerError: a leaf cannot be read.
        """
        if self._section.keep_days is not None:
            kept_ns = self._section.keep_days * NS_PER_DAY
            self._following.since_ns = self._clock.now_ns() - kept_ns
        if self._wrote:
            self._wrote = False
            if self._compare():
                return True
        return self._write() or self._compare()

    def _write(self) -> bool:
        taken = self._following.write_next(self._server)
        if taken is None:
            return False
        self.written += taken
        self._wrote = True
        return True

    def _compare(self) -> bool:
        """Compares a day. A database that cannot be asked is written all the same."""
        now_ns = self._clock.monotonic_ns()
        if now_ns < self._compare_ns:
            return False
        try:
            if now_ns >= self._round_ns:
                self._reconciling.begin_round()
                self._round_ns = now_ns + round(self._section.reconcile_s * NS_PER_S)
            compared = self._reconciling.compare_next(self._server, self._clock.now_ns())
        except (InfluxFileError, InfluxUnreachableError):
            raise
        except CollectorError:
            again_s = min(AGAIN_S, self._section.reconcile_s)
            self._compare_ns = now_ns + round(again_s * NS_PER_S)
            return False
        if compared is not None:
            self.written += compared.written or 0
            _tell(compared)
        return compared is not None

    def tell(self, collector: str, seen: Callable[[], ViewSeen]) -> None:
        """Writes how the view stands, once a minute; a database may refuse that line alone.

        Raises:
            InfluxError: it takes nothing now.
            LineError: the collector's name cannot be written.
        """
        now_ns = self._clock.monotonic_ns()
        if now_ns < self._own_ns:
            return
        self._own_ns = now_ns + round(OWN_S * NS_PER_S)
        answer = self._server.write(own_line(collector, seen(), self._clock.now_ns()))
        if meaning(answer.status) in (Meaning.LATER, Meaning.STOP):
            raise error_of(answer, "write", self._section.database)


def _tell(compared: Compared) -> None:
    """One line for a day: a database that was wiped must not flood the log."""
    if not compared.before:
        return
    first = compared.before[0]
    _logger.warning(
        "influx: %d hours of channels on %s differ, first %s: %s, %d polls, the ledger has %d;"
        " %d still do after they were written again",
        len(compared.before),
        utc_text(first.start_ns)[:10],
        first.channel,
        first.sign.value,
        first.found.polls,
        first.expected.polls,
        len(compared.after),
    )
