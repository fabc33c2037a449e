"""The derived store keeps abreast of the ledger, whatever is late, restarted or deleted."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calibration.window import Window
from collector.judging import Judging, position_of
from collector.ledger_read import read_ledger
from collector.store import Store
from evidence.log.batch import Record, Stream, document, encode
from tests.unit.collector.agent_log import AgentLog
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    LINE_2,
    MILL,
    POWER,
    SITES,
    START_NS,
    Kind,
    Plant,
    batch,
    calibrated,
    confirmation,
    energy_certificate,
    showing,
    shown,
    stream,
)
from tests.unit.collector.judged import HOUR_NS, exchange

CHANNELS = (LINE_1, LINE_2, POWER, GAS, MILL)
END_NS = START_NS + 400 * HOUR_NS


def store_in(folder: Path, name: str) -> Store:
    return Store(lambda: sqlite3.connect(folder / name, check_same_thread=False))


def windows(store: Store) -> dict[str, list[Window]]:
    return {
        channel: store.lookup.windows(channel, START_NS - HOUR_NS, END_NS) for channel in CHANNELS
    }


def versions(store: Store) -> dict[tuple[str, int], int]:
    rows = store._db.execute("SELECT channel, start_ns, max(version) FROM window GROUP BY 1, 2")
    return {(channel, (start_ns - START_NS) // HOUR_NS): count for channel, start_ns, count in rows}


def total(store: Store, channel: str, from_hour: int = 0) -> float:
    found = store.lookup.windows(channel, START_NS + from_hour * HOUR_NS, END_NS)
    return sum(window.value for window in found)


@contextmanager
def judged_once(plant: Plant, name: str = "other.sqlite") -> Iterator[Store]:
    """A store that is made from the whole ledger in one go."""
    store = store_in(plant.folder, name)
    with read_ledger(plant.folder) as ledger:
        Judging(ledger, store, SITES).catch_up()
    yield store
    store.close()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path)
    yield made
    made.close()


def log_files(plant: Plant, files: Sequence[tuple[Kind, str, bytes]] = FILES) -> None:
    for kind, name, data in files:
        plant.log_file(plant.gw1, kind, name, data)


NEW: tuple[tuple[Kind, str, bytes], ...] = (
    (
        "certificate",
        "e-9.toml",
        energy_certificate("E-9", "S-1").replace(b"[0.002]", b"[0.004]"),
    ),
    (
        "confirmation",
        "k-9.toml",
        confirmation("K-9", "E-9", "S-1", "2027-01-06").replace(
            b"2026-01-07T08:00:00+08:00", b"2026-03-29T18:00:00Z"
        ),
    ),
)


def test_a_late_confirmation_changes_the_total_by_what_follows_from_it_and_keeps_the_old(
    plant: Plant,
) -> None:
    """Relative error 0.002 until then, 0.004 from two hours after the start on."""
    log_files(plant)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 41), stream(LINE_2, 0, 41)]))
    plant.judging.catch_up()
    before = windows(plant.store)
    log_files(plant, NEW)
    plant.judging.catch_up()
    grown = shown(LINE_1, 40) - shown(LINE_1, 8)
    assert total(plant.store, LINE_1) - sum(each.value for each in before[LINE_1]) == pytest.approx(
        grown / 1.004 - grown / 1.002, rel=1e-9
    )
    after = windows(plant.store)
    assert after[LINE_1][:2] == before[LINE_1][:2]
    assert all(each.grounds.confirmations == ("K-9",) for each in after[LINE_1][2:])
    assert {hour for (_, hour), count in versions(plant.store).items() if count == 2} == set(
        range(2, 10)
    )
    assert after[LINE_2] == before[LINE_2]
    hours = plant.store.lookup.hours(0, 2**62)
    kept = [each for version, each in hours if (each.channel, version) == (LINE_1, 1)]
    assert kept == before[LINE_1]


def test_judging_again_without_anything_new_makes_no_version(plant: Plant) -> None:
    plant.fill()
    assert plant.judging.judge_again() == 0
    assert set(versions(plant.store).values()) == {1}


def test_an_hour_that_was_open_when_a_late_confirmation_came_is_all_under_it(plant: Plant) -> None:
    """Half of the hour was fed before: it must not keep what was in force then."""
    uncertified = [each for each in FILES if each[1] not in ("p-1.toml", "k-p.toml")]
    log_files(plant, uncertified)
    bare = msgspec.structs.replace(stream(POWER, 0, 6), value=None, contributions=(), fresh=0.0)
    plant.take(plant.gw1, batch(plant.gw1, [bare]))
    plant.judging.catch_up()
    log_files(plant, [each for each in FILES if each not in uncertified])
    plant.judging.catch_up()
    plant.take(plant.gw1, batch(plant.gw1, [calibrated(stream(POWER, 6, 3))]))
    plant.judging.catch_up()
    by_hand = [
        sum(0.5 + 0.998 * shown(POWER, poll) for poll in range(first, first + 4)) / 4
        for first in (0, 4)
    ]
    found = plant.store.lookup.windows(POWER, START_NS, END_NS)
    assert [each.value for each in found] == pytest.approx(by_hand, rel=1e-12)
    with judged_once(plant) as other:
        assert windows(other) == windows(plant.store)


def test_a_restart_after_a_late_confirmation_does_not_doubt_what_was_right_before_it(
    plant: Plant,
) -> None:
    uncertified = [each for each in FILES if each[1] not in ("p-1.toml", "k-p.toml")]
    log_files(plant, uncertified)
    bare = msgspec.structs.replace(stream(POWER, 0, 6), value=None, contributions=(), fresh=0.0)
    plant.take(plant.gw1, batch(plant.gw1, [bare]))
    log_files(plant, [each for each in FILES if each not in uncertified])
    plant.judging.catch_up()
    restarted = Judging(plant.ledger, plant.store, SITES)
    plant.take(plant.gw1, batch(plant.gw1, [calibrated(stream(POWER, 6, 3))]))
    restarted.catch_up()
    assert plant.store.lookup.faults(10) == []
    tallies = [each.tally.present for each in plant.store.lookup.windows(POWER, START_NS, END_NS)]
    assert tallies == [4, 4]


def test_an_end_between_a_late_confirmation_and_what_follows_from_it_delays_that_only(
    plant: Plant,
) -> None:
    log_files(plant)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 41)]))
    plant.judging.catch_up()
    log_files(plant, NEW)
    for leaf in plant.ledger.since(plant.store.cursor()):
        with plant.store.transaction():  # what catch_up commits before it judges again
            where = position_of(leaf)
            plant.store.keep(plant.judging._judge.judge(leaf.leaf, where), where)
    assert max(versions(plant.store).values()) == 1
    assert Judging(plant.ledger, plant.store, SITES).catch_up() == 0
    assert max(versions(plant.store).values()) == 2
    assert not plant.store.is_late()


def test_a_late_confirmation_of_a_meter_that_was_exchanged_is_late_after_a_restart_too(
    plant: Plant,
) -> None:
    log_files(plant)
    parts = (stream(LINE_1, 0, 12), of_next_meter(stream(LINE_1, 12, 29)))
    for part in parts:
        facts = {"closing": shown(LINE_1, 11), "opening": shown(LINE_1, 11)}
        records = [exchange(11.5, facts)] if part is parts[0] else []
        plant.take(plant.gw1, batch(plant.gw1, [part], records))
    plant.judging.catch_up()
    restarted = Judging(plant.ledger, plant.store, SITES)
    log_files(plant, NEW)
    restarted.catch_up()
    assert {hour for (_, hour), count in versions(plant.store).items() if count == 2} == {2}


def test_a_late_confirmation_of_a_meter_that_nobody_recorded_is_late_after_a_restart_too(
    plant: Plant,
) -> None:
    """It was replaced without a record: no exchange says that it ever stood there."""
    log_files(plant)
    for part in (stream(LINE_1, 0, 12), of_next_meter(stream(LINE_1, 12, 29))):
        plant.take(plant.gw1, batch(plant.gw1, [part]))
        plant.judging.catch_up()
    restarted = Judging(plant.ledger, plant.store, SITES)
    log_files(plant, NEW)
    restarted.catch_up()
    assert {hour for (_, hour), count in versions(plant.store).items() if count == 2} == {2}


def of_next_meter(part: Stream) -> Stream:
    return msgspec.structs.replace(part, head=msgspec.structs.replace(part.head, serial="S-2"))


def test_an_exchange_that_is_recorded_late_puts_the_hours_right(plant: Plant) -> None:
    """The person who exchanged the meter writes it down half an hour later."""
    readings = (1000.0, 1025.0, 5.0, 30.0, 55.0, 80.0, 105.0, 130.0, 155.0)
    part = showing(stream(LINE_1, 0, 9), *readings)
    plant.log_profile()
    plant.take(plant.gw1, batch(plant.gw1, [part]))
    plant.judging.catch_up()
    first = plant.store.lookup.windows(LINE_1, START_NS, END_NS)[0]
    assert first.uncorrected == pytest.approx(25.0 + 50.0)
    record = exchange(1.5, {"closing": 1037.0, "opening": 1.0})
    plant.take(plant.gw1, batch(plant.gw1, [], [record]))
    plant.judging.catch_up()
    found = plant.store.lookup.windows(LINE_1, START_NS, END_NS)
    assert found[0].uncorrected == pytest.approx((1037.0 - 1000.0) + (55.0 - 1.0))
    assert found[0].grounds.serials == ("S-1", "S-2")
    assert found[1].uncorrected == pytest.approx(100.0)
    with judged_once(plant) as other:
        assert windows(other) == windows(plant.store)


def test_a_store_that_was_deleted_is_made_again_with_the_same_windows(plant: Plant) -> None:
    plant.fill()
    log_files(plant, NEW)
    plant.judging.catch_up()
    with judged_once(plant) as other:
        assert windows(other) == windows(plant.store)
        assert other.lookup.faults(100) == plant.store.lookup.faults(100)
        assert other.lookup.channels() == plant.store.lookup.channels()
        assert other.lookup.exchanges() == plant.store.lookup.exchanges()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What two agents log, leaf by leaf, and where the collector is restarted.

    Attributes:
        sizes: Polls a leaf.
        gone: Polls that gave no value.
        wild: Polls in which the registers show nonsense.
        restarts: Leaves after which the collector is started again.
        late: The leaf before which the late confirmation is logged.
        exchanged: The poll after which LINE_2 gets another meter; recorded `lag` leaves later.
        turned: The poll from which on LINE_1 reads another meter, of which nothing is recorded.
    """

    sizes: tuple[int, ...]
    gone: frozenset[int]
    wild: frozenset[int]
    restarts: frozenset[int]
    late: int
    exchanged: int
    lag: int
    turned: int = 99


