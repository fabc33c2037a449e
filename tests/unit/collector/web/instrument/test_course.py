"""What an instrument showed: the same numbers as the interface tells, whatever the step."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import Window
from collector.web.instrument.asked import NS_PER_DAY
from collector.web.instrument.course import of_hours
from tests.unit.collector.api.plant import LINE_1, POWER, START_NS, TEMPERATURE, Plant
from tests.unit.collector.web.conftest import Browser

DAY_1 = (START_NS, START_NS + NS_PER_DAY)


def hours(works: Plant, channel: str) -> Sequence[Window | MeanWindow]:
    lookup = works.store.lookup
    return lookup.windows(channel, *DAY_1) or lookup.means(channel, *DAY_1)


@pytest.mark.parametrize("channel", [LINE_1, POWER])
def test_a_day_is_what_the_activity_data_say(works: Plant, seen: Browser, channel: str) -> None:
    (point,) = of_hours(hours(works, channel), [DAY_1])
    address = f"/api/v1/activity-data?channel={channel}&start=2026-03-30&end=2026-03-31"
    (datum,) = seen.get(address, accept="application/json").json()
    assert point.value == pytest.approx(datum["value"], rel=1e-12)
    assert point.uncorrected == pytest.approx(datum["uncorrected_value"], rel=1e-12)
    assert pytest.approx(datum["expanded_uncertainty"], rel=1e-9) == point.U95
    assert (point.present, point.expected) == (
        datum["completeness"]["present"],
        datum["completeness"]["expected"],
    )
    assert point.missing == datum["completeness"]["missing"]


def test_hours_of_a_day_add_up_to_it(works: Plant) -> None:
    found = hours(works, POWER)
    spans = [(at, at + NS_PER_HOUR) for at in range(*DAY_1, NS_PER_HOUR)]
    each, (whole,) = of_hours(found, spans), of_hours(found, [DAY_1])
    assert len(each) == len(found) == 24
    assert sum(one.value or 0.0 for one in each) == pytest.approx(whole.value or 0.0)
    assert sum(one.present for one in each) == whole.present


def test_the_mean_of_a_day_is_that_of_its_readings(works: Plant) -> None:
    found = [each for each in hours(works, TEMPERATURE) if isinstance(each, MeanWindow)]
    (point,) = of_hours(found, [DAY_1])
    count = sum(each.tally.present for each in found)
    mean = sum((each.value or 0.0) * each.tally.present for each in found) / count
    assert point.value == pytest.approx(mean)
    assert point.U95 is None  # nothing says how well it is known, and that is not zero
    assert point.quality == "good"


def sampled(hour: MeanWindow, u: float, nu: float) -> MeanWindow:
    """The hour, if its samples left open so much, found from so many of their pairs."""
    name = f"sampling:{hour.channel}"
    influence = Influence(id=name, evaluation="A", degrees_of_freedom=nu, shared=False)
    return replace(
        hour,
        components=(UncertaintyComponent(influence=influence, contribution=u),),
        grounds=replace(hour.grounds, basis=UncertaintyBasis.CALIBRATION),
        tally=replace(hour.tally, present=60),
    )


def test_hours_whose_samples_scatter_unlike_have_the_degrees_of_freedom_of_both(
    works: Plant,
) -> None:
    found = [each for each in hours(works, TEMPERATURE) if isinstance(each, MeanWindow)][:2]
    two = [sampled(found[0], 0.3, 9.0), sampled(found[1], 0.4, 4.0)]
    (point,) = of_hours(two, [DAY_1])
    assert point.U95 is not None
    # u = 0.25; nu = 0.25^4 / (0.15^4/9 + 0.2^4/4) = 8.56 (GUM G.4.1); t of 9, of 8: table G.2
    assert 2.26 < point.U95 / 0.25 < 2.31


def test_a_time_without_hours_has_no_point(works: Plant) -> None:
    before = (DAY_1[0] - 100 * NS_PER_DAY, DAY_1[0] - 99 * NS_PER_DAY)
    assert of_hours(hours(works, LINE_1), [before]) == []
