"""The collector as a process: intake, judge and HTTP interface, wired and ended together."""

import logging
import shutil
import signal
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from collector.access import TokenFile
from collector.alarms.set_up import alarm_thread
from collector.alarms.thread import AlarmThread
from collector.api.app import create_app
from collector.api.parts import Parts
from collector.api.pool import SourcePool
from collector.config import CollectorConfig, receipt_key
from collector.database import Connection
from collector.enrolment.following import RegistrarThread
from collector.enrolment.registrar import Registrar, registrar_of
from collector.errors import LedgerRestoredError, StoreError
from collector.intake import Intake
from collector.journal import open_journal
from collector.journal_heads import HeadThread
from collector.judging import Judging
from collector.ledger import Ledger, open_ledger
from collector.ledger_read import LedgerReader, read_ledger
from collector.listening import listening
from collector.originals import Originals
from collector.people.administration import enter_found
from collector.people.sessions import Sessions
from collector.people.users import UserFile
from collector.receive import Receiver
from collector.store import Store
from collector.views.influx_view import InfluxView
from collector.views.parquet_thread import LakeThread
from collector.views.set_up import influx_view
from collector.web.pages import add_pages
from evidence.clock import Clock
from evidence.errors import Words
from evidence.log.key import SigningKey
from evidence.software import SOFTWARE

DERIVED: Final = "derived.sqlite"
LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
JUDGE_EVERY_S: Final = 1.0
_logger: Final = logging.getLogger(__name__)


def open_store(state_dir: Path) -> Store:
    """The derived store beside the ledger; made if there is none."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(state_dir / DERIVED, check_same_thread=False, timeout=10.0)

    return Store(connect)


def open_reader(state_dir: Path) -> LedgerReader:
    """A reader of a ledger that this process has open already.

    Raises:
        LedgerError: there is no ledger, or it cannot be read.
    """
    return read_ledger(state_dir, _connected_again)


def _connected_again(path: Path) -> Connection:
    """One more connection to a file that this process has open.

    Only SQLite may open and close it: closing any other descriptor of the file drops the
    process's POSIX locks on it, and the next process that looks into the ledger would take
    it for abandoned and delete its WAL, with all that was receipted since the checkpoint.
    """
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def open_witnessed_ledger(state_dir: Path) -> Ledger:
    """The ledger for this process alone, found to hold what was derived from it before.

    Ledger and head may have been put back together; the derived data, in a file of their own,
    still know how far it was.

    Raises:
        LedgerRestoredError: it is older than the head, or than what was derived from it.
        LedgerError: as `open_ledger`.
    """
    ledger = open_ledger(state_dir)
    try:
        _require_judged(ledger, state_dir)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _require_judged(ledger: Ledger, state_dir: Path) -> None:
    judged, held = _judged(state_dir), ledger.head().size
    if judged > held:
        what = Words(
            f"it has {held} leaves, {judged} were judged", f"现有 {held} 个叶，已评判 {judged} 个"
        )
        raise LedgerRestoredError(ledger.database.where, what=what)


def _judged(state_dir: Path) -> int:
    """How many leaves the derived data follow from; 0 where they cannot say."""
    if not (state_dir / DERIVED).exists():
        return 0
    try:
        store = open_store(state_dir)
        try:
            return store.cursor()
        finally:
            store.close()
    except (StoreError, sqlite3.DatabaseError):
        return 0


@contextmanager
def emptied_store(state_dir: Path) -> Iterator[Store]:
    """The derived store without what follows from the ledger; statements are kept.

    A file that cannot be used, or was written by a newer version, is made anew.
    """
    try:
        store = open_store(state_dir)
        store.forget()
    except (StoreError, sqlite3.DatabaseError):
        for name in (DERIVED, f"{DERIVED}-wal", f"{DERIVED}-shm"):
            (state_dir / name).unlink(missing_ok=True)
        store = open_store(state_dir)
    try:
        yield store
    finally:
        store.close()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The parts that are started and stopped together."""

    receiver: Receiver
    judge: JudgeThread
    intake: Intake
    heads: HeadThread
    registrar: RegistrarThread | None = None
    views: Sequence[InfluxView | LakeThread] = ()
    alarms: AlarmThread | None = None

    def start(self) -> None:
        """Starts judging and views, then receiving."""
        self.heads.start()
        self.judge.start()
        for view in self.views:
            view.start()
        self.receiver.start()
        for thread in (self.registrar, self.alarms):
            if thread is not None:
                thread.start()

    def stop(self) -> None:
        """Stops receiving first, so that nothing is committed that is not answered."""
        for thread in (self.alarms, self.registrar):
            if thread is not None:
                thread.stop()
        self.receiver.stop()
        self.judge.stop()
        for view in self.views:
            view.stop()
        self.heads.stop()

    def counters(self) -> Mapping[tuple[str, str], int]:
        """How often what happened while receiving."""
        return dict(self.intake.counters + self.receiver.counters)


