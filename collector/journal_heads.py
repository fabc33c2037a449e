"""The ledger's head in the journal: at the start, each day, and at the end.

So an outsider who follows the journal follows the ledger too: whoever rewrites it afterwards
contradicts what was signed here.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from collector.errors import LedgerError
from collector.journal import Journal
from evidence.clock import NS_PER_S, Clock
from evidence.log.entry import Act, Action

COLLECTOR: Final = "collector"
EVERY_S: Final = 30.0
_NS_PER_DAY: Final = 86_400 * NS_PER_S
_logger: Final = logging.getLogger(__name__)


def head_act(reason: str) -> Act:
    """That the collector names its ledger's head; each entry does, this one does nothing else."""
    return Act(who=COLLECTOR, role=COLLECTOR, action=Action.LEDGER_HEAD, reason=reason)


class HeadThread:
    """Enters the ledger's head; a journal that cannot be written now is tried again.

    Args:
        open_journal: The journal on a connection of its own.
        clock: Says when a UTC day begins.
        every_s: How often it is looked at, s.
    """

    def __init__(
        self, open_journal: Callable[[], Journal], clock: Clock, every_s: float = EVERY_S
    ) -> None:
        self._open = open_journal
        self._clock = clock
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-heads", daemon=True)
        self._entered_day = -1

    def start(self) -> None:
        """Enters the head of the start, and follows the days."""
        self._enter("start")
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Enters the head of the end; nothing is committed to the ledger any more."""
        self._stopping.set()
        self._thread.join(timeout_s)
        self._enter("stop")

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            if self._day() != self._entered_day:
                self._enter("day")

    def _enter(self, reason: str) -> None:
        try:
            with self._open() as journal:
                journal.record(head_act(reason))
            self._entered_day = self._day()
        except LedgerError as wrong:  # receiving goes on; a head that is missing is seen
            _logger.warning("the ledger's head was not entered: %s", wrong)

    def _day(self) -> int:
        return self._clock.now_ns() // _NS_PER_DAY
