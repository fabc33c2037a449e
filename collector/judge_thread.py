"""The judge in a thread of its own, which follows what the intake commits."""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from collector.judging import Judging
from collector.opening import open_reader, open_store

JUDGE_EVERY_S: Final = 1.0
_logger: Final = logging.getLogger(__name__)


class JudgeThread:
    """Judges what the intake commits, in a thread of its own: it never holds up a receipt."""

    def __init__(self, state_dir: Path, sites: Mapping[str, str], *, simulated: bool) -> None:
        self._state_dir = state_dir
        self._sites = sites
        self._simulated = simulated
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-judge", daemon=True)

    def start(self) -> None:
        """Begins with what was not judged before."""
        self._thread.start()

    def wake(self, *_committed: object) -> None:
        """Says that there are new leaves."""
        self._wake.set()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ends after the portion in hand."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._judge()
            except Exception:  # the ledger has everything; begin again from the cursor
                _logger.exception("judging failed and begins again from its cursor")
                self._stopping.wait(JUDGE_EVERY_S)

    def _judge(self) -> None:
        store, ledger = open_store(self._state_dir), open_reader(self._state_dir)
        try:
            judging = Judging(ledger, store, self._sites, accept_simulated=self._simulated)
            while not self._stopping.is_set():
                self._wake.clear()
                if not judging.catch_up() and not judging.fold_days():
                    self._wake.wait(JUDGE_EVERY_S)
        finally:
            store.close()
            ledger.close()
