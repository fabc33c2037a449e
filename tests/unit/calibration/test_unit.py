import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import UnitMismatchError, UnknownUnitError
from calibration.unit import UNITS, amount_of, conversion_factor, convert, has_amount, rate_of, unit

CODES = sorted(UNITS)


@pytest.mark.parametrize(
    ("value", "code", "to", "expected"),
    [
        (1.0, "MW.h", "kW.h", 1000.0),
        (1.0, "GJ", "kW.h", 277.7777777777778),
        (1000.0, "kW.h", "GJ", 3.6),
        (25.0, "Cel", "K", 298.15),
        (0.0, "K", "Cel", -273.15),
        (0.5, "m3/s", "m3/h", 1800.0),
        (1.0, "t/h", "kg/s", 1000.0 / 3600.0),
        (12.5, "%", "1", 0.125),
        (412.0, "[ppm]", "%", 0.0412),
        (1.0, "bar", "kPa", 100.0),
        (0.25, "MPa", "bar", 2.5),
        (1.0, "mg/m3", "g/m3", 0.001),
        (1500.0, "ug/m3", "mg/m3", 1.5),
        (40.0, "[ppb]", "[ppm]", 0.04),
        (1.0, "[in_i'Hg]", "Pa", 3386.3788),
        (800.0, "cm3/min", "L/h", 48.0),
        # NIST SP 811, appendix B: exact by definition
        (1.0, "[cft_i]", "m3", 0.028316846592),
        (1.0, "[ston_av]", "kg", 907.18474),
        (1.0, "10*6.[Btu_IT]", "GJ", 1.05505585262),
        (1000.0, "[cft_i]/(10*6.[Btu_IT])", "[cft_i]/(10*6.[Btu_IT])", 1000.0),
        (21.85, "GJ/t", "kJ/kg", 21850.0),
        (1.0, "t/(MW.h)", "t/GJ", 1.0 / 3.6),
        (math.pi, "rad", "deg", 180.0),
    ],
)
def test_a_value_keeps_its_quantity_when_its_unit_changes(
    value: float, code: str, to: str, expected: float
) -> None:
    assert convert(value, code, to) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("code", "to"),
    [
        ("kW.h", "kV.A{reactive}.h"),
        ("kW.h", "kV.A.h"),
        ("kW", "kW.h"),
        ("kW", "kV.A"),
        ("m3", "m3/h"),
        ("m3", "t"),
        ("Cel", "%"),
        ("mg/m3", "[ppm]"),
    ],
)
def test_units_of_different_quantities_never_convert(code: str, to: str) -> None:
    for one, other in ((code, to), (to, code)):
        with pytest.raises(UnitMismatchError, match="E_UNIT_MISMATCH"):
            convert(1.0, one, other)
        with pytest.raises(UnitMismatchError, match="E_UNIT_MISMATCH"):
            conversion_factor(one, other)


@given(code=st.sampled_from(CODES), to=st.sampled_from(CODES), value=st.floats(-1e9, 1e9))
def test_a_conversion_there_and_back_returns_the_value_or_both_are_refused(
    code: str, to: str, value: float
) -> None:
    if UNITS[code].dimension != UNITS[to].dimension:
        with pytest.raises(UnitMismatchError):
            convert(value, code, to)
        return
    back = convert(convert(value, code, to), to, code)
    assert math.isclose(back, value, rel_tol=1e-12, abs_tol=1e-9)


def test_an_unknown_unit_names_the_whole_table() -> None:
    with pytest.raises(UnknownUnitError) as raised:
        unit("kWh", "results.unit")
    said = raised.value.say("en")
    assert said.startswith("E_UNIT_UNKNOWN results.unit: unit 'kWh'")
    assert all(code in said for code in UNITS)


@pytest.mark.parametrize(
    ("written", "code"),
    [("kWh", "kW.h"), ("MWH", "MW.h"), ("m³", "m3"), ("Nm3/h", "m3/h"), ("kg/H", "kg/h")],
)
def test_what_was_meant_stands_first_in_the_table(written: str, code: str) -> None:
    with pytest.raises(UnknownUnitError) as raised:
        unit(written)
    assert f"use one of: {code}, " in raised.value.say("en")


def test_codes_are_case_sensitive() -> None:
    with pytest.raises(UnknownUnitError):
        unit("kw.h")


def test_a_temperature_has_no_conversion_factor() -> None:
    with pytest.raises(UnitMismatchError):
        conversion_factor("Cel", "K")
    assert conversion_factor("Cel", "Cel") == 1.0


def test_an_hour_of_a_rate_is_an_amount_of_the_same_quantity() -> None:
    for code in CODES:
        if not has_amount(code):
            continue
        amount, hourly = amount_of(code)
        by_size = unit(code).factor * 3600.0 / unit(amount).factor
        assert hourly == pytest.approx(by_size, rel=1e-15)


def test_a_temperature_is_not_a_rate() -> None:
    assert not has_amount("Cel")
    with pytest.raises(UnitMismatchError, match="a rate"):
        amount_of("Cel")


def test_the_rate_of_an_amount_runs_it_up_within_an_hour() -> None:
    assert rate_of("kW.h") == "kW"
    assert rate_of("m3") == "m3/h"
    assert rate_of("t") == "t/h"
    assert rate_of("m3/h") == "m3/h"
    with pytest.raises(UnitMismatchError, match="an amount"):
        rate_of("Cel")