def serve(config: CollectorConfig, clock: Clock) -> None:
    """Runs a collector until SIGINT or SIGTERM.

    Raises:
        CodedError: the configuration, a key, the ledger or the store cannot be used.
        ApiAddressError: the HTTP address cannot be listened on.
    """
    key = receipt_key(config)
    ledger = open_witnessed_ledger(config.state_dir)
    try:
        registrar = registrar_of(config, clock)
        agents = registrar.registered.agents
        open_store(config.state_dir).close()  # made, or refused, before anyone asks for it
        judge = JudgeThread(
            config.state_dir, registrar.sites, simulated=config.collector.accept_simulated_clock
        )
        intake = Intake(
            ledger=ledger,
            agents=agents,
            signer=key,
            clock=clock,
            on_commit=judge.wake,
            quota=config.quota,
        )
        receiver = Receiver(
            broker=config.broker, collector_id=config.collector.id, intake=intake, clock=clock
        )
        running = Running(
            receiver=receiver,
            judge=judge,
            intake=intake,
            registrar=RegistrarThread(registrar, receiver.repin),
            heads=_heads(config, clock),
            views=views_of(config, clock),
        )
        parts = _parts(config, registrar, running, key)
        alarms = alarm_thread(config, parts, clock, intake.throttled)
        if alarms is not None:
            parts, running = replace(parts, alarms=alarms.open), replace(running, alarms=alarms)
        _run(config, parts, running)
    finally:
        ledger.close()


def _heads(config: CollectorConfig, clock: Clock) -> HeadThread:
    """What enters the ledger's head; the journal is made, or refused, before anyone asks for it."""
    with open_journal(config.state_dir, config.collector.id, clock) as journal:
        enter_found(journal, config.state_dir)
    return HeadThread(lambda: open_journal(config.state_dir, config.collector.id, clock), clock)


def views_of(config: CollectorConfig, clock: Clock) -> tuple[InfluxView | LakeThread, ...]:
    """The views that are configured, not started."""
    section, state_dir = config.lake, config.state_dir
    influx = influx_view(
        config, clock, lambda: open_store(state_dir), lambda: open_reader(state_dir)
    )
    found: tuple[InfluxView | LakeThread, ...] = () if influx is None else (influx,)
    if section is None or not section.on:
        return found
    lake = LakeThread(
        Path(section.directory),
        state_dir,
        lambda: open_store(state_dir),
        lambda: open_reader(state_dir),
        clock,
    )
    return (*found, lake)


def _parts(
    config: CollectorConfig, registrar: Registrar, running: Running, key: SigningKey
) -> Parts:
    state_dir = config.state_dir
    return Parts(
        sources=SourcePool(lambda: open_store(state_dir), lambda: open_reader(state_dir)),
        tokens=TokenFile(state_dir),
        clock=registrar.clock,
        sites=registrar.sites,
        registrar=registrar,
        users=UserFile(state_dir),
        sessions=Sessions(),
        journal=lambda: open_journal(state_dir, config.collector.id, registrar.clock),
        originals=Originals(state_dir),
        collector_key=key.verifier,
        software=SOFTWARE,
        broker_connected=lambda: running.receiver.health().connected,
        ledger_writable=lambda: _writable(running, state_dir),
        counters=running.counters,
        views=running.views,
        alarm_limits=config.alarms,
        requests=config.requests,
    )


def _writable(running: Running, state_dir: Path) -> bool:
    """Whether the thread that commits is alive and has room to write."""
    alive = running.receiver.health().owner_alive
    return alive and shutil.disk_usage(state_dir).free >= LEAST_FREE_BYTES


def _run(config: CollectorConfig, parts: Parts, running: Running) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            add_pages(create_app(parts), parts),
            log_level="warning",
            access_log=False,
            lifespan="on",
        )
    )

    listener = listening(config.api)

    def end(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    running.start()
    try:
        server.run([listener])
    finally:
        running.stop()
        listener.close()
