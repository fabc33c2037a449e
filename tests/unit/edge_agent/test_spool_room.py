"""A spool that fills up: it warns, thins, stops with a signed gap, and goes on with room."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.agent import Agent
from edge_agent.assembly import World, attach_uplink, open_agent
from edge_agent.custody_errors import SpoolFullError
from edge_agent.line import Line
from edge_agent.spool_room import CALM, RESUME, THIN, WARN, Ballast, Level, kept_when_thin, level_of
from edge_agent.spool_schema import connect_file
from evidence.clock import SteppedClock
from evidence.log.batch import Record, RecordKind
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY, Collector, CollectorLink
from tests.unit.edge_agent.site import KEY, START_NS, S, installed, poll, world

LIMIT = 100_000_000


@given(st.integers(0, LIMIT), st.sampled_from(Level))
def test_a_level_follows_from_the_share_that_is_used(used: int, before: Level) -> None:
    level = level_of(used, LIMIT, before)
    if used < CALM * LIMIT:
        assert level is Level.ROOMY
    if WARN * LIMIT <= used < RESUME * LIMIT:
        assert level is Level.WARN
    if THIN * LIMIT <= used < 0.99 * LIMIT and before is not Level.STOP:
        assert level is Level.THIN
    if used >= 0.999 * LIMIT:
        assert level is Level.STOP
    assert level_of(used, LIMIT, level) == level


def test_thinned_polls_are_the_first_of_each_hour() -> None:
    hour = 3600 * S
    assert kept_when_thin(5 * hour, None)
    assert not kept_when_thin(5 * hour + 1800 * S, 5 * hour)
    assert kept_when_thin(6 * hour, 5 * hour + 1800 * S)


def test_a_ballast_is_on_the_disk_until_it_is_given_up(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", 1 << 20)
    assert ballast.take()
    assert (tmp_path / "ballast").stat().st_blocks * 512 >= 1 << 20
    ballast.release()
    assert not (tmp_path / "ballast").exists()
    assert not Ballast(tmp_path / "none" / "ballast").take()


class Filling:
    """An agent without devices on its line: polls are kept as a device would give them."""

    def __init__(self, folder: Path, world_: World, clock: SteppedClock, limit_MiB: float) -> None:
        self.site = installed(folder, limit_MiB=limit_MiB)
        self.clock, self.network = clock, SteppedClock(0)
        lines = {"bus-1": Line([], clock=clock)}
        self.agent: Agent = open_agent(self.site, KEY, world_, lines=lines)
        self.collector = Collector(agent=KEY.verifier)
        self.link = CollectorLink(self.collector)
        key = COLLECTOR_KEY.verifier
        self.uplink = attach_uplink(self.agent, self.link, key, self.network)
        self.kept = 0

    def fill(self, until: Level) -> None:
        for _ in range(20_000):
            if self.agent.spool.level >= until:
                return
            self.keep(polls=50)
        pytest.fail("it never filled")

    def keep(self, polls: int = 1) -> None:
        first = self.agent.spool.next_sequence("feeder-1")
        made = []
        for n in range(first, first + polls):
            self.clock.advance(60 * S)
            made.append(poll(self.site, self.clock.now_ns(), n, n * 7919 % 1_000_003 / 1.0))
        self.agent.keep(made)
        self.kept += self.agent.spool.next_sequence("feeder-1") - first
        self.agent.close_due(self.clock.now_ns())

    def drain(self) -> None:
        self.link.connect()
        for _ in range(4000):
            self.agent.pump()
            self.network.advance(S)
            if self.uplink.delivered and not self.agent.spool.waiting:
                return
            if self.uplink.delivered:
                self.agent.close_batch(self.clock.now_ns())
        pytest.fail("it never drained")

    def records(self, kind: RecordKind) -> list[Record]:
        return [r for b in self.collector.batches() for r in b.records if r.kind is kind]

    def arrived(self) -> int:
        return sum(stream.rows for b in self.collector.batches() for stream in b.streams)


def test_a_full_spool_says_so_stops_and_goes_on_without_losing_a_reading(tmp_path: Path) -> None:
    clock = SteppedClock(START_NS)
    filling = Filling(tmp_path, world(clock), clock, limit_MiB=1)
    filling.fill(Level.STOP)
    asyncio.run(filling.agent.poll(clock.now_ns()))  # asks nobody, keeps nothing
    stopped_ms = clock.now_ns() // 1_000_000
    before = filling.kept
    assert filling.agent.spool.used_bytes < 1.1 * (1 << 20)
    filling.drain()
    filling.keep()
    filling.drain()
    assert filling.agent.spool.level is Level.ROOMY
    assert filling.arrived() == before + 1
    levels = [record.facts["level"] for record in filling.records(RecordKind.SPOOL_LIMIT)]
    assert levels[:2] == ["warn", "thin"]
    assert levels[-1] == "roomy"
    gaps = filling.records(RecordKind.GAP)
    assert [gap.facts["cause"] for gap in gaps] == ["spool_limit"] * 2
    assert gaps[0].until_ms is None
    assert gaps[1].at_ms == gaps[0].at_ms <= stopped_ms
    assert gaps[1].until_ms is not None
    asyncio.run(filling.agent.stop())


def test_a_thinned_agent_polls_once_an_hour(tmp_path: Path) -> None:
    clock = SteppedClock(START_NS)
    filling = Filling(tmp_path, world(clock), clock, limit_MiB=1)
    filling.fill(Level.THIN)
    room = filling.agent._room
    hour_ns = 3600 * S
    start_ns = (clock.now_ns() // hour_ns + 1) * hour_ns
    made = [n for n in range(180) if room.wants("feeder-1", start_ns + n * 60 * S)]
    assert made == [0, 60, 120]
    asyncio.run(filling.agent.stop())


class FullDisk:
    """A disk whose room can be taken away: SQLite's own limit on its pages."""

    def __init__(self) -> None:
        self.opened: list[sqlite3.Connection] = []

    def connect(self, path: Path) -> sqlite3.Connection:
        self.opened.append(connect_file(path))
        return self.opened[-1]

    def take_room(self) -> None:
        (pages,) = self.opened[-1].execute("PRAGMA page_count").fetchone()
        self.opened[-1].execute(f"PRAGMA max_page_count={pages + 2}")

    def give_room(self) -> None:
        self.opened[-1].execute("PRAGMA max_page_count=1000000")


