"""Units as people read them."""

import pytest

from calibration.unit import UNITS
from calibration.unit_symbol import symbol, with_symbol


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("kW.h", "kW·h"),
        ("m3/h", "m³/h"),
        ("Cel", "°C"),
        ("1", ""),
        ("J/(kg.K)", "J/(kg·K)"),
        ("kV.A{reactive}.h", "kvar·h"),
        ("[cft_i]/h", "ft³/h"),
        ("ug/m3", "µg/m³"),
    ],
)
def test_units_are_written_as_people_write_them(code: str, text: str) -> None:
    assert symbol(code) == text


def test_no_unit_of_the_table_keeps_the_signs_of_its_code() -> None:
    for code in UNITS:
        assert not set(symbol(code)) & set("[]{}*'")


def test_a_number_of_the_unit_1_stands_alone() -> None:
    assert with_symbol("1.02", "1") == "1.02"
    assert with_symbol("19.6", "m2") == "19.6 m²"
    assert with_symbol("24.25", "[ppm]") == "24.25 ppm"
