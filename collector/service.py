"""The collector as a process: intake, judge and HTTP interface, wired and ended together."""

import logging
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from collector.access import TokenFile
from collector.alarms.set_up import alarm_thread
from collector.alarms.thread import AlarmThread
from collector.api.app import create_app
from collector.api.parts import Parts
from collector.api.pool import SourcePool
from collector.config import CollectorConfig
from collector.enrolment.following import RegistrarThread
from collector.enrolment.registrar import Registrar, registrar_of
from collector.intake import Intake
from collector.journal import open_journal
from collector.journal_anchor import journal_kept_open
from collector.journal_heads import HeadThread
from collector.judge_thread import JudgeThread
from collector.listening import listening
from collector.opening import open_reader, open_store, open_witnessed_ledger
from collector.originals import Originals
from collector.people.administration import enter_found
from collector.people.sessions import Sessions
from collector.people.users import UserFile
from collector.private_files import receipt_key
from collector.receive import Receiver
from collector.views.influx_view import InfluxView
from collector.views.parquet_thread import LakeThread
from collector.views.set_up import influx_view
from collector.web.ahead import read_ahead
from collector.web.pages import add_pages
from evidence.clock import Clock, SystemClock
from evidence.log.key import SigningKey
from evidence.software import SOFTWARE

LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
_logger: Final = logging.getLogger(__name__)


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
        with journal_kept_open(config.state_dir, config.collector.id):
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
        open_journal=lambda: open_journal(state_dir, config.collector.id, clock),
    )
    return (*found, lake)


def _parts(
    config: CollectorConfig, registrar: Registrar, running: Running, key: SigningKey
) -> Parts:
    state_dir, desk = config.state_dir, SystemClock()
    return Parts(
        sources=SourcePool(lambda: open_store(state_dir), lambda: open_reader(state_dir)),
        tokens=TokenFile(state_dir),
        clock=registrar.clock,
        desk=desk,
        sites=registrar.sites,
        registrar=registrar,
        users=UserFile(state_dir),
        sessions=Sessions(desk),
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
        streams=config.streams,
        as_of=config.as_of,
        agents=lambda: registrar.registered.agents,
        accept_simulated=config.collector.accept_simulated_clock,
        declared=config.record,
    )


def _writable(running: Running, state_dir: Path) -> bool:
    """Whether the thread that commits is alive and has room to write."""
    alive = running.receiver.health().owner_alive
    return alive and shutil.disk_usage(state_dir).free >= LEAST_FREE_BYTES


def server_of(app: FastAPI) -> uvicorn.Server:
    """The server of an application, not started."""
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on"))


def _run(config: CollectorConfig, parts: Parts, running: Running) -> None:
    app = add_pages(create_app(parts), parts)
    server = server_of(app)
    listener = listening(config.api)

    def end(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    running.start()
    read_ahead(app, parts)
    try:
        server.run([listener])
    finally:
        running.stop()
        listener.close()
