"""The lake in the collector's process: a thread of its own that gives way to all others."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from collector.errors import CollectorError
from collector.journal import Journal
from collector.ledger_read import LedgerReader
from collector.store import Store
from collector.views.parquet_entered import enter
from collector.views.parquet_errors import LakeError
from collector.views.seen import ViewAside, ViewSeen
from evidence.clock import Clock

if TYPE_CHECKING:
    from collector.views.parquet import Lake

NAME: Final = "lake"
LOOK_S: Final = 10.0
RETRY_S: Final = 60.0
WORK_NS: Final = 20_000_000
"""After so much work it rests as long: ingest and judge come first."""
_logger: Final = logging.getLogger(__name__)


class EndedError(Exception):
    """The collector ends; what is not listed is made again."""


class LakeThread:
    """Seals days as they become due, until it is stopped; says how it stands.

    Args:
        folder: of the lake.
        state_dir: of the ledger.
        open_store: a store on a connection of its own.
        open_ledger: a reader of the ledger on a connection of its own.
        clock: tells how long it has worked without a rest.
        open_journal: the journal on a connection of its own; it gets the segments' digests.
        retry_s: how long it waits after something went wrong.
    """

    def __init__(
        self,
        folder: Path,
        state_dir: Path,
        open_store: Callable[[], Store],
        open_ledger: Callable[[], LedgerReader],
        clock: Clock,
        *,
        open_journal: Callable[[], Journal],
        retry_s: float = RETRY_S,
    ) -> None:
        self._folder, self._state_dir = folder, state_dir
        self._open_store, self._open_ledger = open_store, open_ledger
        self._clock, self._retry_s = clock, retry_s
        self._open_journal = open_journal
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-lake", daemon=True)
        self._trouble: CollectorError | None = None
        self._rested_ns = clock.monotonic_ns()
        self._next, self._written = 0, 0

    def start(self) -> None:
        """Begins with what was not sealed before."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ends within a leaf; a segment in hand is not listed, and made again."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def seen(self, judged: int) -> ViewSeen:
        """How it stands, when so many leaves are judged."""
        wrong = self._trouble
        return ViewSeen(
            name=NAME,
            lag_leaves=max(0, judged - self._next),
            written=self._written,
            code="" if wrong is None else wrong.code,
            message="" if wrong is None else wrong.say("en"),
        )

    def set_aside(self, limit: int) -> Sequence[ViewAside]:  # noqa: ARG002 - as other views
        """Nothing: it takes all that was judged good."""
        return ()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except EndedError:
                return
            except CollectorError as wrong:
                self._trouble = wrong
                _logger.error("%s", wrong.say("en"))  # noqa: TRY400 - coded, no trace needed
            except Exception as ours:  # the ledger has everything; begin again
                self._trouble = LakeError(str(self._folder), what=repr(ours))
                _logger.exception("the lake failed and begins again")
            self._stopping.wait(self._retry_s)

    def _follow(self) -> None:
        with self._opened() as lake:
            found, entered = lake.listing.digests(), -1
            while not self._stopping.is_set():
                self._written += lake.catch_up()
                if lake.segments != entered:
                    now = lake.listing.digests()
                    self._enter(found, now)
                    found, entered = now, lake.segments
                self._next, self._trouble = lake.next, None
                self._stopping.wait(LOOK_S)

    def _enter(self, found: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Enters what is the lake now; what was `found` was listed by a process that died then."""
        with self._open_journal() as journal:
            enter(journal, {path: now[path] for path in found if path in now}, "found")
            enter(journal, now, "sealed")

    @contextmanager
    def _opened(self) -> "Iterator[Lake]":
        from collector.views.parquet import Lake, open_lake, require_own  # noqa: PLC0415 - 60 MB, if it is on
        from collector.views.parquet_list import Listing  # noqa: PLC0415

        listing, store, ledger = Listing(self._state_dir), self._open_store(), self._open_ledger()
        try:
            require_own(self._folder, listing, ledger)
            open_lake(self._folder, listing)
            yield Lake(
                folder=self._folder,
                listing=listing,
                ledger=ledger,
                store=store,
                breathe=self._breathe,
            )
        finally:
            for each in (listing, store, ledger):
                each.close()

    def _breathe(self) -> None:
        """Rests as long as it worked."""
        worked_ns = self._clock.monotonic_ns() - self._rested_ns
        if worked_ns < WORK_NS:
            return
        if self._stopping.wait(min(worked_ns / 1e9, 1.0)):
            raise EndedError
        self._rested_ns = self._clock.monotonic_ns()
