"""Numbers and times as people read them."""

import math
import re
from struct import Struct
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import ufloat

from calibration.rounding import places_of
from collector.web import numbers, times
from evidence.errors import TimestampError

SHANGHAI = ZoneInfo("Asia/Shanghai")


def ascii_of(text: str) -> str:
    return text.replace(numbers.THIN, "").replace(numbers.MINUS, "-")


@pytest.mark.parametrize(
    ("value", "u", "text"),
    [
        (12.3456, 0.067, "12.346(67)"),
        (-0.00123, 0.00002, "-0.001230(20)"),
        (9.996, 0.0996, "10.00(10)"),
        (1_234_567.891, 1_234.0, "1234600(1200)"),
        (5.0, 0.0, "5"),
        (1_234_567.8, None, "1234570"),
    ],
)
def test_value_and_u_have_the_digits_that_u_allows(
    value: float, u: float | None, text: str
) -> None:
    assert ascii_of(numbers.concise(value, u)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (20.040000915527344, "20.04"),
        (-0.10000000149011612, "-0.1"),
        (2206.0, "2206"),
        (1234567.891, "1234567.891"),
        (16777217.0, "16777217"),
        (0.0, "0"),
    ],
)
def test_an_indication_has_the_digits_that_the_instrument_sent(value: float, text: str) -> None:
    assert ascii_of(numbers.indicated(value)) == text
    assert numbers.indicated(1e300).startswith("1")  # beyond all floats of 32 bits


@given(
    value=st.floats(
        width=32, allow_nan=False, allow_infinity=False, min_value=2**-9, max_value=2**60
    )
)
def test_a_single_float_is_told_as_that_one(value: float) -> None:
    told = float(ascii_of(numbers.indicated(value)))
    assert Struct(">f").unpack(Struct(">f").pack(told))[0] == value


@given(value=st.floats(-1e6, 1e6), u=st.floats(1e-5, 9e2))
def test_the_short_form_is_that_of_a_foreign_library(value: float, u: float) -> None:
    """`uncertainties` writes 12.345(67) too; it writes 1(200) for what has no places."""
    places = places_of(u)
    if places < 0 or abs(value) >= 1e6:
        return
    theirs = f"{ufloat(value, u):.{places}fS}"
    assert ascii_of(numbers.concise(value, u)) == re.sub(r"^-(0(?:\.0*)?\()", r"\1", theirs)


@given(value=st.floats(-1e9, 1e9), expanded=st.floats(1e-9, 1e9))
def test_a_stated_value_is_within_half_a_digit_of_the_number(value: float, expanded: float) -> None:
    shown, _, rest = ascii_of(numbers.stated(value, expanded)).partition(" ± ")
    places = min(places_of(expanded), 12)
    assert abs(float(shown) - value) <= 0.5 * 10.0**-places * (1 + 1e-6) + 1e-12 * abs(value)
    assert float(rest) == pytest.approx(expanded, rel=0.06, abs=1e-11)


@pytest.mark.parametrize(
    ("ratio", "expanded", "text"),
    [
        (-0.05864, 0.0612, "-5.9 %"),
        (-0.05864, 0.00123, "-5.86 %"),
        (0.05864, None, "5.86 %"),
        (0.05864, 0.0, "5.86 %"),
        (0.5, 2.0, "50 %"),
        (0.0004, 0.31, "0 %"),
    ],
)
def test_a_ratio_has_the_digits_that_its_u_allows(
    ratio: float, expanded: float | None, text: str
) -> None:
    assert ascii_of(numbers.percent(ratio, expanded)) == text.replace(" ", "")


def test_what_stands_beside_a_stated_value_has_its_places() -> None:
    assert numbers.stated(96.0627, 0.0412) == "96.063 ± 0.041"
    assert [numbers.beside(96.0, each) for each in (0.0412, 2.0, None)] == ["96.000", "96.0", "96"]


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1.0, "100%"), (0.99999, ">99.9%"), (0.5, "50.0%"), (1e-5, "<0.1%"), (0.0, "0.0%")],
)
def test_a_share_is_whole_only_where_nothing_is_missing(ratio: float, text: str) -> None:
    assert ascii_of(numbers.share(ratio)) == text


def test_instants_are_on_the_plants_clock() -> None:
    at_ns = 1_774_900_800_000_000_000
    assert times.instant(at_ns, SHANGHAI) == "2026-03-31 04:00:00"
    assert times.minute(at_ns, ZoneInfo("UTC")) == "2026-03-30 20:00"
    assert times.day(at_ns, SHANGHAI) == "2026-03-31"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (65, "1 min 5 s"), (3600, "1 h"), (90_061, "1 d 1 h"), (59.7, "1 min")],
)
def test_lengths_of_time_are_told_in_two_units(seconds: float, text: str) -> None:
    assert times.elapsed(seconds).replace(numbers.THIN, " ") == text


def test_a_length_of_time_is_told_in_the_units_of_the_language() -> None:
    assert times.elapsed(85, "zh").replace(numbers.THIN, " ") == "1 分 25 秒"
    assert times.elapsed(0, "zh").replace(numbers.THIN, " ") == "0 秒"
    assert times.elapsed(273_600, "zh").replace(numbers.THIN, " ") == "3 天 4 小时"


@given(st.floats(1e-12, 1e12))
def test_two_significant_digits_are_never_three(u: float) -> None:
    places = places_of(u)
    assert 9.5 <= u * 10.0**places <= 99.5 * (1 + 1e-9)
    assert math.isfinite(places)


def test_instants_in_a_text_stand_by_the_clock_of_the_zone() -> None:
    offset = times.localised("works/boiler/co2 2026-01-06T00:00:00+00:00", SHANGHAI)
    assert offset == "works/boiler/co2 2026-01-06 08:00:00"
    told = times.localised("since 2026-03-31T16:05:00Z, of gw-1", SHANGHAI)
    assert told == "since 2026-04-01 00:05:00, of gw-1"
    assert times.localised("自2026-03-31T16:05:00Z起", SHANGHAI) == "自2026-04-01 00:05:00起"
    for text in ("2026-02-31T00:00:00Z", "2026-03-31", "x2026-03-31T16:05:00Zx"):
        assert times.localised(text, SHANGHAI) == text


@pytest.mark.parametrize(
    "text",
    [
        "'2026-03-31T16:05:01Z' is no quarter",
        "full quarters, such as 2026-03-31T18:30:00Z",
        "整刻，如 2026-03-31T18:30:00Z",
        *(TimestampError("x", text="y", what="z").say(each) for each in ("en", "zh")),
    ],
)
def test_words_of_others_and_forms_to_write_stay_as_they_are(text: str) -> None:
    assert times.localised(text, SHANGHAI) == text


def test_a_formula_is_written_as_people_write_it() -> None:
    assert numbers.formula("-0.00527 + 8.12866e-07·(x - 10)") == "−0.00527 + 8.12866·10⁻⁷·(x − 10)"
    assert numbers.formula("1e+12·exp(-3·x)") == "1·10¹²·exp(−3·x)"
