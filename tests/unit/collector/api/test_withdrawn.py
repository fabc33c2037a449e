"""A channel of which everything was withdrawn: gone now, and still there as it was known before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.rights import Role
from evidence.clock import utc_text
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_entries import STEEL, tonnes
from tests.unit.collector.api.writing import person, two_lines

BASE = "/api/v1/activity-data"
APRIL = "start=2026-03-30&end=2026-04-01"
HOUR_NS = 3_600_000_000_000


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    built = two_lines(Plant(tmp_path))
    yield built
    built.close()


def test_it_is_told_as_of_then_and_unknown_now(plant: Plant) -> None:
    clerk, clock = person(plant, "wang", Role.ANALYST), plant.bench.clock
    before = utc_text(clock.now_ns() - HOUR_NS)
    body = {"entries": [tonnes("2026-03-30", "2026-04-01", 20.0)], "reason": "bills"}
    (entry,) = clerk.does("/api/v1/entries", body)["entries"]
    clock.advance(HOUR_NS)
    then = utc_text(clock.now_ns())
    clock.advance(HOUR_NS)
    clerk.does(f"/api/v1/entries/{entry}/correction", {"content": None, "reason": "not ours"})
    of_steel = f"{BASE}?channel={STEEL}&{APRIL}"
    assert clerk.get(of_steel).json()["code"] == "E_CHANNEL_UNKNOWN"
    (datum,) = clerk.read(f"{of_steel}&as_of={then}")
    assert datum["value"] == 20.0
    assert STEEL in [each["channel"] for each in clerk.read(f"{BASE}?{APRIL}&as_of={then}")]
    assert STEEL not in [each["channel"] for each in clerk.read(f"{BASE}?{APRIL}")]
    assert clerk.read(f"{BASE}/combined?channels={STEEL}&{APRIL}&as_of={then}")["value"] == 20.0
    assert clerk.get(f"{of_steel}&as_of={before}").status_code == 404


def test_before_it_was_entered_a_channel_has_nothing(plant: Plant) -> None:
    clerk, clock = person(plant, "wang", Role.ANALYST), plant.bench.clock
    before = utc_text(clock.now_ns() - HOUR_NS)
    body = {"entries": [tonnes("2026-03-30", "2026-04-01", 20.0)], "reason": "bills"}
    clerk.does("/api/v1/entries", body)
    assert clerk.read(f"{BASE}?channel={STEEL}&{APRIL}&as_of={before}") == []
