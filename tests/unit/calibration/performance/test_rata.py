import datetime as dt
import math
import statistics
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from calibration.performance.errors import (
    NotDefinedError,
    PerformanceCountError,
    PerformanceOptionError,
)
from calibration.performance.load import read_limits
from calibration.performance.paired import Run, paired
from calibration.performance.rata import Rata, due_by, rata

LIMITS, USED = read_limits("part75-2011")
READING = st.decimals(min_value="0.001", max_value=1000, places=3)
PAIRS = st.lists(st.tuples(READING, READING), min_size=2, max_size=20)


def runs_of(pairs: list[tuple[Decimal, Decimal]], rejected: int = 0) -> list[Run]:
    return [
        Run(run=str(k), reference=reference, reading=reading, used=k >= rejected)
        for k, (reference, reading) in enumerate(pairs)
    ]


def audited(runs: list[Run], measurand: str | None = "so2", *, aps: bool = False) -> Rata:
    test = LIMITS.paired_test
    assert test is not None
    rule = None if measurand is None else LIMITS.rule("accuracy", measurand, None)
    return rata(runs, test, rule, USED, low_emitter=aps)


def level(reference: str, reading: str, size: int = 9) -> list[Run]:
    return runs_of([(Decimal(reference), Decimal(reading))] * size)


@given(PAIRS)
@settings(deadline=None)
def test_the_confidence_coefficient_is_half_the_interval_of_scipys_paired_test(
    pairs: list[tuple[Decimal, Decimal]],
) -> None:
    found = paired(runs_of(pairs), 0.95, 12)
    differences = [float(reference - reading) for reference, reading in pairs]
    assert float(found.mean_difference) == pytest.approx(statistics.fmean(differences), abs=1e-9)
    if len(set(differences)) == 1:
        assert found.confidence_coefficient == 0
        return
    interval = stats.ttest_1samp(differences, 0.0).confidence_interval(0.95)
    half = (float(interval.high) - float(interval.low)) / 2.0
    assert float(found.confidence_coefficient) == pytest.approx(half, rel=1e-9)


@given(PAIRS.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))))
@settings(deadline=None)
def test_the_order_of_runs_does_not_matter(
    both: tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]],
) -> None:
    first, second = (paired(runs_of(pairs), 0.95, 3) for pairs in both)
    assert first == second


@given(PAIRS, st.integers(-3, 3))
@settings(deadline=None)
def test_relative_accuracy_does_not_depend_on_the_unit(
    pairs: list[tuple[Decimal, Decimal]], power: int
) -> None:
    scaled = [(a.scaleb(power), b.scaleb(power)) for a, b in pairs]
    first, second = paired(runs_of(pairs), 0.95, 3), paired(runs_of(scaled), 0.95, 3)
    own, other = first.relative_accuracy_percent, second.relative_accuracy_percent
    assert own is not None
    assert other is not None
    assert math.isclose(own, other, rel_tol=1e-15)


def test_rejected_runs_do_not_count() -> None:
    spoiled = runs_of([(Decimal(1), Decimal(100))] * 3 + [(Decimal(10), Decimal(10))] * 9, 3)
    found = audited(spoiled)
    assert (found.outcome, found.runs_used, found.runs_rejected) == ("pass", 9, 3)
    assert found.relative_accuracy_percent == 0.0


@pytest.mark.parametrize(
    ("made", "rejected", "findings"),
    [(8, 0, ("too_few_runs",)), (11, 3, ("too_few_runs",)), (13, 4, ("too_many_rejected",))],
)
def test_a_test_of_too_few_runs_is_none(
    made: int, rejected: int, findings: tuple[str, ...]
) -> None:
    found = audited(runs_of([(Decimal(10), Decimal(10))] * made, rejected))
    assert (found.outcome, found.findings) == ("not_valid", findings)
    assert found.next_test_quarters is None
    assert found.relative_accuracy_percent == 0.0


@pytest.mark.parametrize(
    ("reading", "quarters", "outcome"),
    [
        ("107.50", 4, "pass"),
        ("107.504", 4, "pass"),
        ("107.505", 2, "pass"),
        ("110.004", 2, "pass"),
        ("110.005", None, "fail"),
    ],
)
def test_the_reported_figure_is_compared_with_the_limit(
    reading: str, quarters: int | None, outcome: str
) -> None:
    """No scatter: RA is the difference, 7.50 % and 10.00 % as reported."""
    found = audited(level("100", reading))
    assert (found.outcome, found.next_test_quarters) == (outcome, quarters)


def test_the_alternative_is_for_low_emitters_only() -> None:
    assert audited(level("250", "238"), aps=True).next_test_quarters == 4
    assert audited(level("251", "239"), "so2", aps=True).next_test_quarters == 4  # 4.78 %
    assert audited(level("100", "88"), aps=True).outcome == "pass"
    assert audited(level("100", "88")).outcome == "fail"
    assert audited(level("100", "84"), aps=True).outcome == "fail"


def test_bias_of_exactly_the_confidence_coefficient_is_none() -> None:
    assert audited(level("10", "10")).bias_test == "passed"
    found = audited(level("10", "9"))
    assert found.bias_test == "failed"
    assert found.bias_adjustment_factor == pytest.approx(10 / 9)


def test_a_low_emitters_small_factor_stays_as_it_is() -> None:
    found = audited(level("10", "9.9"), aps=True)
    assert str(found.reported.bias_adjustment_factor) == "1.010"


def test_without_a_pollutant_nothing_is_judged() -> None:
    found = audited(level("10", "5"), None)
    assert (found.outcome, found.criteria, found.bias_test) == ("not_judged", (), "not_required")
    assert found.relative_accuracy_percent == 50.0


def test_a_mean_reference_of_zero_leaves_no_ratio() -> None:
    found = audited(level("0", "1"), "nox")
    assert (found.outcome, found.findings) == ("not_valid", ("no_limit_applies",))
    assert found.relative_accuracy_percent is None
    assert audited(level("0", "0.5"), "co2").outcome == "pass"


def test_bias_of_readings_below_zero_has_no_factor() -> None:
    with pytest.raises(NotDefinedError, match="mean reading"):
        audited(level("1", "-1"))


def test_one_run_has_no_scatter() -> None:
    with pytest.raises(PerformanceCountError):
        audited(level("1", "1", size=1))


@pytest.mark.parametrize(
    ("on", "quarters", "last"),
    [
        ("2024-02-10", 2, "2024-09-30"),
        ("2024-02-10", 4, "2025-03-31"),
        ("2024-12-31", 4, "2025-12-31"),
        ("2024-06-30", 2, "2024-12-31"),
        ("2024-10-01", 1, "2025-03-31"),
    ],
)
def test_the_next_test_is_due_at_the_end_of_a_quarter(on: str, quarters: int, last: str) -> None:
    assert due_by(dt.date.fromisoformat(on), quarters) == dt.date.fromisoformat(last)


def test_the_calendar_ends() -> None:
    with pytest.raises(PerformanceOptionError):
        due_by(dt.date(9999, 12, 31), 1)
