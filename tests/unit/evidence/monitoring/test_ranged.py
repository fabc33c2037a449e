"""A dual-range analyser: each check belongs to its range, each hour to those it was measured in."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.monitoring.plan import MonitoringPlan
from calibration.monitoring.ranges import RangeSign
from calibration.window import Tally
from evidence.statement.hours.hour import HourState
from evidence.statement.monitoring.checks import Shown
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.ranged import RangesSeen, with_ranges
from tests.unit.evidence.monitoring.fortnight import (
    DAY_NS,
    DAYS,
    GROUNDS,
    HOUR_NS,
    MINUTE_NS,
    SPAN_GAS,
    START_NS,
    check,
    hours,
    plan,
    told,
)

SIGN = RangeSign(channel="works/cems/range", shows={"low": 1.0, "high": 2.0})
RANGES = 'ranges = { channel = "works/cems/range", shows = { low = 1, high = 2 } }'
LOW, HIGH, BOTH = frozenset({"low"}), frozenset({"high"}), frozenset({"low", "high"})
AT_MIN = {"low": 120, "high": 180}
BROKEN = range(5, 8)
"""Days on which the span gas is shown 17 % high in the high range."""
IN_HIGH = range(24 * 6, 24 * 6 + 12)
"""Hours that were measured in the high range."""


def mean(number: int, value: float | None, course: tuple[float, ...] = ()) -> MeanWindow:
    """An hour of the channel that shows the range."""
    start_ns = START_NS + number * HOUR_NS
    return MeanWindow(
        channel=SIGN.channel,
        start_ns=start_ns,
        end_ns=start_ns + HOUR_NS,
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.NOMINAL_PROPERTY,
            unit="1",
            subject="CO2 analyser",
            accumulation=Accumulation.RATE,
        ),
        uncorrected=value,
        value=value,
        components=(),
        tally=Tally(expected=60, present=60),
        grounds=GROUNDS,
        course=course,
    )


def seen(others: Mapping[int, MeanWindow]) -> RangesSeen:
    """The low range in all hours but some, and the range of each check."""
    means = [others.get(number, mean(number, 1.0)) for number in range(-24, 24 * DAYS)]
    shown = [
        (START_NS + day * DAY_NS + (AT_MIN[name] + minute) * MINUTE_NS, number)
        for day in range(-1, DAYS)
        for name, number in SIGN.shows.items()
        for minute in range(14)
    ]
    return RangesSeen(sign=SIGN, means={each.start_ns: each for each in means}, shown=shown)


def checks() -> list[Shown]:
    """On each day one in the low range, and an hour later one in the high range."""
    return [
        each
        for day in range(-1, DAYS)
        for name, at_min in AT_MIN.items()
        for each in check(day, 17.6 if (name, day) in broken() else SPAN_GAS, at_min=at_min)
    ]


def broken() -> set[tuple[str, int]]:
    return {("high", day) for day in BROKEN}


def two_ranges() -> MonitoringPlan:
    """The plan of an analyser with two ranges."""
    return plan(f"proportional = true\n{RANGES}", full_scale="low = 20.0, high = 20.0")


def fortnight(others: Mapping[int, MeanWindow]) -> Monitored:
    return told(hours(), checks(), planned=two_ranges(), ranges=seen(others))


def substituted(found: Monitored) -> list[int]:
    hours_told = enumerate(found.determination.hours)
    return [number for number, each in hours_told if each.state == HourState.SUBSTITUTED]


def test_a_check_that_failed_in_one_range_does_not_touch_hours_of_the_other() -> None:
    found = fortnight({})
    assert substituted(found) == []
    (quality,) = found.analysers
    assert quality.tests == {"daily_check/failed": 3, "daily_check/passed": 25}
    assert quality.ranges == {"low": 24 * DAYS}
    assert found.doubts == ()


def test_hours_measured_in_the_range_that_failed_do_not_count() -> None:
    found = fortnight({number: mean(number, 2.0) for number in IN_HIGH})
    assert substituted(found) == [*IN_HIGH]
    assert found.analysers[0].ranges == {"high": len(IN_HIGH), "low": 24 * DAYS - len(IN_HIGH)}


def test_hours_of_one_range_alone_would_all_count_if_ranges_were_not_told() -> None:
    """The control: without its ranges a check of the high one takes out the low one's hours."""
    found = told(hours(), checks(), planned=plan(), ranges=None)
    assert len(substituted(found)) > 24


