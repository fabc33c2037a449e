import math
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.unit import UNITS
from device_profiles.dlt645.edition import EDITION_1997, EDITION_2007
from device_profiles.dlt645.item import Form, Part, Value, read_value, write_value
from device_profiles.dlt645.items import Item, item_of
from device_profiles.formats import NotAvailable
from device_profiles.register_errors import FitError
from device_profiles.scaling import times_power_of_ten
from device_profiles.wire_errors import WireError, WireLengthError, WireValueError

FORMS: tuple[Form, ...] = ("number", "digits", "text", "date", "time", "minute", "bits")
LENGTHS: dict[Form, int] = {"date": 4, "time": 3, "minute": 5}
ITEMS = [
    item
    for edition, identifiers in (
        (EDITION_2007, (0x1000000 * kind + low for kind in (0, 1, 2, 4) for low in range(0x90000))),
        (EDITION_1997, range(0x10000)),
    )
    for di in identifiers
    if (item := item_of(di, edition))
]


@pytest.mark.parametrize("signed", [False, True])
@given(data=st.data(), length=st.integers(1, 8), decimals=st.integers(0, 6))
def test_a_number_comes_back_from_its_bytes(
    signed: bool,  # noqa: FBT001
    data: st.DataObject,
    length: int,
    decimals: int,
) -> None:
    part = Part(form="number", length=length, decimals=decimals, signed=signed)
    most = (8 * 10 ** (2 * length - 1) if signed else 10 ** (2 * length)) - 1
    if part.length == 8 and decimals:  # more digits than a double has
        most = 10**15 - 1
    steps = data.draw(st.integers(-most if signed else 0, most))
    number = times_power_of_ten(steps, -decimals)
    plain = write_value(part, number)
    assert len(plain) == length
    found = read_value(part, plain)
    assert found == number
    assert isinstance(found, float if decimals else int)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
def test_any_bytes_are_refused_or_a_value_that_is_written_to_the_same_value(
    form: Form, data: st.DataObject
) -> None:
    length = LENGTHS.get(form, 4)
    part = Part(form=form, length=length, decimals=2, signed=data.draw(st.booleans()))
    bcd = st.lists(st.integers(0, 99), min_size=length, max_size=length).map(
        lambda each: bytes.fromhex("".join(f"{pair:02d}" for pair in each))
    )
    plain = data.draw(st.binary(min_size=length, max_size=length) | bcd)
    try:
        value = read_value(part, plain)
    except WireValueError:
        return
    assert read_value(part, write_value(part, value)) == value


@given(at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 12, 31)))  # noqa: DTZ001
def test_dates_and_times_come_back_from_their_bytes(at: datetime) -> None:
    texts: dict[Form, str] = {
        "date": at.date().isoformat(),
        "time": at.time().isoformat(timespec="seconds"),
        "minute": at.isoformat(timespec="minutes"),
    }
    for form, text in texts.items():
        part = Part(form=form, length=LENGTHS[form])
        assert read_value(part, write_value(part, text)) == text


def test_the_weekday_is_written_with_0_for_sunday() -> None:
    part = Part(form="date", length=4)
    sunday = date(2026, 11, 29)
    assert sunday.isoweekday() == 7
    assert write_value(part, sunday.isoformat()) == bytes.fromhex("00 29 11 26")


@pytest.mark.parametrize(
    ("form", "plain", "value"),
    [
        ("number", "78 56 34 12", 123456.78),
        ("digits", "61 01 00 00", "00000161"),
        ("text", "00 30 2E 31", "1.0"),
        ("text", "53 35 2E 30", "0.5S"),
        ("bits", "04 00 00 80", 0x80000004),
        ("bits", "FF FF FF FF", 0xFFFFFFFF),
        ("date", "00 29 11 26", "2026-11-29"),
    ],
)
def test_a_value_travels_low_byte_first(form: Form, plain: str, value: Value) -> None:
    part = Part(form=form, length=4, decimals=2)
    assert read_value(part, bytes.fromhex(plain)) == value
    assert write_value(part, value) == bytes.fromhex(plain)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "bits"])
def test_ff_in_every_byte_is_no_value(form: Form) -> None:
    length = LENGTHS.get(form, 4)
    part = Part(form=form, length=length, signed=True)
    assert read_value(part, b"\xff" * length) == NotAvailable()
    assert write_value(part, NotAvailable()) == b"\xff" * length


