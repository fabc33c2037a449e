"""D-SI units and our codes: closed tables, prefixes, and differences without an offset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.dcc.errors import DccUnitError
from calibration.dcc.load import read_table
from calibration.dcc.units import Known, dsi_unit, known_unit, parsed, product
from calibration.unit import UNITS, convert

ROWS = read_table("units.toml")["units"]
WORDS = sorted(
    {
        *read_table("units.toml")["words"]["names"],
        *read_table("units.toml")["prefixes"]["exponents"],
    }
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["dsi"])
def test_every_row_has_a_status_a_grammar_and_a_code_of_ours(row: dict[str, str]) -> None:
    assert row["status"] in {"S", "K"}
    assert parsed(row["dsi"]) is not None
    assert row["code"] in UNITS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["dsi"])
def test_what_is_written_for_a_code_is_read_as_that_code(row: dict[str, str]) -> None:
    assert known_unit(dsi_unit(row["code"])) == Known(code=row["code"])


@pytest.mark.parametrize("code", UNITS)
def test_every_code_of_ours_is_written_and_read_again(code: str) -> None:
    assert known_unit(dsi_unit(code)) == Known(code=code)


@pytest.mark.parametrize("code", ["V.A{reactive}", "kV.A{reactive}.h"])
def test_reactive_units_are_no_d_si_and_are_marked(code: str) -> None:
    assert dsi_unit(code) == f"|{code}"
    assert known_unit(f"|{code}") == Known(code=code)


@pytest.mark.parametrize(
    ("text", "code", "power"),
    [
        (r"\kelvin", "K", 0),
        (r"\milli\kelvin", "K", -3),
        (r"\degreeCelsius", "Cel", 0),
        (r"\kilogram\metre\tothe{-3}", "kg/m3", 0),
        (r"\kilogram\per\metre\tothe{3}", "kg/m3", 0),
        (r"\metre\tothe{-3}\kilo\gram", "kg/m3", 0),
        (r"\micro\gram\metre\tothe{-3}", "ug/m3", 0),
        (r"\milli\bar", "hPa", 0),
        (r"\mega\pascal", "MPa", 0),
        (r"\kilo\watt\hour", "kW.h", 0),
        (r"\hour\kilo\watt", "kW.h", 0),
        (r"\kilo\volt", "V", 3),
        (r"\centi\metre\tothe{3}", "m3", -6),
        (r"\percent", "%", 0),
    ],
)
def test_order_prefixes_and_spelling_do_not_matter(text: str, code: str, power: int) -> None:
    assert known_unit(text) == Known(code=code, power=power)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "K",
        r"\newton\metre",
        r"\foo",
        r"\kilo",
        r"\per",
        r"\per\per",
        r"\kelvin\per",
        r"\kelvin\tothe",
        r"\tothe{2}",
        r"\kelvin{2}",
        r"\kilo\milli\watt",
        r"\kelvin + 1",
        r"|mmHg",
        r"|kW.h",
        "\\kelvin" * 100,
    ],
)
def test_what_is_not_in_the_table_is_not_known(text: str) -> None:
    assert known_unit(text) is None


def test_apparent_and_active_power_are_not_confused() -> None:
    assert known_unit(r"\volt\ampere") == Known(code="V.A")
    assert known_unit(r"\watt") == Known(code="W")


@given(st.lists(st.sampled_from([*WORDS, "per", "tothe{2}", "tothe{-99}", "nonsense"]), max_size=6))
def test_any_words_are_known_or_not_and_never_more(words: list[str]) -> None:
    found = known_unit("".join(f"\\{word}" for word in words))
    assert found is None or found.code in UNITS


def test_a_prefix_loses_no_digit_of_a_printed_number() -> None:
    known = known_unit(r"\milli\kelvin")
    assert known is not None
    assert known.value(72.3) == 0.0723


@pytest.mark.parametrize(("text", "litres_per_hour"), [(r"\litre\minute\tothe{-1}", 90.0)])
def test_a_factor_leads_to_our_code(text: str, litres_per_hour: float) -> None:
    known = known_unit(text)
    assert known is not None
    assert (known.code, known.value(1.5)) == ("L/h", litres_per_hour)


def test_a_difference_of_temperatures_has_no_offset() -> None:
    kelvin = known_unit(r"\kelvin")
    assert kelvin is not None
    assert kelvin.difference(0.1, "Cel") == 0.1
    assert convert(0.1, "K", "Cel") == pytest.approx(-273.05)


def test_a_difference_is_scaled() -> None:
    pascal = known_unit(r"\pascal")
    assert pascal is not None
    assert pascal.difference(250.0, "hPa") == 2.5


def test_products_of_units_cancel() -> None:
    assert product((r"\kelvin", 1), (r"\kelvin", -1)) == r"\one"
    assert product((r"\kilogram", 2)) == r"\kilogram\tothe{2}"
    assert product((r"\watt", 1), (r"\kilo\watt", -1)) == r"\watt\kilo\watt\tothe{-1}"
    assert product((r"\one", 3)) == r"\one"


def test_a_code_without_a_unit_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(DccUnitError, match="E_DCC_UNIT"):
        dsi_unit("furlong")
