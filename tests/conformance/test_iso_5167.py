"""ISO 5167-2:2003, 5.3.3: uncertainty of discharge coefficient and expansibility factor.

The piece above 0.6, the additions and the expansibility were seen in the text; the pieces up
to 0.6 are recalled. Sensitivities of ISO 5167-1 are compared with the flow equation itself.
"""

import math

import pytest

from calibration.basis import UncertaintyBasis
from calibration.type_b.errors import NoLimitError, TypeBNumberError
from calibration.type_b.load import orifice_rule
from calibration.type_b.orifice import (
    Orifice,
    discharge_coefficient_limit,
    expansibility_limit,
    mass_flow_sensitivities,
    orifice_evaluations,
)


def coefficient_percent(ratio: float, diameter_mm: float = 200.0, reynolds: float = 1e5) -> float:
    plate = Orifice(ratio=ratio, pipe_diameter_mm=diameter_mm, reynolds=reynolds)
    return 100.0 * discharge_coefficient_limit(orifice_rule(), plate).half_width


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(0.1, 0.6), (0.15, 0.55), (0.2, 0.5), (0.6, 0.5), (0.7, 0.6669), (0.75, 0.75025)],
)
def test_5_3_3_1_relative_uncertainty_of_c(ratio: float, expected: float) -> None:
    assert coefficient_percent(ratio) == pytest.approx(expected, rel=1e-9)


def test_5_3_3_1_small_pipes_add_arithmetically() -> None:
    """D = 60 mm, ratio 0.5: 0.5 + 0.9*(0.75 - 0.5)*(2.8 - 60/25.4)."""
    expected = 0.5 + 0.9 * 0.25 * (2.8 - 60.0 / 25.4)
    assert coefficient_percent(0.5, 60.0) == pytest.approx(expected)
    assert coefficient_percent(0.5, 71.12) == pytest.approx(0.5)


def test_5_3_3_1_low_reynolds_numbers_add_a_half_percent_above_a_ratio_of_a_half() -> None:
    assert coefficient_percent(0.6, reynolds=9_999.0) == pytest.approx(1.0)
    assert coefficient_percent(0.6, reynolds=10_000.0) == pytest.approx(0.5)
    assert coefficient_percent(0.5, reynolds=5_000.0) == pytest.approx(0.5)


def test_5_3_3_2_expansibility() -> None:
    plate = Orifice(
        ratio=0.6,
        pipe_diameter_mm=200.0,
        reynolds=1e6,
        pressure_ratio=0.1,
        isentropic_exponent=1.4,
    )
    found = expansibility_limit(orifice_rule(), plate)
    assert 100.0 * found.half_width == pytest.approx(3.5 * 0.1 / 1.4)
    assert found.standard_uncertainty == pytest.approx(found.half_width / 2.0)


def test_a_liquid_has_no_expansibility() -> None:
    plate = Orifice(ratio=0.6, pipe_diameter_mm=200.0, reynolds=1e6)
    found = orifice_evaluations(orifice_rule(), plate, "FE1", UncertaintyBasis.NAMEPLATE)
    assert [each.limit.name for each in found] == ["discharge_coefficient"]


@pytest.mark.parametrize(
    ("ratio", "diameter_mm", "pressure_ratio"),
    [(0.09, 200.0, 0.0), (0.76, 200.0, 0.0), (0.5, 49.0, 0.0), (0.5, 1001.0, 0.0), (0.5, 200, 0.3)],
)
def test_outside_the_limits_of_use_nothing_is_stated(
    ratio: float, diameter_mm: float, pressure_ratio: float
) -> None:
    plate = Orifice(
        ratio=ratio, pipe_diameter_mm=diameter_mm, reynolds=1e5, pressure_ratio=pressure_ratio
    )
    with pytest.raises(NoLimitError):
        discharge_coefficient_limit(orifice_rule(), plate)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e308])
def test_numbers_that_describe_no_plate_are_refused(value: float) -> None:
    with pytest.raises(TypeBNumberError):
        Orifice(ratio=0.6, pipe_diameter_mm=200.0, reynolds=value)


def mass_flow(
    discharge_coefficient: float = 0.6,
    expansibility: float = 0.98,
    pipe_diameter: float = 0.2,
    orifice_diameter: float = 0.14,
    differential_pressure: float = 2e4,
    density: float = 5.0,
) -> float:
    """ISO 5167-1, equation (1)."""
    ratio = orifice_diameter / pipe_diameter
    area = math.pi / 4.0 * orifice_diameter**2
    velocity = math.sqrt(2.0 * differential_pressure * density)
    return discharge_coefficient / math.sqrt(1.0 - ratio**4) * expansibility * area * velocity


@pytest.mark.parametrize("name", list(mass_flow_sensitivities(0.5)))
def test_sensitivities_are_those_of_the_flow_equation(name: str) -> None:
    step = 1e-6
    stated = {"pipe_diameter": 0.2, "orifice_diameter": 0.14}
    base = {
        "discharge_coefficient": 0.6,
        "expansibility": 0.98,
        "differential_pressure": 2e4,
        "density": 5.0,
        **stated,
    }
    up, down = (
        mass_flow(**{name: base[name] * (1 + step)}),
        mass_flow(**{name: base[name] * (1 - step)}),
    )
    found = (math.log(up) - math.log(down)) / (2.0 * step)
    assert mass_flow_sensitivities(0.7)[name] == pytest.approx(found, rel=1e-6)