POLLS = st.integers(0, 30)
RUNS = st.lists(st.tuples(POLLS, st.integers(1, 6)), max_size=4)
SCENES = st.builds(
    Scene,
    sizes=st.lists(st.integers(1, 4), min_size=6, max_size=10).map(tuple),
    gone=RUNS.map(lambda runs: frozenset(at for run in runs for at in range(run[0], sum(run)))),
    wild=st.frozensets(POLLS, max_size=3),
    restarts=st.frozensets(st.integers(7, 19), min_size=1, max_size=5),
    late=st.integers(0, 14),
    exchanged=POLLS,
    lag=st.integers(0, 4),
    turned=POLLS,
)
WILD_WHERE_A_LEAF_BEGINS = Scene(
    sizes=(1, 1, 2, 2, 1, 1, 1),
    gone=frozenset(),
    wild=frozenset({2, 4}),
    restarts=frozenset({7, 8, 14}),
    late=0,
    exchanged=0,
    lag=0,
)
SILENT_BEFORE_AN_EDGE = Scene(
    sizes=(3, 1, 1, 2, 3, 3),
    gone=frozenset({3, 4}),
    wild=frozenset(),
    restarts=frozenset({11}),
    late=14,
    exchanged=30,
    lag=0,
)


def leaves_of(scene: Scene, log: AgentLog) -> list[bytes]:
    """The leaves of a scene, as an agent logs them."""
    found: list[bytes] = []
    files = {0: FILES, scene.late: (*(FILES if scene.late == 0 else ()), *NEW)}
    first, told = 0, False
    for number, size in enumerate(scene.sizes):
        for kind, name, data in files.get(number, ()):
            place = (log.agent, log.epoch, len(log.leaves) + len(found))
            found.append(encode(document(place, kind, name, data)))
        polls = range(first, first + size)
        due = not told and scene.exchanged in range(first - 7 * scene.lag, first + size)
        told = told or (due and scene.lag <= number)
        records = [exchanged_at(scene.exchanged)] if due and told else []
        parts = [
            part for name in (LINE_1, LINE_2, POWER, GAS) for part in parts_of(scene, name, polls)
        ]
        at = AgentLog(agent=log.agent, epoch=log.epoch, leaves=[*log.leaves, *found])
        found.append(batch(at, parts, records))
        first += size
    return found


