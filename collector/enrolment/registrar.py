"""Who is enrolled, followed from the journal, and one act of enrolment at a time.

Every process keeps its own copy and takes what others entered before it decides. A file that
is locked while something is decided and entered makes a code good for one key, whichever
process is asked.
"""

import fcntl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Final

from collector.config import CollectorConfig
from collector.enrolment.broker_files import Standing
from collector.enrolment.files import unusable
from collector.enrolment.granting import Known
from collector.enrolment.registered import Registered, registered
from collector.enrolment.registry import ACTIONS, Registry
from collector.journal import open_journal
from collector.journal_errors import JournalAbsentError
from collector.journal_read import JournalReader, read_journal
from evidence.clock import NS_PER_S, Clock, SystemClock
from evidence.log.entry import Act, entered
from evidence.log.merkle import EMPTY_ROOT

LOCK: Final = "enrolment.lock"


class Registrar:
    """The agents that count, and how far the journal was followed; may be shared by threads.

    Args:
        config: Names agents too, and the folder of the journal.
        clock: Says what is over.

    Attributes:
        changes: How often agents or codes changed.
        sites: Where each agent stands, by id; follows what is entered.
    """

    def __init__(self, config: CollectorConfig, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self._guard = threading.RLock()
        self._registry = Registry()
        self._next = 0
        self._reader: JournalReader | None = None
        self._registered = registered(config, self._registry)
        self.changes = 0
        self.sites: Mapping[str, str] = _Sites(self)

    def close(self) -> None:
        """Closes the journal."""
        with self._guard:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def refresh(self) -> None:
        """Takes what was entered since the last time.

        Raises:
            JournalError: The journal cannot be read.
            EnrolmentHistoryError: An entry of it cannot be read; those before it count.
        """
        with self._guard:
            reader = self._read()
            size = 0 if reader is None else reader.head().size
            if reader is None or size == self._next:
                return
            before = self._next
            if size < before:  # a person put back an older journal, and said so
                self._registry, self._next = Registry(), 0
            try:
                self._take(reader)
            finally:
                if self._next != before:  # an act of enrolment was taken, or all begins anew
                    self._settle()
            self._next = size

    def _take(self, reader: JournalReader) -> None:
        for each in reader.of(ACTIONS, first=self._next):
            self._registry.take(each.position, each.entry)
            self._next = each.position + 1

    def _settle(self) -> None:
        self._registered = registered(self.config, self._registry)
        self.changes += 1

    def _read(self) -> JournalReader | None:
        if self._reader is None:
            try:
                self._reader = read_journal(self.config.state_dir, self.config.collector.id)
            except JournalAbsentError:
                return None
        return self._reader

    @property
    def registered(self) -> Registered:
        """The agents that count, as of the last `refresh`; never waits for an act in hand."""
        return self._registered

    @contextmanager
    def alone(self) -> Iterator[Known]:
        """What is known now, while no other thread or process decides anything.

        Raises:
            JournalError, EnrolmentHistoryError: as `refresh`.
            BrokerFilesError: The lock cannot be taken.
        """
        with self._guard, self._locked():
            self.refresh()
            yield self.known()

    def known(self) -> Known:
        """What is known, as of the last `refresh`; what is entered later does not change it."""
        with self._guard:
            held = self._registry
            copy = Registry(
                codes=dict(held.codes),
                keys=dict(held.keys),
                certificates=dict(held.certificates),
            )
            return Known(registry=copy, registered=self._registered, now_ns=self.clock.now_ns())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        path = self.config.state_dir / LOCK
        try:
            file = path.open("w")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as problem:
            raise unusable(path, problem) from problem
        with file:
            yield

    def enter(self, *acts: Act) -> None:
        """Enters what was done, and takes it; inside `alone`.

        Raises:
            EnrolmentHistoryError: Nobody could read it again; nothing was entered.
            EntryError, JournalError, LedgerError: It cannot be entered.
        """
        for act in acts:
            Registry().take(self._next, entered(act, self.clock.now_ns(), 0, EMPTY_ROOT))
        identity = self.config.collector.id
        with open_journal(self.config.state_dir, identity, self.clock) as journal:
            for act in acts:
                journal.record(act)
        self.refresh()

    def standing(self) -> Standing:
        """What the broker's files shall say, as of the last `refresh`."""
        with self._guard:
            found = self._registered
            now = datetime.fromtimestamp(self.clock.now_ns() // NS_PER_S, UTC)
            withdrawn = self._registry.withdrawn(found.revoked_ns)
            return Standing(agents=found.active(), withdrawn=withdrawn, now=now)


class _Sites(Mapping[str, str]):
    """Where each agent stands now."""

    def __init__(self, registrar: Registrar) -> None:
        self._registrar = registrar

    def __getitem__(self, agent: str) -> str:
        return self._registrar.registered.sites[agent]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._registrar.registered.sites))

    def __len__(self) -> int:
        return len(self._registrar.registered.sites)


def registrar_of(config: CollectorConfig, clock: Clock) -> Registrar:
    """The registrar of a collector, as its journal stands now; the caller closes it.

    Raises:
        AgentEntryError: Journal and collector.toml contradict each other.
        KeyMaterialError, JournalError, EnrolmentHistoryError: One of them cannot be used.
    """
    made = Registrar(config, clock)
    try:
        made.refresh()
        made.registered.require_one_story()
    except BaseException:
        made.close()
        raise
    return made


def registered_agents(config: CollectorConfig) -> Registered:
    """The agents of a collector, as its journal stands now.

    Raises:
        AgentEntryError, KeyMaterialError, JournalError, EnrolmentHistoryError: as `registrar_of`.
    """
    with closing(registrar_of(config, SystemClock())) as registrar:
        return registrar.registered