@pytest.mark.parametrize(
    "untold", [mean(24 * 6, None), mean(24 * 6, 1.25), mean(24 * 6, 1.5, (1.0, 1.5, 2.0))]
)
def test_an_hour_of_which_nothing_tells_the_range_must_stand_in_both(untold: MeanWindow) -> None:
    assert seen({24 * 6: untold}).of_hour(untold.start_ns) == BOTH
    assert substituted(fortnight({24 * 6: untold})) == [24 * 6]


def test_an_hour_in_which_the_range_changed_is_of_both_and_its_parts_tell_of_which() -> None:
    changed = mean(30, 1.5, (1.0, 1.0, 2.0, 2.0))
    ranges = seen({30: changed})
    assert ranges.of_hour(changed.start_ns) == BOTH
    found = [ranges.at(changed.start_ns + minute * MINUTE_NS, 0) for minute in (0, 29, 30, 59)]
    assert found == ["low", "low", "high", "high"]


def test_what_was_shown_in_the_check_itself_goes_before_the_hour() -> None:
    ranges = seen({})
    at_ns = START_NS + (AT_MIN["high"] + 3) * MINUTE_NS
    assert ranges.at(at_ns, 0) == "high"
    assert ranges.at(at_ns + 15 * MINUTE_NS, MINUTE_NS) == "low"
    assert ranges.at(START_NS + 400 * DAY_NS, 0) is None


def test_a_doubt_speaks_of_the_hours_of_its_range_alone() -> None:
    """The high range was good on the fourth day and failed on the fifth."""
    in_doubt = range(24 * 4 + 10, 24 * 4 + 20)
    found = fortnight({number: mean(number, 2.0) for number in in_doubt})
    (doubt,) = found.doubts
    assert doubt.value == pytest.approx(10.0 * len(in_doubt))
    assert doubt.start == "2026-03-05T02:00:00Z"


def test_a_check_in_a_range_that_nobody_knows_has_no_gas() -> None:
    dark = RangesSeen(sign=SIGN, means={})
    shown = with_ranges(check(1), dark, 180.0)
    assert {each.reading.measuring_range for each in shown} == {""}
    assert with_ranges(check(1), None, 180.0) == check(1)
    found = told(hours(), checks(), planned=two_ranges(), ranges=dark)
    assert "daily_check/passed" not in found.analysers[0].tests


def test_a_range_needs_no_gas_that_the_plan_names_for_the_other() -> None:
    """An analyser that switches its range itself sees zero gas in the low one alone."""
    plain = two_ranges()
    (analyser,) = plain.analysers
    assert analyser.checks is not None
    zero, span = analyser.checks.gases
    gases = (replace(zero, measuring_range="low"), span)
    low_only = replace(analyser, checks=replace(analyser.checks, gases=gases))
    shown = [each for each in checks() if each.reading.value > 1.0]
    for one, passed in ((analyser, 0), (low_only, DAYS - len(BROKEN))):
        ruled = replace(plain, analysers=(one,))
        tests = told(hours(), shown, planned=ruled, ranges=seen({})).analysers[0].tests
        assert tests.get("daily_check/passed", 0) == passed


def test_response_times_of_checks_are_noted_by_gas_and_range() -> None:
    """The reading after the change of gas is the first that shows it, a minute later."""
    found = {
        (each.measuring_range, each.point): each
        for each in fortnight({}).analysers[0].response_times
    }
    assert [*found] == [("high", "span"), ("high", "zero"), ("low", "span"), ("low", "zero")]
    span = found["low", "span"]
    assert (span.checks, span.untold) == (DAYS, 0)
    assert span.least_s == span.median_s == span.most_s == span.last_s
    assert span.last_s == pytest.approx(54.0)
