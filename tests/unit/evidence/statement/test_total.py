"""Covariances and totals: what meters share counts once, with its sign."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from calibration.errors import InfluenceConflictError, UnitMismatchError
from evidence.errors import CountedTwiceError, PeriodError
from evidence.statement.activity import activity_data
from evidence.statement.covariance import covariance
from evidence.statement.datum import ActivityData, Period
from evidence.statement.total import in_one_unit, total
from tests.unit.evidence.statement.examples import ENERGY, START_NS, datum, part, register
from tests.unit.evidence.statement.exports.rows import (
    EXACT,
    GAS,
    KNOWN,
    STANDARD,
    TIED,
    UNKNOWN_ROW,
    A,
    B,
)

HOUR_NS = 3_600_000_000_000


def test_three_meters_of_one_standard_are_the_worked_example() -> None:
    """1200, 800 and 400 with 2, 2.5 and 3 %: 1.39443 % apart, 2.33333 % fully correlated."""
    amounts = ((1200.0, 24.0), (800.0, 20.0), (400.0, 12.0))
    apart = [datum(x, part(f"inst:{x:g}/drift", u), channel=f"a/{x:g}/p") for x, u in amounts]
    joined = [datum(x, part(STANDARD, u), channel=f"a/{x:g}/p") for x, u in amounts]
    for data, relative in ((apart, 1.39443e-2), (joined, 2.33333e-2)):
        found = total(data)
        assert found.value == 2400.0
        assert found.uncertainty.standard_uncertainty / 2400.0 == pytest.approx(relative, rel=1e-5)
    assert total(joined).common_influences == (STANDARD,)
    assert total(apart).common_influences == ()


def test_in_a_difference_the_shared_standard_cancels() -> None:
    found = total([A, B], [1.0, -1.0])
    # standard 3 - 2, drifts 4 and 5, fresh 1 and 1
    assert found.value == 200.0
    assert found.uncertainty.standard_uncertainty == pytest.approx(math.sqrt(1 + 16 + 25 + 2))
    naive = math.hypot(A.standard_uncertainty or 0.0, B.standard_uncertainty or 0.0)
    assert found.uncertainty.standard_uncertainty < naive


def test_the_covariance_of_two_meters_is_what_they_share() -> None:
    found = covariance([A, B])
    assert found.matrix.tolist() == [[26.0, 6.0], [6.0, 30.0]]
    assert found.units == ("kW.h", "kW.h")
    assert found.digests == (A.digest, B.digest)
    with pytest.raises(ValueError, match="read-only"):
        found.matrix[0, 0] = 0.0


def test_an_exact_value_is_correlated_with_nothing_but_itself() -> None:
    assert covariance([A, EXACT]).correlation.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_the_diagonal_is_the_square_of_each_u() -> None:
    u = [each.standard_uncertainty for each in KNOWN]
    assert np.sqrt(np.diag(covariance(KNOWN).matrix)) == pytest.approx(u, rel=1e-12)


@given(st.lists(st.floats(-10.0, 10.0).filter(lambda f: abs(f) > 1e-3), min_size=3, max_size=3))
def test_a_total_has_the_variance_that_the_covariance_gives(factors: list[float]) -> None:
    data = [A, B, EXACT]
    u = total(data, factors).uncertainty.standard_uncertainty
    assert u**2 == pytest.approx(np.array(factors) @ covariance(data).matrix @ factors, rel=1e-9)


def hourly(count: int) -> list[ActivityData]:
    """Hours of one register, which share the reading between them, and all of them together."""
    windows = [
        register(hour, 1000.0 + 50.0 * hour, 50.0, [part(STANDARD, 0.02)]) for hour in range(count)
    ]
    spans = [(hour, hour + 1) for hour in range(count)] + [(0, count)]
    return [
        activity_data(
            windows[first:last],
            ENERGY,
            (START_NS + first * HOUR_NS, START_NS + last * HOUR_NS),
            software="test 1",
        )
        for first, last in spans
    ]


def test_hours_add_up_to_the_day_in_value_and_uncertainty() -> None:
    *hours, day = hourly(24)
    found = total(hours)
    assert found.value == pytest.approx(day.value, rel=1e-12)
    assert found.uncertainty.standard_uncertainty == pytest.approx(
        day.standard_uncertainty or 0.0, rel=1e-12
    )
    # the reading between two hours is one deviation with two signs: it is not counted 24 times
    first, second = hours[0], hours[1]
    assert covariance([first, second]).matrix[0, 1] == pytest.approx(0.02**2 - 0.01**2)


def test_hours_that_overlap_are_refused_and_their_difference_is_not() -> None:
    *hours, day = hourly(3)
    for pair in itertools.permutations([hours[1], day]):
        with pytest.raises(CountedTwiceError, match="E_COUNTED_TWICE jinan/a/energy"):
            total(pair)
    assert total([day, hours[1]], [1.0, -1.0]).value == pytest.approx(day.value * 2.0 / 3.0)


def test_channels_of_one_group_are_not_added_unless_that_is_allowed() -> None:
    main, check = (replace(each, double_count_groups=("hall-3",)) for each in (A, B))
    with pytest.raises(CountedTwiceError, match="E_COUNTED_TWICE hall-3"):
        total([main, check])
    assert total([main, check], allowed=("hall-3",)).value == 1800.0
    assert total([main, check], [1.0, -1.0]).value == 200.0


def test_a_standard_of_unstated_share_is_named_and_its_larger_extreme_is_stated() -> None:
    assert covariance([A, TIED]).unstated_standards == (STANDARD,)
    u = total([A, TIED]).uncertainty
    assert u.assumed_correlations == {STANDARD: 1.0}
    assert u.standard_uncertainty**2 == pytest.approx(3.1**2 + 16.0 + 1.0)
    assert covariance([TIED]).unstated_standards == ()


def test_a_meter_that_counts_in_small_units_adds_up_with_one_that_counts_in_large_ones() -> None:
    """The same B in W.h: the sum, its uncertainty and what both share are those of B in kW.h."""
    small = replace(
        B,
        unit="W.h",
        value=B.value * 1e3,
        uncorrected_value=B.uncorrected_value * 1e3,
        components=tuple(replace(x, contribution=x.contribution * 1e3) for x in B.components),
    )
    plain = total([A, B], [1.0, -1.0])
    for data, factors, scale in (([A, small], [1.0, -1.0], 1.0), ([small, A], [-1.0, 1.0], 1e3)):
        found = total(data, factors)
        assert found.unit == data[0].unit
        assert found.value == pytest.approx(plain.value * scale)
        assert found.uncorrected_value == pytest.approx(plain.uncorrected_value * scale)
        stated = found.uncertainty.standard_uncertainty
        assert stated == pytest.approx(plain.uncertainty.standard_uncertainty * scale)
        assert found.common_influences == plain.common_influences
    assert in_one_unit([small, A], [1.0, 2.0], "MW.h") == pytest.approx([1e-6, 2e-3])


def test_what_cannot_be_added_is_refused() -> None:
    with pytest.raises(UnitMismatchError, match="E_UNIT_MISMATCH"):
        total([A, GAS])
    with pytest.raises(PeriodError, match="unknown"):
        total([A, UNKNOWN_ROW])
    with pytest.raises(PeriodError, match="nothing to add up"):
        total([])
    with pytest.raises(PeriodError, match="unknown"):
        covariance([UNKNOWN_ROW])


def test_an_influence_of_two_descriptions_is_refused() -> None:
    changed = replace(
        B, components=(replace(B.components[-1], influence=STANDARD, degrees_of_freedom=5.0),)
    )
    for combine in (covariance, total):
        with pytest.raises(InfluenceConflictError):
            combine([A, changed])


def test_thousands_of_hours_are_added() -> None:
    hours = [
        replace(A, period=Period(start=f"{day}T{hour:02d}:00:00Z", end=f"{day}T{hour:02d}:59:59Z"))
        for day in (f"20{year:02d}-{month:02d}-01" for year in range(30) for month in range(1, 13))
        for hour in range(24)
    ]
    assert total(hours).value == pytest.approx(A.value * len(hours))
