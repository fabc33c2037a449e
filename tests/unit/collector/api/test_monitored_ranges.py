"""A dual-range analyser over HTTP: a channel of its device shows the range that it measures in."""

from typing import Any, Final

import msgspec
import pytest

from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.unit.calibration.monitoring.texts import CYLINDER, ZERO
from tests.unit.collector.api.plant import (
    PERIOD_MS,
    START_NS,
    Plant,
    batch,
    raw_of,
    served,
)
from tests.unit.collector.api.test_monitored import DAYS, PLAN, POLLS, WHOLE, polled, told
from tests.unit.collector.api.test_stack import CO2, FILES, SHOWN, recalculated, stream

ASKED: Final = f"/api/v1/monitored-data?channel={CO2}&{WHOLE}&hours=true"
IN_HIGH: Final = range(2 * POLLS + 40, 2 * POLLS + 60)
"""Polls of the third day, 10:00 to 15:00 by the plant's clock."""
HOURS_IN_HIGH: Final = slice(IN_HIGH.start // 4, IN_HIGH.stop // 4)
RANGES: Final = 'ranges = { channel = "jinan/cems/range", shows = { low = 1, high = 2 } }'
DUAL: Final = PLAN.replace('{ "" = 20.0 }', "{ low = 20.0, high = 40.0 }").replace(
    "proportional = true", f"proportional = true\n{RANGES}"
)


def ranges(numbers: range) -> Stream:
    """What the channel of the range shows, in checks too."""
    shown = tuple(2.0 if number in IN_HIGH else 1.0 for number in numbers)
    return recalculated(
        msgspec.structs.replace(
            stream("range", len(numbers)),
            sequence=progression(numbers),
            at_ms=progression([START_NS // 1_000_000 + each * PERIOD_MS for each in numbers]),
            indication=shown,
            raw=raw_of(shown),
        )
    )


def period(plant: Plant, plan: str) -> dict[str, Any]:
    for name, text in (("l2231.toml", CYLINDER), ("n2.toml", ZERO)):
        plant.log_file(plant.gw1, "certificate", name, text.encode())
    for kind, name, data in (*FILES, ("plan", "plan.toml", plan.encode())):
        plant.log_file(plant.gw1, kind, name, data)
    for day in range(DAYS):
        numbers = range(day * POLLS, (day + 1) * POLLS + 4 * (day == DAYS - 1))
        streams = [*(polled(name, numbers) for name in SHOWN), ranges(numbers)]
        plant.take(plant.gw1, batch(plant.gw1, streams))
    plant.judging.catch_up()
    parts = plant.parts()
    (found,) = told(served(parts).get(ASKED))
    parts.sources.close()
    return dict(found)


@pytest.fixture
def dual(fresh: Plant) -> dict[str, Any]:
    return period(fresh, DUAL)


def test_hours_in_a_range_that_was_never_checked_are_substituted(dual: dict[str, Any]) -> None:
    (analyser,) = dual["analysers"]
    assert analyser["ranges"] == {"high": 5, "low": 24 * DAYS - 5}
    states = [each["state"] for each in dual["determination"]["hours"]]
    assert "measured" not in states[HOURS_IN_HIGH]
    assert states[HOURS_IN_HIGH.start - 1] == states[HOURS_IN_HIGH.stop] == "measured"


def test_the_range_would_not_matter_without_a_channel_that_shows_it(fresh: Plant) -> None:
    """The control: the same bytes under a plan of one range count in those hours."""
    found = period(fresh, PLAN)
    assert found["analysers"][0]["ranges"] == {}
    states = [each["state"] for each in found["determination"]["hours"]]
    assert set(states[HOURS_IN_HIGH]) == {"measured"}


def test_response_times_stand_beside_the_checks(dual: dict[str, Any]) -> None:
    found = dual["analysers"][0]["response_times"]
    assert [(each["measuring_range"], each["point"]) for each in found] == [
        ("low", "span"),
        ("low", "zero"),
    ]
    assert all(each["checks"] + each["untold"] == DAYS for each in found)
