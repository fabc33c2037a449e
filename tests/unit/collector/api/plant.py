"""A small factory: leaves of two agents, admitted, judged and served, all of it for real."""

import asyncio
import hashlib
import shutil
import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import msgspec
from fastapi import FastAPI

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason
from calibration.load import SourceFile, register_of
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.timeline import Installed, timeline_of
from collector.access import TokenFile
from collector.api.app import create_app
from collector.api.health import writable
from collector.api.parts import Parts
from collector.api.pool import SourcePool
from collector.journal import open_journal
from collector.judging import Judging
from collector.ledger import Ledger, open_ledger
from collector.ledger_read import read_ledger
from collector.originals import Originals
from collector.people.sessions import Sessions
from collector.people.users import UserFile
from collector.store import Store
from evidence.clock import SteppedClock, parse_utc
from evidence.judging.recompute import recompute
from evidence.log.batch import (
    Batch,
    ClockState,
    Contribution,
    Document,
    Miss,
    Record,
    RecordKind,
    Stream,
    StreamHead,
    document,
)
from evidence.log.column import progression
from evidence.log.in_parts import encode_parted
from evidence.log.leaf import DocumentKind
from evidence.log.parts import blind_of
from tests.unit.collector.agent_log import SIGNER, AgentLog, agents_of, key_of
from tests.unit.collector.intake_bench import Bench

START_NS = parse_utc("2026-03-29T16:00:00Z")  # midnight in Shanghai, two days before April
DAYS = 5
PERIOD_MS = 15 * 60 * 1000
POLLS_A_DAY = 96
SITES = {"gw-1": "jinan", "gw-2": "weifang"}
SOFTWARE = "carbonmeter test"
LINE_1, LINE_2 = "jinan/line-1/energy", "jinan/line-2/energy"
POWER, GAS = "jinan/line-1/power", "jinan/boiler/gas"
TEMPERATURE, MILL = "jinan/hall/temperature", "weifang/mill/energy"
STANDARD = "std:SDIM/E-17"
Kind = DocumentKind

_CHANNEL = """[[channels]]
name = "{name}"
kind_of_quantity = "{kind}"
unit = "{unit}"
accumulation = "{how}"
source = {{ address = {address}, format = "float64" }}
"""
_SHOWN = (
    ("energy", KindOfQuantity.ACTIVE_ENERGY, "kW.h", Accumulation.REGISTER),
    ("power", KindOfQuantity.ACTIVE_POWER, "kW", Accumulation.RATE),
    ("gas", KindOfQuantity.VOLUME, "m3", Accumulation.INTERVAL),
    ("temperature", KindOfQuantity.TEMPERATURE, "Cel", Accumulation.RATE),
)
PROFILE = (
    """schema = 1
id = "plant-meter"
maker = "Plant"
model = "Meter"
protocol = "modbus"
title.en = "Whatever this plant shows"
title.zh = "本厂仪表"
sources = [{ key = "us", document = "the tests", page = "1", grade = "A" }]
modbus.unit_id = 1
modbus.function = 3
modbus.word_order = "ABCD"
"""
    + "".join(
        _CHANNEL.format(name=name, kind=kind.value, unit=unit, how=how.value, address=4 * number)
        for number, (name, kind, unit, how) in enumerate(_SHOWN)
    )
).encode()
PROFILE_SHA256 = hashlib.sha256(PROFILE).hexdigest()


def energy_certificate(number: str, serial: str) -> bytes:
    return f"""schema = 1
id = "{number}"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-06T08:00:00+08:00
[instrument]
maker = "ABB"
model = "B23"
serial = "{serial}"
[laboratory]
name = "SDIM"
accreditation = "CNAS L0001"
[[standards]]
influence = "{STANDARD}"
relative_standard_uncertainty = 0.0004
[[results]]
kind_of_quantity = "active_energy"
unit = "kW.h"
result = "relative_error"
argument = "load"
argument_unit = "kW"
measuring_interval = [0.0, 400.0]
[results.function]
form = "polynomial"
coefficients = [0.002]
covariance = [[1e-8]]
""".encode()