def test_a_disk_that_refuses_a_commit_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    clock, disk = SteppedClock(START_NS), FullDisk()
    own = World(clock=clock, entropy=world(clock).entropy, connect=disk.connect)
    filling = Filling(tmp_path, own, clock, limit_MiB=64)
    ballast = tmp_path / "state" / "spool.ballast"
    assert ballast.exists()
    for _ in range(30):
        filling.keep()
    disk.take_room()
    while ballast.exists():
        filling.keep()
    kept = filling.kept
    assert filling.agent.spool.next_sequence("feeder-1") == kept
    assert not filling.agent._room.wants("feeder-1", clock.now_ns())
    disk.give_room()
    filling.drain()
    assert filling.arrived() == kept
    gaps = filling.records(RecordKind.GAP)
    assert [gap.until_ms is None for gap in gaps] == [True, False]
    assert ballast.exists()
    filling.keep()
    assert filling.agent.spool.next_sequence("feeder-1") == kept + 1
    asyncio.run(filling.agent.stop())


def test_a_refused_commit_is_a_coded_error_and_changes_nothing(tmp_path: Path) -> None:
    clock, disk = SteppedClock(START_NS), FullDisk()
    own = World(clock=clock, entropy=world(clock).entropy, connect=disk.connect)
    filling = Filling(tmp_path, own, clock, limit_MiB=64)
    disk.take_room()
    spool = filling.agent.spool
    many = [poll(filling.site, START_NS + n * S, n, float(n)) for n in range(2000)]
    before = spool.waiting
    with pytest.raises(SpoolFullError, match="E_SPOOL_FULL"):
        spool.keep(many)
    assert spool.waiting == before
    assert spool.next_sequence("feeder-1") == 0
    asyncio.run(filling.agent.stop())


def test_a_clock_that_is_set_while_the_disk_is_full_is_on_record_once_there_is_room(
    tmp_path: Path,
) -> None:
    clock, disk = SteppedClock(START_NS), FullDisk()
    own = World(clock=clock, entropy=world(clock).entropy, connect=disk.connect)
    filling = Filling(tmp_path, own, clock, limit_MiB=64)
    refused(filling, disk)
    clock.step_forward(3600 * S)
    filling.keep()
    assert filling.agent.spool.next_sequence("feeder-1") == filling.kept
    disk.give_room()
    filling.keep()
    filling.drain()
    steps = filling.records(RecordKind.CLOCK_STEP)
    assert [step.facts["step_ms"] for step in steps] == [3_600_000]
    asyncio.run(filling.agent.stop())


def test_what_was_read_and_found_no_room_lies_in_the_gap(tmp_path: Path) -> None:
    clock, disk = SteppedClock(START_NS), FullDisk()
    own = World(clock=clock, entropy=world(clock).entropy, connect=disk.connect)
    filling = Filling(tmp_path, own, clock, limit_MiB=64)
    first_ms = refused(filling, disk)
    disk.give_room()
    filling.drain()
    (opened, closed) = filling.records(RecordKind.GAP)
    assert opened.at_ms == closed.at_ms == first_ms
    assert closed.until_ms == first_ms + 199 * 60_000
    asyncio.run(filling.agent.stop())


