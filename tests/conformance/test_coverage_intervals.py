"""Intervals that k = 2 would miss: EA-4/02 S2 and S9, JCGM 101:2008 clause 9.2."""

import math

import pytest

from calibration.coverage import expand
from calibration.distribution import Distribution, from_expanded, from_half_width
from calibration.uncertainty import Influence, UncertaintyComponent

NORMAL, RECTANGULAR = Distribution.NORMAL, Distribution.RECTANGULAR


def _parts(*described: tuple[float, Distribution]) -> list[UncertaintyComponent]:
    return [
        UncertaintyComponent(
            influence=Influence(id=f"factor:x{k}", distribution=distribution), contribution=u
        )
        for k, (u, distribution) in enumerate(described)
    ]


def _rectangle(half_width: float) -> tuple[float, Distribution]:
    return from_half_width(half_width, RECTANGULAR), RECTANGULAR


# EA-4/02 S2, a weight of 10 kg: standard U = 45 mg (k = 2), drift 15 mg, comparison with
# pooled s = 25 mg and n = 3, eccentricity 10 mg, air buoyancy 10 mg; U = 59 mg.


def test_ea_4_02_s2_the_weight_has_an_expanded_uncertainty_of_59_mg() -> None:
    found = expand(
        _parts(
            (from_expanded(45.0, 2.0), NORMAL),
            _rectangle(15.0),
            (25.0 / math.sqrt(3.0), NORMAL),
            _rectangle(10.0),
            _rectangle(10.0),
        )
    )
    assert found.standard_uncertainty == pytest.approx(29.26175, abs=5e-6)
    assert 2.0 * found.standard_uncertainty == pytest.approx(58.5, abs=0.05)
    assert found.distribution == "normal"


def test_ea_4_02_s2_by_gum_workbench_has_29_15_mg() -> None:
    """Its comparison has 14.2 mg, rounded, in place of the pooled 25 mg over sqrt(3)."""
    found = expand(
        _parts(
            (from_expanded(45.0, 2.0), NORMAL),
            _rectangle(15.0),
            (14.2, NORMAL),
            _rectangle(10.0),
            _rectangle(10.0),
        )
    )
    assert found.standard_uncertainty == pytest.approx(29.1465131827805, rel=1e-4)
    assert 2.0 * found.standard_uncertainty == pytest.approx(58.0, abs=0.5)


# EA-4/02 S9, a multimeter at 100 V: resolution 0.05 V, calibrator U = 2 mV (k = 2) and
# 11 mV; u = 0.0296 V, and k = 1.65 for the rectangle that dominates. Four million trials
# give 0.05057(1) V, k = 1.710; k = 2 would give 0.0591 V.


def test_ea_4_02_s9_a_dominating_rectangle_has_k_of_1_71_and_not_2() -> None:
    found = expand(_parts(_rectangle(0.05), (from_expanded(0.002, 2.0), NORMAL), _rectangle(0.011)))
    assert found.standard_uncertainty == pytest.approx(0.029574764, abs=5e-10)
    assert found.expanded_uncertainty == pytest.approx(0.05057, abs=1.5e-5)
    assert found.coverage_factor == pytest.approx(1.71, abs=5e-4)
    assert found.distribution == "convolution"
    assert found.expanded_uncertainty < 0.9 * 0.0591


# JCGM 101 clause 9.2: Y = X1 + X2 + X3 + X4; 95 % intervals.


def test_9_2_2_four_normal_quantities_give_3_92() -> None:
    found = expand(_parts(*[(1.0, NORMAL)] * 4))
    assert found.standard_uncertainty == 2.0
    assert found.expanded_uncertainty == pytest.approx(3.92, abs=0.005)


def test_9_2_3_four_equal_rectangles_give_3_88() -> None:
    found = expand(_parts(*[_rectangle(math.sqrt(3.0))] * 4))
    assert found.standard_uncertainty == pytest.approx(2.0, rel=1e-15)
    assert found.expanded_uncertainty == pytest.approx(3.88, abs=0.005)


def test_9_2_4_a_dominating_rectangle_gives_17_0_where_the_gum_gives_19_9() -> None:
    three = [_rectangle(math.sqrt(3.0))] * 3
    found = expand(_parts(*three, _rectangle(10.0 * math.sqrt(3.0))))
    assert found.standard_uncertainty == pytest.approx(10.15, abs=0.005)
    assert found.expanded_uncertainty == pytest.approx(17.0, abs=0.05)
    assert 1.96 * found.standard_uncertainty == pytest.approx(19.9, abs=0.05)