def exchanged_at(poll: int) -> Record:
    facts = {"closing": shown(LINE_2, poll) + 5.0, "opening": 3.0}
    return exchange(poll + 0.5, facts, channel=LINE_2, serials=("S-2", "S-7"))


def parts_of(scene: Scene, channel: str, polls: range) -> list[Stream]:
    """A channel's polls of a leaf: of one meter, or of one before and another behind."""
    if channel != LINE_1 or scene.turned not in polls[1:]:
        return [part_of(scene, channel, polls)]
    cut = polls.index(scene.turned)
    return [part_of(scene, channel, each) for each in (polls[:cut], polls[cut:])]


def part_of(scene: Scene, channel: str, polls: range) -> Stream:
    gone = tuple(poll for poll in polls if poll in scene.gone)
    there = [poll for poll in polls if poll not in scene.gone]
    part = stream(channel, polls[0], len(polls), gone) if there else gone_all(channel, gone)
    if channel not in (LINE_1, LINE_2):
        return part
    is_other = channel == LINE_1 and polls[0] >= scene.turned
    head = msgspec.structs.replace(part.head, rated_rate=400.0)
    if is_other:
        bare = {"certificate": "", "confirmation": "", "serial": "S-9"}
        head = msgspec.structs.replace(head, **bare)
    shows = tuple(
        value
        + 1e6 * (poll in scene.wild)
        - (channel == LINE_2 and poll > scene.exchanged) * 900.0
        + is_other * 60.0
        for poll, value in zip(there, part.indication, strict=True)
    )
    return showing(msgspec.structs.replace(part, head=head), *shows)


