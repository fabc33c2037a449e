"""Periods of one rate: what samples leave open is found anew in each, and adds in quadrature."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from calibration.uncertainty import Influence, UncertaintyComponent
from evidence.errors import PeriodError
from evidence.statement.covariance import covariance
from evidence.statement.datum import ActivityData, Period, digest_of
from evidence.statement.exports.samples import joint_samples
from evidence.statement.ratio import Amounts, ratio
from evidence.statement.total import total
from tests.unit.evidence.statement.examples import datum, part

STANDARD = "std:SDIM/E-17"


def hour(n: int, u: float, nu: float) -> ActivityData:
    """An hour of a rate, whose samples leave u open with nu degrees of freedom."""
    described = Influence(
        id="sampling:jinan/line-1/power", evaluation="A", degrees_of_freedom=nu, shared=False
    )
    sampled = UncertaintyComponent(influence=described, contribution=u)
    return datum(100.0, sampled, part(STANDARD, 3.0), channel=f"jinan/line-{n}/power")


def of_one_channel(first: int, end: int, u: float) -> ActivityData:
    """Hours of one rate."""
    period = Period(start=f"2026-03-01T{first:02}:00:00Z", end=f"2026-03-01T{end:02}:00:00Z")
    made = replace(hour(1, u, 20.0), period=period)
    return replace(made, digest=digest_of(made))


DAYS = [hour(1, 10.0, 20.0), hour(2, 6.0, 8.0)]


def test_a_sum_has_the_effective_degrees_of_freedom_of_both() -> None:
    """Welch-Satterthwaite (GUM G.4.1), worked by hand: the standard's 6 has infinitely many."""
    found = total(DAYS).uncertainty
    u = math.sqrt(10.0**2 + 6.0**2 + 6.0**2)
    assert found.standard_uncertainty == pytest.approx(u, rel=1e-12)
    nu = u**4 / (10.0**4 / 20.0 + 6.0**4 / 8.0)
    assert found.effective_degrees_of_freedom == pytest.approx(nu, rel=1e-12)


def test_the_covariance_is_that_of_the_standard_alone() -> None:
    matrix = covariance(DAYS).matrix
    assert matrix.tolist() == [[10.0**2 + 9.0, 9.0], [9.0, 6.0**2 + 9.0]]


def test_joint_samples_scatter_so() -> None:
    drawn = joint_samples(DAYS, 200_000, 7)
    assert np.cov(drawn) == pytest.approx(covariance(DAYS).matrix, rel=0.03, abs=0.6)


def test_one_day_over_the_other_has_a_ratio() -> None:
    found = ratio(
        Amounts(data=(DAYS[0],), factors=(1.0,)), Amounts(data=(DAYS[1],), factors=(1.0,))
    )
    assert found.uncertainty.standard_uncertainty == pytest.approx(
        math.hypot(10.0, 6.0) / 100.0, rel=1e-12
    )


@pytest.mark.parametrize("factors", [(1.0, -1.0), (-1.0, 1.0), (2.0, -0.5)])
def test_a_part_of_a_period_is_not_taken_from_it_as_if_it_had_other_readings(
    factors: tuple[float, float],
) -> None:
    """The scatter of the part is in the whole: u of the difference is less, not more."""
    rows = [of_one_channel(0, 12, 12.0), of_one_channel(6, 12, 9.0)]
    with pytest.raises(PeriodError, match="E_PERIOD jinan/line-1/power: its periods overlap"):
        total(rows, factors)
    with pytest.raises(PeriodError, match="overlap"):
        covariance(rows)
    with pytest.raises(PeriodError, match="overlap"):
        joint_samples(rows, 10, 7)


def test_parts_that_follow_each_other_and_a_statement_beside_itself_are_told() -> None:
    one, other = of_one_channel(0, 6, 8.0), of_one_channel(6, 12, 9.0)
    assert total([one, other]).uncertainty.standard_uncertainty == pytest.approx(
        math.sqrt(8.0**2 + 9.0**2 + 6.0**2), rel=1e-12
    )
    assert covariance([one, other]).matrix[0, 1] == 9.0
    assert covariance([one, one]).matrix.tolist() == [[73.0, 73.0], [73.0, 73.0]]
    assert total([one, one], [1.0, -1.0]).uncertainty.standard_uncertainty == 0.0
