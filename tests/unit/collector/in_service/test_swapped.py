"""Meters that are swapped in any way: what is counted, however often it is judged."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from collector.judging import Judging
from evidence.clock import utc_text
from tests.unit.collector.api.plant import (
    FILES,
    LINE_1,
    PERIOD_MS,
    START_NS,
    Plant,
    batch,
    served,
)
from tests.unit.collector.in_service.operator import Point, any_point, leaves, told_stream
from tests.unit.evidence.bundle.made import bundle_of, failed

POLLS: Final = 96
POLL_NS: Final = PERIOD_MS * 1_000_000
END: Final = utc_text(START_NS + 22 * 4 * POLL_NS)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    for kind, name, data in FILES:
        built.log_file(built.gw1, kind, name, data)
    yield built
    built.close()


def take(plant: Plant, point: Point, missed: frozenset[int], random: Random) -> None:
    """Judges leaf after leaf; every now and then the collector starts anew."""
    for told in leaves(point, random):
        plant.take(plant.gw1, batch(plant.gw1, [told_stream(point, told, missed)], told.records))
        if random.random() < 0.5:
            plant.judging.catch_up()
        if random.random() < 0.2:
            plant.judging = Judging(plant.ledger, plant.store, plant.sites)
    plant.judging.catch_up()


@pytest.mark.parametrize("seed", range(16))
def test_nothing_else_is_counted_than_what_readings_and_records_tell(
    plant: Plant, seed: int
) -> None:
    random = Random(seed)
    point, missed = any_point(random, POLLS)
    take(plant, point, missed, random)
    found = plant.store.lookup.windows(LINE_1, 0, 2**62)
    closed_until = (found[-1].end_ns - START_NS) // POLL_NS
    by_hand, after = point.counted(missed), sum(point.growth[closed_until - 1 :])
    total = sum(each.uncorrected for each in found)
    assert by_hand - after - 1e-6 <= total <= by_hand + 1e-6
    assert plant.judging.judge_again() == 0


@pytest.mark.parametrize("seed", range(40, 48))
def test_a_part_of_the_time_is_told_as_the_whole_tells_it(plant: Plant, seed: int) -> None:
    """As of an instant, and by whoever checks a bundle: from the leaves of that part alone."""
    random = Random(seed)
    point, missed = any_point(random, POLLS)
    take(plant, point, missed, random)
    start = utc_text(START_NS + random.randint(0, 18) * 4 * POLL_NS)
    query = f"start={start}&end={END}"
    parts = plant.parts()
    asked = served(parts)
    address = f"/api/v1/activity-data?channel={LINE_1}&{query}"
    then = asked.get(f"{address}&as_of={utc_text(plant.bench.clock.now_ns())}").json()
    assert then == asked.get(address).json()
    parts.sources.close()
    assert not failed(bundle_of(plant, LINE_1, query))


def test_without_the_parting_between_meters_more_is_counted(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whatever lies between two readings leads from the one to the other."""
    monkeypatch.setattr("evidence.judging.in_service._leads", lambda *_: True)
    random = Random(1)
    point, missed = any_point(random, POLLS)
    take(plant, point, missed, random)
    found = plant.store.lookup.windows(LINE_1, 0, 2**62)
    assert sum(each.uncorrected for each in found) > 1.2 * point.counted(missed)