POWER_CERTIFICATE = f"""schema = 1
id = "P-1"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-06T00:00:00Z
[instrument]
maker = "Siemens"
model = "PAC2200"
serial = "S-P"
[laboratory]
name = "SDIM"
[[standards]]
influence = "{STANDARD}"
relative_standard_uncertainty = 0.0003
[[results]]
kind_of_quantity = "active_power"
unit = "kW"
result = "value"
argument = "indication"
argument_unit = "kW"
measuring_interval = [0.0, 400.0]
repeatability = 0.05
[results.function]
form = "polynomial"
coefficients = [0.5, 0.998]
covariance = [[0.0004, 0.0], [0.0, 1e-7]]
""".encode()


def confirmation(number: str, certificate: str, serial: str, due_on: str) -> bytes:
    return f"""schema = 1
id = "{number}"
certificate = "{certificate}"
serial = "{serial}"
requirement = "GB 17167, class 1"
decision = "pass"
rule = "simple acceptance"
fitted_by = "SDIM"
effective_from = 2026-01-07T08:00:00+08:00
due_on = {due_on}
confirmed_by = "Q. Wang"
recorded_at = 2026-01-07T00:00:00Z
""".encode()


FILES: tuple[tuple[Kind, str, bytes], ...] = (
    ("certificate", "e-1.toml", energy_certificate("E-1", "S-1")),
    ("certificate", "e-2.toml", energy_certificate("E-2", "S-2")),
    ("certificate", "p-1.toml", POWER_CERTIFICATE),
    ("confirmation", "k-1.toml", confirmation("K-1", "E-1", "S-1", "2027-01-06")),
    ("confirmation", "k-2.toml", confirmation("K-2", "E-2", "S-2", "2026-04-20")),
    ("confirmation", "k-p.toml", confirmation("K-P", "P-1", "S-P", "2026-04-01")),
    ("configuration", "agent.toml", b"[agent]\nid = 'gw-1'\n"),
    ("profile", "meter.toml", PROFILE),
)
CERTIFIED = register_of(
    SourceFile(name=name, data=data)
    for kind, name, data in FILES
    if kind in ("certificate", "confirmation")
)


def head(channel: str, kind: KindOfQuantity, unit: str, how: Accumulation) -> StreamHead:
    measurand = Measurand(
        kind_of_quantity=kind, unit=unit, subject=channel.rpartition("/")[0], accumulation=how
    )
    return StreamHead(
        channel=channel,
        measurand=measurand,
        period_ms=PERIOD_MS,
        serial=channel.rpartition("/")[2],
        profile=PROFILE_SHA256,
        basis=UncertaintyBasis.UNKNOWN,
    )


def energy_head(channel: str, serial: str, certificate: str, confirmed: str) -> StreamHead:
    return msgspec.structs.replace(
        head(channel, KindOfQuantity.ACTIVE_ENERGY, "kW.h", Accumulation.REGISTER),
        serial=serial,
        certificate=certificate,
        confirmation=confirmed,
        basis=UncertaintyBasis.CALIBRATION,
        resolution=0.01,
    )


HEADS = {
    LINE_1: energy_head(LINE_1, "S-1", "E-1", "K-1"),
    LINE_2: energy_head(LINE_2, "S-2", "E-2", "K-2"),
    MILL: energy_head(MILL, "S-9", "", ""),
    POWER: msgspec.structs.replace(
        head(POWER, KindOfQuantity.ACTIVE_POWER, "kW", Accumulation.RATE),
        serial="S-P",
        certificate="P-1",
        confirmation="K-P",
        basis=UncertaintyBasis.CALIBRATION,
        resolution=0.1,
    ),
    GAS: head(GAS, KindOfQuantity.VOLUME, "m3", Accumulation.INTERVAL),
    TEMPERATURE: head(TEMPERATURE, KindOfQuantity.TEMPERATURE, "Cel", Accumulation.RATE),
}


def shown(channel: str, poll: int) -> float:
    """What the instrument shows at a poll."""
    if HEADS[channel].measurand.accumulation == Accumulation.REGISTER:
        return round(1000.0 + 25.0 * poll + (poll % 7), 2)
    return 80.0 + (poll * 37 % 11)


