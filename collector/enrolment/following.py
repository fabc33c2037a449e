"""What follows from the journal while the collector runs: keys repinned, the broker told."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from collector.agents import Agents
from collector.enrolment.registrar import Registrar
from collector.enrolment.telling import tell
from collector.pace import Pace
from evidence.clock import NS_PER_S
from evidence.errors import CodedError

EVERY_S: Final = 1.0
"""A key that was revoked is refused this much later at most, wherever the command was given."""
CERTIFICATES_NS: Final = 3600 * NS_PER_S
REPEATED: Final = 2
"""A mosquitto that is reading its files anew forgets a signal that comes meanwhile; so after each
change it is told again, this many rounds in a row."""
_logger: Final = logging.getLogger(__name__)


class RegistrarThread:
    """Follows the journal in a thread of its own.

    Args:
        registrar: What is followed.
        on_agents: Given the agents that count, whenever they changed.
    """

    def __init__(self, registrar: Registrar, on_agents: Callable[[Agents], None]) -> None:
        self._registrar = registrar
        self._on_agents = on_agents
        self._seen = registrar.changes
        self._told_ns: int | None = None
        self._tellings = 0
        self._pace = Pace(interval_ns=60 * NS_PER_S)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-registrar", daemon=True)

    def start(self) -> None:
        """Begins to follow."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ends after the round in hand, and closes the journal."""
        self._stopping.set()
        self._thread.join(timeout_s)
        self._registrar.close()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self.round()
            except CodedError as wrong:
                self._say(wrong)
            except Exception:  # the next round may do better; who is revoked must stay refused
                _logger.exception("following the journal failed and is tried again")

    def round(self) -> None:
        """Takes what was entered; keys are repinned before the broker's files are touched.

        Raises:
            JournalError, EnrolmentHistoryError: The journal cannot be read.
            BrokerFilesError: The broker's files cannot be written.
        """
        try:
            self._registrar.refresh()
        finally:
            changed = self._repinned()
        if changed:
            self._tellings = 1 + REPEATED
        now_ns = self._now_ns()
        if self._tellings:
            self._tell(always=True)
            self._tellings -= 1
        elif self._told_ns is None or now_ns - self._told_ns >= CERTIFICATES_NS:
            self._tell(always=False)
        else:
            return
        self._told_ns = now_ns

    def _tell(self, *, always: bool) -> None:
        told = tell(self._registrar, always=always)
        if told.untold is not None and self._pace.allows("broker", told.untold, self._now_ns()):
            _logger.warning("the broker was not told: %s", told.untold.en)

    def _repinned(self) -> bool:
        changes = self._registrar.changes
        if changes == self._seen:
            return False
        self._seen = changes
        found = self._registrar.registered
        self._on_agents(found.agents)
        for wrong in found.contradictions:
            self._say(wrong)
        return True

    def _say(self, wrong: CodedError) -> None:
        if self._pace.allows(wrong.code, str(wrong), self._now_ns()):
            _logger.error("%s", wrong)

    def _now_ns(self) -> int:
        return self._registrar.clock.monotonic_ns()
