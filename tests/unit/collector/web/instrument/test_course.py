"""What an instrument showed: the same numbers as the interface tells, whatever the step."""

from collections.abc import Sequence

import pytest

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.window import Window
from collector.web.instrument.asked import NS_PER_DAY
from collector.web.instrument.course import of_hours
from tests.unit.collector.api.conftest import asked as asked  # noqa: PLC0414 - a fixture
from tests.unit.collector.api.conftest import plant as plant  # noqa: PLC0414 - a fixture
from tests.unit.collector.api.plant import LINE_1, POWER, START_NS, TEMPERATURE, Asked, Plant

DAY_2 = (START_NS + NS_PER_DAY, START_NS + 2 * NS_PER_DAY)


def hours(plant: Plant, channel: str) -> Sequence[Window | MeanWindow]:
    lookup = plant.store.lookup
    return lookup.windows(channel, *DAY_2) or lookup.means(channel, *DAY_2)


@pytest.mark.parametrize("channel", [LINE_1, POWER])
def test_a_day_is_what_the_activity_data_say(plant: Plant, asked: Asked, channel: str) -> None:
    (point,) = of_hours(hours(plant, channel), [DAY_2])
    address = f"/api/v1/activity-data?channel={channel}&start=2026-03-31&end=2026-04-01"
    (datum,) = asked.get(address).json()
    assert point.value == pytest.approx(datum["value"], rel=1e-12)
    assert point.uncorrected == pytest.approx(datum["uncorrected_value"], rel=1e-12)
    assert point.U95 == pytest.approx(datum["expanded_uncertainty"], rel=1e-9)
    assert (point.present, point.expected) == (
        datum["completeness"]["present"],
        datum["completeness"]["expected"],
    )
    assert point.missing == datum["completeness"]["missing"]


def test_hours_of_a_day_add_up_to_it(plant: Plant) -> None:
    found = hours(plant, POWER)
    spans = [(at, at + NS_PER_HOUR) for at in range(*DAY_2, NS_PER_HOUR)]
    each, (whole,) = of_hours(found, spans), of_hours(found, [DAY_2])
    assert len(each) == len(found) == 23
    assert sum(one.value or 0.0 for one in each) == pytest.approx(whole.value or 0.0)
    assert sum(one.present for one in each) == whole.present


def test_the_mean_of_a_day_is_that_of_its_readings(plant: Plant) -> None:
    found = [each for each in hours(plant, TEMPERATURE) if isinstance(each, MeanWindow)]
    (point,) = of_hours(found, [DAY_2])
    count = sum(each.tally.present for each in found)
    mean = sum((each.value or 0.0) * each.tally.present for each in found) / count
    assert point.value == pytest.approx(mean)
    assert point.U95 is None  # nothing says how well it is known, and that is not zero
    assert point.quality == "good"


def test_a_time_without_hours_has_no_point(plant: Plant) -> None:
    before = (DAY_2[0] - 100 * NS_PER_DAY, DAY_2[0] - 99 * NS_PER_DAY)
    assert of_hours(hours(plant, LINE_1), [before]) == []