def raw_of(indication: Iterable[float]) -> tuple[str, ...]:
    """The bytes that the plant's meters send for what they show."""
    return tuple(struct.pack(">d", value).hex() for value in indication)


def showing(part: Stream, *indication: float) -> Stream:
    """A stream of which each reading shows something else."""
    return msgspec.structs.replace(part, raw=raw_of(indication), indication=indication)


def stream(channel: str, first: int, count: int, missed: Sequence[int] = ()) -> Stream:
    """Polls first to first + count - 1 of a channel, the results as an agent makes them."""
    start_ms = START_NS // 1_000_000
    polls = [poll for poll in range(first, first + count) if poll not in missed]
    indication = tuple(shown(channel, poll) for poll in polls)
    bare = Stream(
        head=HEADS[channel],
        rows=len(polls),
        sequence=progression(polls),
        at_ms=progression([start_ms + poll * PERIOD_MS for poll in polls]),
        raw=raw_of(indication),
        indication=indication,
        missed=tuple(
            Miss(sequence=poll, at_ms=start_ms + poll * PERIOD_MS, reason=MissReason.TIMEOUT)
            for poll in missed
        ),
    )
    return calibrated(bare) if channel == POWER else bare


def calibrated(bare: Stream) -> Stream:
    measurand = bare.head.measurand
    installed = [Installed(from_ns=0, serial=bare.head.serial)]
    timeline = timeline_of(CERTIFIED, installed, measurand.kind_of_quantity, measurand.unit)
    results = recompute(bare, timeline)
    return msgspec.structs.replace(
        bare,
        value=tuple(results.value.tolist()),
        contributions=tuple(
            Contribution(influence=influence, contribution=tuple(column.tolist()))
            for influence, column in results.contributions.items()
        ),
        fresh=tuple(results.fresh.tolist()),
    )


def batch(log: AgentLog, streams: Sequence[Stream], records: Sequence[Record] = ()) -> bytes:
    return in_parts(
        log,
        Batch(
            agent=log.agent,
            epoch=log.epoch,
            sequence=len(log.leaves),
            software="carbonmeter 0.1.0",
            clock=ClockState(standard_uncertainty_s=0.02, synchronised=True),
            opened_ms=START_NS // 1_000_000,
            closed_ms=START_NS // 1_000_000,
            streams=tuple(streams),
            records=tuple(records),
        ),
    )


def in_parts(log: AgentLog, leaf: Batch | Document) -> bytes:
    """A leaf as agents write it, with a blind that is the same in each test."""
    return encode_parted(leaf, blind_of(log.agent.encode(), leaf.sequence))


def records() -> tuple[Record, ...]:
    at_ms = START_NS // 1_000_000
    return (
        Record(kind=RecordKind.RESTART, at_ms=at_ms, facts={"cause": "power"}),
        Record(kind=RecordKind.GAP, at_ms=at_ms, until_ms=at_ms + 60_000, channel=LINE_1),
        Record(kind=RecordKind.CLOCK_STEP, at_ms=at_ms + 1, facts={"step_ms": -250}),
    )