def test_a_demand_that_never_happened_has_no_time() -> None:
    assert read_value(Part(form="minute", length=5), bytes(5)) == NotAvailable()


def test_minus_zero_is_zero() -> None:
    found = read_value(Part(form="number", length=2, decimals=1, signed=True), b"\x00\x80")
    assert math.copysign(1, float(found)) == 1.0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "plain"),
    [
        ("number", "7A 56 34 12"),
        ("number", "00 00 00 A0"),
        ("number", "FF FF FF 7F"),
        ("digits", "61 01 00 0F"),
        ("text", "00 30 07 31"),
        ("text", "80 30 2E 31"),
        ("date", "07 29 11 26"),
        ("date", "00 30 02 26"),
        ("time", "60 59 23"),
        ("time", "00 00 24"),
        ("minute", "00 16 31 00 26"),
        ("minute", "0A 16 31 03 26"),
    ],
)
def test_what_is_no_value_of_its_form_is_refused(form: Form, plain: str) -> None:
    part = Part(form=form, length=len(bytes.fromhex(plain)))
    with pytest.raises(WireValueError):
        read_value(part, bytes.fromhex(plain))


def test_a_sign_bit_in_an_unsigned_item_is_no_sign() -> None:
    voltage = Part(form="number", length=2, decimals=1, unit="V")
    assert read_value(voltage, bytes.fromhex("00 81")) == 810.0
    with pytest.raises(WireValueError):
        read_value(voltage, bytes.fromhex("00 A1"))


@pytest.mark.parametrize("length", [0, 3, 5])
def test_another_length_is_refused(length: int) -> None:
    with pytest.raises(WireLengthError):
        read_value(Part(form="number", length=4), bytes(length))


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("number", -1),
        ("number", 1_000_000),
        ("number", 999999.996),
        ("number", math.nan),
        ("number", math.inf),
        ("number", -math.inf),
        ("number", "1"),
        ("digits", 161),
        ("digits", "161"),
        ("digits", "１２３４５６７８"),
        ("text", "too long"),
        ("text", "度"),
        ("date", "2026-02-30"),
        ("date", "1999-12-31"),
        ("date", "today"),
        ("time", "24:00:00"),
        ("minute", "2026-03-31T16:00+08:00"),
        ("bits", -1),
        ("bits", 2**32),
        ("bits", 0.5),
        ("bits", NotAvailable()),
    ],
)
def test_what_an_item_cannot_show_is_refused_with_a_code(form: Form, value: Value) -> None:
    part = Part(form=form, length=LENGTHS.get(form, 4), decimals=2)
    with pytest.raises(FitError) as refused:
        write_value(part, value)
    assert refused.value.code == "E_REGISTER_FIT"


def test_a_signed_number_gives_one_bit_of_its_first_digit_to_the_sign() -> None:
    part = Part(form="number", length=3, decimals=3, signed=True)
    assert write_value(part, -799.999) == bytes.fromhex("99 99 F9")
    with pytest.raises(FitError):
        write_value(part, 800)


def test_a_number_is_shown_to_the_nearest_step() -> None:
    part = Part(form="number", length=2, decimals=1)
    assert write_value(part, 100.06) == bytes.fromhex("01 10")


def test_every_unit_of_the_table_is_known_to_the_calibration_room() -> None:
    assert len(ITEMS) > 5000
    assert {part.unit for item in ITEMS for part in item.parts} <= set(UNITS)


def test_every_item_has_two_names_a_length_and_a_grade() -> None:
    def is_whole(item: Item) -> bool:
        return bool(item.meaning and item.meaning_zh and item.length and item.grade)

    assert all(is_whole(item) for item in ITEMS)


@pytest.mark.parametrize("di", [0x0001000D, 0x00014000, 0x00090000, 0x02010400, 0x028022FF, 0xFF])
def test_what_the_table_does_not_say_is_unknown(di: int) -> None:
    assert item_of(di) is None


def test_what_is_known_from_memory_only_is_marked() -> None:
    block = item_of(0x0203FF00)
    assert block is not None
    assert block.grade == "D"
    current = item_of(0x02020100)
    assert current is not None
    assert "(D)" in current.note


def test_refusals_of_values_are_wire_errors() -> None:
    assert issubclass(WireValueError, WireError)
