"""Sites of more channels than a leaf holds readings: what describes a stream is told once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.batcher import (
    MOST_WAITING,
    BatchHead,
    BatchRules,
    Fill,
    Place,
    packed_batches,
)
from edge_agent.installation import Installation, load_installation
from edge_agent.not_polled import MOST_NAMED, not_polled
from edge_agent.poll import Noted, Pending, Poll
from edge_agent.strands import MISSES_A_READING
from evidence.log.batch import Batch, ClockState, decode
from evidence.log.column import MAX_ROWS, progressed
from evidence.log.envelope import decompress
from tests.unit.edge_agent.site import START_NS, S, device, installed, poll, waiting, write_site

HEAD = BatchHead(
    software="test", clock=ClockState(standard_uncertainty_s=0.05), closed_ms=1, seed=b"s" * 32
)
PLACE = Place(agent="line-1", epoch="ab" * 16, sequence=0)
RULES = BatchRules(max_age_ns=10 * S, readings_per_channel=10)
CHANNELS = ("active_power", "active_energy_import", "frequency")
DEVICES, TIMES = 200, 4


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    devices = [device(name=f"m-{n}", unit=n, channels=CHANNELS) for n in range(1, DEVICES + 1)]
    return installed(tmp_path_factory.mktemp("many"), "".join(devices))


def batches(polls: Sequence[Pending], site: Installation) -> list[Batch]:
    leaves = packed_batches(waiting(polls), site.calibrations, HEAD, PLACE)
    found = [decode(decompress(leaf.frame)) for leaf in leaves]
    return [each for each in found if isinstance(each, Batch)]


def polls_of(site: Installation, times: int = TIMES) -> list[Poll]:
    return [
        poll(site, START_NS + n * S, n, 1.0 + n, 2.0, 50.0, name=name)
        for n in range(times)
        for name in site.devices
    ]


def test_the_readings_of_a_channel_stand_together_however_many_channels_there_are(
    site: Installation,
) -> None:
    found = batches(polls_of(site), site)
    assert [sum(s.rows for s in b.streams) for b in found] == [1000, 1000, 400]
    parts = [s for b in found for s in b.streams]
    assert sum(s.rows == TIMES for s in parts) >= len(CHANNELS) * DEVICES - len(found)


def test_every_reading_travels_once_and_a_channel_s_in_order(site: Installation) -> None:
    seen: dict[str, list[int]] = {}
    for batch in batches(polls_of(site), site):
        for stream in batch.streams:
            numbers = progressed(stream.sequence, stream.rows)
            seen.setdefault(stream.head.channel, []).extend(numbers)
    assert len(seen) == DEVICES * len(CHANNELS)
    assert set(map(tuple, seen.values())) == {tuple(range(TIMES))}


def test_a_batch_of_many_channels_waits_for_several_readings_of_each(site: Installation) -> None:
    fill, rounds = Fill(), 0
    rules = replace(RULES, readings_per_channel=1000)
    while not fill.is_due(rules, START_NS):
        for name in site.devices:
            fill.add(poll(site, START_NS, rounds, 1.0, 2.0, 3.0, name=name))
        rounds += 1
    assert rounds == -(-MOST_WAITING // (DEVICES * len(CHANNELS)))
    assert rounds > 1


def test_misses_of_a_line_that_is_behind_do_not_empty_the_batches(site: Installation) -> None:
    """Three polls of four are left out: the readings still fill leaves, not their misses."""
    ticks = [START_NS + n * S for n in (1, 2, 3)]
    pending: list[Pending] = []
    for name, found in site.devices.items():
        pending.append(poll(site, START_NS, 0, 1.0, 2.0, 3.0, name=name))
        pending += not_polled(found, ticks, 1, suspect=False)
    made = batches(pending, site)
    readings = [sum(s.rows for s in b.streams) for b in made]
    assert sum(readings) == DEVICES * len(CHANNELS)
    assert sum(len(s.missed) for b in made for s in b.streams) == 3 * DEVICES * len(CHANNELS)
    assert readings[0] >= MAX_ROWS / (1 + 3 / MISSES_A_READING) - 1


def test_ticks_are_named_one_by_one_up_to_a_minute_of_them_and_then_as_a_gap(
    site: Installation,
) -> None:
    found = site.devices["m-1"]
    few = not_polled(found, range(START_NS, START_NS + MOST_NAMED * S, S), 7, suspect=False)
    assert [p.sequence for p in few if isinstance(p, Poll)] == list(range(7, 7 + MOST_NAMED))
    many = not_polled(found, range(START_NS, START_NS + (MOST_NAMED + 1) * S, S), 7, suspect=False)
    gaps = [each.record for each in many if isinstance(each, Noted)]
    assert [gap.channel for gap in gaps] == [each.channel for each in found.setup.channels]
    assert {gap.until_ms for gap in gaps} == {(START_NS + MOST_NAMED * S) // 1_000_000}


def test_channels_of_one_kind_share_a_timeline_and_its_rows(tmp_path: Path) -> None:
    devices = device() + device(name="feeder-2", unit=2, channels=("voltage_l1", "voltage_l2"))
    found = load_installation(write_site(tmp_path, devices))
    shared = found.calibrations.timelines
    digest = found.devices["feeder-2"].digest
    assert shared[digest, 0] is shared[digest, 1]
    rows = found.calibrations.first_row
    assert rows[digest, 0] == rows[digest, 1]