@dataclass(slots=True)
class Plant:
    """Ledger, store and judge of one folder, and the parts that serve them."""

    folder: Path
    sites: Mapping[str, str] = field(default_factory=lambda: SITES)
    connected: bool = True
    collector: str = "plant-3"
    gw1: AgentLog = field(default_factory=lambda: AgentLog(agent="gw-1", key=key_of("gw-1")))
    gw2: AgentLog = field(default_factory=lambda: AgentLog(agent="gw-2", key=key_of("gw-2")))
    desk: SteppedClock = field(default_factory=lambda: SteppedClock(0))
    ledger: Ledger = field(init=False)
    store: Store = field(init=False)
    bench: Bench = field(init=False)
    judging: Judging = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = open_ledger(self.folder)
        self.store = self.open_store()
        self.bench = Bench(self.ledger, self.gw1, self.gw2)
        self.bench.clock.set_to(START_NS + (DAYS + 2) * 86_400_000_000_000)
        self.judging = Judging(self.ledger, self.store, self.sites)

    def again(self, folder: Path) -> "Plant":
        """The same plant in an empty folder; this one is closed, so that its files are whole."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        first, second = (replace(log, leaves=[*log.leaves]) for log in (self.gw1, self.gw2))
        found = replace(self, folder=folder, gw1=first, gw2=second)
        now_ns, clock = self.bench.clock.now_ns(), found.bench.clock
        clock.step_back(max(0, clock.now_ns() - now_ns))
        clock.set_to(now_ns)
        return found

    def open_store(self) -> Store:
        path = self.folder / "derived.db"
        return Store(lambda: sqlite3.connect(path, check_same_thread=False))

    def take(self, log: AgentLog, leaf: bytes) -> None:
        """Admits a leaf, commits it and signs the receipt."""
        self.bench.take(log.topic, *log.grow([leaf]))

    def log_file(self, log: AgentLog, kind: Kind, name: str, data: bytes) -> None:
        position = (log.agent, log.epoch, len(log.leaves))
        self.take(log, in_parts(log, document(position, kind, name, data)))

    def log_profile(self) -> None:
        """Logs the profile of the plant's meters for both agents."""
        for log in (self.gw1, self.gw2):
            self.log_file(log, *FILES[-1])

    def fill(self) -> None:
        """Five days of everything."""
        for kind, name, data in FILES:
            self.log_file(self.gw1, kind, name, data)
        self.log_file(self.gw2, *FILES[-1])
        for day in range(DAYS):
            first = day * POLLS_A_DAY
            gaps = (first, first + 5, first + 6)
            streams = [
                stream(LINE_1, first, POLLS_A_DAY, gaps if day else gaps[1:]),
                stream(LINE_2, first, POLLS_A_DAY),
                stream(TEMPERATURE, first, POLLS_A_DAY),
            ]
            if day < 2:
                streams += [
                    stream(POWER, first, POLLS_A_DAY, gaps[1:]),
                    stream(GAS, first, POLLS_A_DAY),
                ]
            self.take(self.gw1, batch(self.gw1, streams, () if day else records()))
            self.take(self.gw2, batch(self.gw2, [stream(MILL, first, POLLS_A_DAY)]))
        self.take(self.gw1, batch(self.gw1, [stream(MILL, 0, 4)]))  # a site that is not its own
        self.judging.catch_up()

    def parts(self, size: int = 4) -> Parts:
        return Parts(
            sources=SourcePool(self.open_store, lambda: read_ledger(self.folder), size=size),
            tokens=TokenFile(self.folder),
            users=UserFile(self.folder),
            sessions=Sessions(self.desk),
            journal=lambda: open_journal(self.folder, self.collector, self.bench.clock),
            originals=Originals(self.folder),
            clock=self.bench.clock,
            desk=self.desk,
            sites=self.sites,
            collector_key=SIGNER.verifier,
            software=SOFTWARE,
            broker_connected=lambda: self.connected,
            ledger_writable=lambda: writable(self.ledger, self.folder),
            counters=lambda: self.bench.intake.counters,
            agents=lambda: agents_of(self.gw1, self.gw2),
        )

    def close(self) -> None:
        self.store.close()
        self.ledger.close()


@dataclass(slots=True)
class Asked:
    """A client of one application; from another machine if it says so."""

    app: FastAPI
    client: str = "127.0.0.1"
    base: str = "http://127.0.0.1:8080"

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send("GET", path, headers)

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> httpx.Response:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, client=(self.client, 40000))
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                names = [
                    (name.replace("_", "-").encode(), text.encode())
                    for name, text in (headers or {}).items()
                ]
                return await client.request(method, path, headers=names, content=content or None)

        return asyncio.run(sent())

    def many(self, paths: Sequence[str]) -> list[httpx.Response]:
        """Several at once."""

        async def sent() -> list[httpx.Response]:
            transport = httpx.ASGITransport(app=self.app, client=(self.client, 40000))
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return list(await asyncio.gather(*(client.get(path) for path in paths)))

        return asyncio.run(sent())


def served(parts: Parts, **how: str) -> Asked:
    return Asked(create_app(parts), **how)