def test_what_was_being_read_when_polling_stopped_lies_in_the_gap_too(tmp_path: Path) -> None:
    clock, disk = SteppedClock(START_NS), FullDisk()
    own = World(clock=clock, entropy=world(clock).entropy, connect=disk.connect)
    filling = Filling(tmp_path, own, clock, limit_MiB=64)
    stopped_ms = refused(filling, disk)
    begun_ms = stopped_ms - 30_000
    under_way = [poll(filling.site, begun_ms * 1_000_000, n, 1.0) for n in range(200)]
    filling.agent.keep(under_way)
    disk.give_room()
    filling.drain()
    (opened, closed) = filling.records(RecordKind.GAP)
    assert (opened.at_ms, closed.at_ms) == (stopped_ms, begun_ms)
    stopped_again_ms = refused(filling, disk)
    disk.give_room()
    filling.drain()
    assert filling.records(RecordKind.GAP)[-1].at_ms >= stopped_again_ms
    asyncio.run(filling.agent.stop())


def test_a_record_that_finds_no_room_is_said_when_there_is_some(tmp_path: Path) -> None:
    clock, disk = SteppedClock(START_NS), FullDisk()
    own = World(clock=clock, entropy=world(clock).entropy, connect=disk.connect)
    filling = Filling(tmp_path, own, clock, limit_MiB=64)
    refused(filling, disk)
    said = [Record(kind=RecordKind.GAP, at_ms=n, facts={"cause": "test"}) for n in range(3)]
    filling.agent.note(*said)
    filling.agent.pump()
    disk.give_room()
    filling.drain()
    gaps = filling.records(RecordKind.GAP)
    assert [gap for gap in gaps if gap.facts["cause"] == "test"] == said
    assert len(gaps) == len(said) + 2
    asyncio.run(filling.agent.stop())


def refused(filling: Filling, disk: FullDisk) -> int:
    """Fills the disk and has polls refused; when the first of them was read, UTC ms."""
    disk.take_room()
    first_ms = filling.clock.now_ns() // 1_000_000 + 60_000
    filling.keep(polls=200)
    assert filling.kept == 0
    return first_ms


class Shrunk(Ballast):
    """A ballast on a disk with as little room as it is told."""

    free_bytes = 0

    def disk_free_bytes(self) -> int:
        return self.free_bytes


def test_a_ballast_is_taken_only_where_there_is_as_much_room_again(tmp_path: Path) -> None:
    ballast = Shrunk(tmp_path / "ballast", 4096)
    ballast.free_bytes = 8191
    assert not ballast.take()
    ballast.free_bytes = 8192
    assert ballast.take()
    ballast.free_bytes = 4095
    assert ballast.take()  # what is there, stays
    ballast.make_room()
    assert not (tmp_path / "ballast").exists()


def level_now(filling: Filling) -> Level:
    return filling.agent._room.level


def on_shrunk_disk(folder: Path, clock: SteppedClock) -> tuple[Filling, Shrunk]:
    filling = Filling(folder, world(clock), clock, limit_MiB=64)
    ballast = Shrunk(folder / "state" / "spool.ballast", 100_000)
    ballast.free_bytes = 1 << 30
    filling.agent.spool.files.ballast = ballast
    return filling, ballast


def test_room_that_receipts_make_inside_the_spool_lets_it_go_on_though_the_disk_is_full(
    tmp_path: Path,
) -> None:
    clock = SteppedClock(START_NS)
    filling, ballast = on_shrunk_disk(tmp_path, clock)
    for _ in range(200):
        filling.keep(polls=50)
    ballast.free_bytes = 0
    filling.agent._room.disk_full(SpoolFullError("spool", found="test", limit="test"))
    filling.keep(polls=0)
    filling.agent.pump()
    assert level_now(filling) is Level.STOP
    filling.drain()
    filling.agent.pump()
    assert filling.agent.spool.free_bytes >= 2 * ballast.size_bytes
    assert level_now(filling) is Level.ROOMY
    assert not (tmp_path / "state" / "spool.ballast").exists()
    asyncio.run(filling.agent.stop())


def test_without_a_ballast_polling_stops_before_the_last_room_is_used(tmp_path: Path) -> None:
    clock = SteppedClock(START_NS)
    filling, ballast = on_shrunk_disk(tmp_path, clock)
    ballast.release()
    ballast.free_bytes = 150_000
    filling.keep()
    assert level_now(filling) is Level.ROOMY
    ballast.free_bytes = 50_000
    filling.keep()
    assert level_now(filling) is Level.STOP
    ballast.free_bytes = 500_000
    filling.drain()
    filling.agent.pump()
    assert level_now(filling) is Level.ROOMY
    gaps = filling.records(RecordKind.GAP)
    assert gaps
    asyncio.run(filling.agent.stop())
