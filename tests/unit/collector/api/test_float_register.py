"""A register that tells floats is one meter, whatever step each batch of it is told with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from evidence.log.batch import Stream
from tests.unit.collector.api.plant import FILES, LINE_1, Asked, Plant, batch, served, stream

DAY = "start=2026-03-30&end=2026-03-31"
LOST = 50


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    for kind, name, data in FILES:
        built.log_file(built.gw1, kind, name, data)
    yield built
    built.close()


def of_step(told: Stream, step: float) -> Stream:
    return replace(told, head=replace(told.head, resolution=step))


def datum_of(plant: Plant) -> dict[str, object]:
    parts = plant.parts()
    asked: Asked = served(parts)
    (found,) = asked.get(f"/api/v1/activity-data?channel={LINE_1}&{DAY}").json()
    parts.sources.close()
    return dict(found)


def test_a_lost_poll_and_a_power_of_two_lose_no_energy(plant: Plant) -> None:
    """The step of a float grows as the register counts; where little was shown it is tiny."""
    parts = [
        of_step(stream(LINE_1, 0, LOST), 0.002),
        of_step(stream(LINE_1, LOST, 2, missed=[LOST]), 6e-8),
        of_step(stream(LINE_1, LOST + 2, 19), 0.002),
        of_step(stream(LINE_1, LOST + 21, 60), 0.004),
    ]
    for each in parts:
        plant.take(plant.gw1, batch(plant.gw1, [each]))
    plant.judging.catch_up()
    found = datum_of(plant)
    opening, closing = (found[name]["value"] for name in ("opening", "closing"))  # type: ignore[index]
    assert found["uncorrected_value"] == pytest.approx(closing - opening)
    assert found["events"] == []
