"""Periods of one rate: what samples leave open is found anew in each, and adds in quadrature."""

import math

import numpy as np
import pytest

from calibration.uncertainty import Influence, UncertaintyComponent
from evidence.statement.covariance import covariance
from evidence.statement.datum import ActivityData
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
