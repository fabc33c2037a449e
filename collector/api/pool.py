"""Connections to the store and the ledger, lent to one request at a time."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from collector.api.refusal import StoreBusyError, StoreFullError
from collector.ledger_read import LedgerReader
from collector.store import Store
from evidence.errors import Words

SIZE: Final = 4
WAIT_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What answers are made from; for one thread at a time.

    Attributes:
        store: What was derived from the ledger.
        ledger: The exact bytes.
    """

    store: Store
    ledger: LedgerReader


class SourcePool:
    """At most `size` pairs of connections, opened when they are first needed.

    Args:
        open_store: a store on a connection of its own, usable by any thread.
        open_ledger: a reader of the ledger, likewise.
        size: how many requests may read at once; the others wait.
        wait_s: how long they wait before they are told to come again, seconds.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        open_ledger: Callable[[], LedgerReader],
        *,
        size: int = SIZE,
        wait_s: float = WAIT_S,
    ) -> None:
        self._open_store = open_store
        self._open_ledger = open_ledger
        self._wait_s = wait_s
        self._room = threading.BoundedSemaphore(size)
        self._idle: list[Sources] = []
        self._lent = 0
        self._change = threading.Condition()

    @contextmanager
    def lease(self) -> Iterator[Sources]:
        """A pair of connections for as long as the block lasts.

        Raises:
            StoreBusyError: all are in use for too long, or SQLite refuses.
            StoreFullError: what is new cannot be kept.
            LedgerError: the ledger cannot be opened.
        """
        if not self._room.acquire(timeout=self._wait_s):
            raise StoreBusyError("store", what=Words("too many requests", "请求过多"))
        try:
            sources = self._taken()
            self._count(1)
            try:
                yield sources
            finally:
                self._idle.append(sources)
                self._count(-1)
        except sqlite3.Error as cause:
            if getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
                raise StoreFullError("store") from cause
            raise StoreBusyError("store", what=str(cause)) from cause
        finally:
            self._room.release()

    def _taken(self) -> Sources:
        try:
            return self._idle.pop()
        except IndexError:
            return Sources(store=self._open_store(), ledger=self._open_ledger())

    def _count(self, more: int) -> None:
        with self._change:
            self._lent += more
            self._change.notify_all()

    def wait_until_unused(self, most_s: float) -> None:
        """Returns when nobody holds connections, or after so many seconds; for what can wait."""
        with self._change:
            self._change.wait_for(lambda: self._lent == 0, most_s)

    def close(self) -> None:
        """Closes all connections that no request holds."""
        while self._idle:
            sources = self._idle.pop()
            sources.store.close()
            sources.ledger.close()
