"""Hours with more and with fewer readings add up; their scatter has all degrees of freedom."""

import math

import numpy as np
import pytest

from calibration.errors import InfluenceConflictError
from calibration.uncertainty import Influence, UncertaintyComponent, combine
from calibration.window import FlowWindow, components_of, merge_flow
from evidence.statement.hours.determine import determine
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.of_windows import observed_hours
from evidence.statement.hours.pooled import pooled
from tests.unit.evidence.hours.series import DEFAULTS
from tests.unit.evidence.hours.test_of_windows import rule, window

SAMPLING = "sampling:works/x"


def part(contribution: float, nu: float | None, *, shared: bool = False) -> UncertaintyComponent:
    influence = Influence(id=SAMPLING, degrees_of_freedom=nu, shared=shared)
    return UncertaintyComponent(influence=influence, contribution=contribution)


def test_hours_with_different_numbers_of_readings_add_up_in_quadrature() -> None:
    (found,) = pooled([[part(3.0, 30.0)], [part(4.0, 25.0)]])
    assert found.contribution == pytest.approx(5.0)
    expected = 25.0**2 / (81.0 / 30.0 + 256.0 / 25.0)
    assert found.influence.degrees_of_freedom == pytest.approx(expected)


def test_hours_alike_have_the_degrees_of_freedom_of_all_together() -> None:
    (found,) = pooled([[part(0.2, 30.0)]] * 24)
    assert found.influence.degrees_of_freedom == pytest.approx(24 * 30.0)
    (none,) = pooled([[part(0.0, 30.0)], [part(0.0, 20.0)]])
    assert (none.contribution, none.influence.degrees_of_freedom) == (0.0, 20.0)


def test_an_influence_that_hours_share_may_not_be_described_in_two_ways() -> None:
    with pytest.raises(InfluenceConflictError):
        pooled([[part(1.0, 30.0, shared=True)], [part(1.0, 25.0, shared=True)]])


def test_a_period_of_windows_with_and_without_misses_has_the_u_of_their_merged_amount() -> None:
    rng = np.random.default_rng(1)
    windows = [
        window({minute: float(rng.normal(10.0, 1.0)) for minute in range(60 - hour % 3)}, hour=hour)
        for hour in range(48)
    ]
    told = determine(observed_hours(windows, rule("hj75")), rule_pack("hj75"), DEFAULTS["hj75"])
    found = {each.influence.id: each for each in told.totals.components}
    flows = [each for each in windows if isinstance(each, FlowWindow)]
    whole = {each.influence.id: each for each in components_of(merge_flow(flows))}
    assert found.keys() == whole.keys()
    one, other = found[SAMPLING].influence, whole[SAMPLING].influence
    assert one.degrees_of_freedom == pytest.approx(other.degrees_of_freedom, rel=0.05)
    assert combine(found.values()) == pytest.approx(combine(whole.values()), rel=0.03)
    assert math.isfinite(told.totals.standard_uncertainty or math.nan)
