"""An uncertainty budget as people read it."""

import math

import pytest

from calibration.inputs import RELATIVE, InputUnit, of_function
from calibration.report.content import shared_out
from calibration.unit_symbol import quotient
from collector.web.budget import budgeted, unit_text
from collector.web.numbers import small, uncertainty
from tests.unit.calibration.examples import polynomial


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (InputUnit(of="kW"), "kW"),
        (InputUnit(of="kW", per="kW"), ""),
        (InputUnit(of=RELATIVE, per="kW"), "%/kW"),
        (InputUnit(of=RELATIVE, per="kW", power=2), "%/kW²"),
        (InputUnit(of="Cel", per="m3/h", power=2), "°C/(m³/h)²"),
        (InputUnit(of=RELATIVE, per="a"), "%/年"),
        (InputUnit(of="kW", per="kW", power=2), "kW/kW²"),
    ],
)
def test_quotients_of_units_are_written_as_people_write_them(unit: InputUnit, text: str) -> None:
    assert unit_text(unit, "zh") == text


def test_one_by_a_unit_is_no_empty_fraction() -> None:
    assert quotient("", "K") == "1/K"


@pytest.mark.parametrize(
    ("value", "u", "text"),
    [
        (0.00218269774, 0.00066794, "0.00218"),
        (-0.17120379, 0.0028776, "\u22120.1712"),
        (1.23456e-7, 1.1e-9, "1.235·10⁻⁷"),
        (-4e-12, 4e-12, "\u22124.0·10⁻¹²"),
    ],
)
def test_an_estimate_has_the_digits_of_its_u(value: float, u: float, text: str) -> None:
    assert small(value, u) == text


def test_an_uncertainty_alone_has_two_digits() -> None:
    found = [uncertainty(each) for each in (0.03, 7.0, 0.0, 1234.0, 3e-7, math.inf)]
    assert found == ["0.030", "7.0", "0", "1\u202f200", "3.0·10⁻⁷", "inf"]


def test_gum_h_3_reads_as_it_is_printed() -> None:
    line = polynomial(
        -0.17120379013,
        0.00218269774,
        covariance=((0.0028776**2, -1.788340749e-6), (-1.788340749e-6, 0.00066794**2)),
        centre=20.0,
        nu=9.0,
    )
    rows = shared_out(of_function(line, "H3", 30.0, ("Cel", "Cel")))
    second, first, together = budgeted(rows, "en", scale=1.0, argument_unit="Cel")
    assert (first.estimate, first.u) == ("\u22120.1712\u202f°C", "0.0029\u202f°C")
    assert (second.estimate, second.u, second.sensitivity) == ("0.00218", "0.00067", "10")
    assert (second.contribution, second.evaluation, second.nu) == ("0.0067", "A", "9")
    assert (together.name, together.estimate, together.nu) == ("Correlations of these", "", "")
    assert sum(each.share or 0.0 for each in (first, second, together)) == pytest.approx(1.0)
    assert (together.share or 0.0) < -2.0
