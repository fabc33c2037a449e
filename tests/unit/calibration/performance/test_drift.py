from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.performance.criterion import Outcome
from calibration.performance.drift import WORST_LAST, Check, Drift, Point, drift
from calibration.performance.errors import PerformanceCountError, PerformanceOptionError
from calibration.performance.load import read_limits

LOADED = {name: read_limits(name) for name in ("part75-2011", "hj75-2017")}
DEVIATION = st.decimals(min_value=0, max_value=50, places=2)


def checked(
    deviations: list[str],
    measurand: str = "so2",
    full_scale: str | None = "200",
    name: str = "part75-2011",
    point: Point = "span",
) -> Drift:
    limits, used = LOADED[name]
    checks = [
        Check(at=str(k), point=point, reference=Decimal(100), reading=Decimal(100) + Decimal(each))
        for k, each in enumerate(deviations)
    ]
    rules = {point: limits.rule("drift", measurand, None, point)}
    return drift(checks, rules, None if full_scale is None else Decimal(full_scale), used)


@pytest.mark.parametrize(
    ("deviation", "full_scale", "outcome"),
    [
        ("5.0", "200", "pass"),
        ("10.0", "200", "adjust"),
        ("10.1", "200", "out_of_control"),
        ("5.0", "50", "adjust"),
        ("-5.1", "50", "out_of_control"),
        ("5.1", "60", "adjust"),
        ("5.1", "201", "pass"),
        ("10.3", "201", "out_of_control"),
    ],
)
def test_a_small_span_has_limits_in_ppm(deviation: str, full_scale: str, outcome: str) -> None:
    assert checked([deviation], full_scale=full_scale).outcome == outcome


@pytest.mark.parametrize(
    ("deviation", "outcome"), [("0.5", "pass"), ("-1.0", "adjust"), ("1.1", "out_of_control")]
)
def test_carbon_dioxide_needs_no_full_scale(deviation: str, outcome: str) -> None:
    found = checked([deviation], "co2", None)
    assert found.outcome == outcome
    assert found.checks[0].percent_of_full_scale is None


def test_each_check_has_its_outcome_and_the_worst_counts() -> None:
    found = checked(["1", "12", "8"])
    assert [each.outcome for each in found.checks] == ["pass", "out_of_control", "adjust"]
    assert found.outcome == "out_of_control"
    assert found.checks[2].percent_of_full_scale == 4.0


@given(DEVIATION, DEVIATION)
def test_a_larger_deviation_is_never_judged_better(one: Decimal, other: Decimal) -> None:
    def rank(deviation: Decimal) -> int:
        found: Outcome = checked([str(deviation)]).outcome
        return WORST_LAST.index(found)

    less, more = sorted((one, other))
    assert rank(less) <= rank(more)
    assert rank(less) == rank(-less)


@pytest.mark.parametrize("full_scale", [None, "0", "-1", "nan", "1e400"])
def test_a_full_scale_that_is_none_is_refused(full_scale: str | None) -> None:
    with pytest.raises(PerformanceOptionError, match="--full-scale"):
        checked(["1"], full_scale=full_scale)


def test_no_checks_are_no_test() -> None:
    with pytest.raises(PerformanceCountError):
        checked([])