def gone_all(channel: str, gone: tuple[int, ...]) -> Stream:
    one = stream(channel, gone[-1], 1)
    missed = tuple(stream(channel, poll, 2, (poll,)).missed[0] for poll in gone)
    bare: dict[str, object] = {"value": None, "contributions": (), "fresh": 0.0}
    return msgspec.structs.replace(one, rows=0, raw=(), indication=(), missed=missed, **bare)


@settings(max_examples=20, deadline=None)
@example(SILENT_BEFORE_AN_EDGE)
@example(WILD_WHERE_A_LEAF_BEGINS)
@given(SCENES)
def test_restarts_make_no_difference(scene: Scene) -> None:
    """Whatever is missed, wild, late or exchanged, and wherever the collector was restarted."""
    with tempfile.TemporaryDirectory() as folder:
        plant = Plant(Path(folder))
        leaves = leaves_of(scene, plant.gw1)
        ends = sorted({end for end in scene.restarts if end < len(leaves)} | {len(leaves)})
        for first, end in pairwise([0, *ends]):
            plant.judging = Judging(plant.ledger, plant.store, SITES)
            plant.bench.take(plant.gw1.topic, *plant.gw1.grow(leaves[first:end]))
            plant.judging.catch_up()
        with judged_once(plant) as other:
            assert windows(other) == windows(plant.store)
            assert other.lookup.faults(100) == plant.store.lookup.faults(100) == []
        plant.close()
