"""Records: every coding both ways, and what is told as unknown."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.formats import NotAvailable
from device_profiles.mbus.coded import DECIMALS, INTEGERS, Coded, read_coded, write_coded
from device_profiles.mbus.dates import read_date, write_date
from device_profiles.mbus.record import (
    FUNCTIONS,
    DataInformation,
    Record,
    compose,
    read_record,
    record_head,
)
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireError

which = st.builds(
    DataInformation,
    field=st.sampled_from([*INTEGERS]),
    function=st.sampled_from(FUNCTIONS),
    storage=st.integers(0, 2**41 - 1),
    tariff=st.integers(0, 2**20 - 1),
    subunit=st.integers(0, 2**10 - 1),
)


def _read(raw: str) -> Record:
    data = bytes.fromhex(raw)
    record, end = read_record(data, 0)
    assert end == len(data)
    assert record.raw == data
    return record


@given(which, st.integers(-128, 127))
def test_any_value_of_any_storage_is_read_as_it_was_composed(
    named: DataInformation, number: int
) -> None:
    record = compose(record_head(named, b"\x06"), number)
    again, end = read_record(b"\x2f" + record.raw + b"\x2f", 1)
    assert end == len(record.raw) + 1
    assert again == record
    assert again.which == named
    assert again.value == number * 1000


@given(st.sampled_from([*INTEGERS]), st.data())
def test_an_integer_is_read_as_it_was_written(field: int, data: st.DataObject) -> None:
    bits = 8 * INTEGERS[field]
    number = data.draw(st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))
    assert read_coded(field, write_coded(field, number)) == number


@given(st.sampled_from([*DECIMALS]), st.data())
def test_packed_decimals_are_read_as_they_were_written(field: int, data: st.DataObject) -> None:
    places = 2 * DECIMALS[field]
    number = data.draw(st.integers(1 - 10 ** (places - 1), 10**places - 1))
    assert read_coded(field, write_coded(field, number)) == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_is_read_as_it_was_written(number: float) -> None:
    assert read_coded(5, write_coded(5, number)) == number


@given(st.text(st.characters(max_codepoint=255), max_size=191))
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert read_coded(0xD, write_coded(0xD, text)) == text


@given(st.one_of(st.binary(max_size=16), st.binary(min_size=20, max_size=20)))
def test_a_binary_string_is_read_as_it_was_written(raw: bytes) -> None:
    assert read_coded(0xD, write_coded(0xD, raw)) == raw


@given(st.datetimes(), st.sampled_from((2, 3, 4, 6)))
def test_a_date_that_can_be_written_is_read_again(stamp: object, size: int) -> None:
    forms = {2: str(stamp)[:10], 3: str(stamp)[11:19], 4: str(stamp)[:16], 6: str(stamp)[:19]}
    text = forms[size].replace(" ", "T")
    try:
        raw = write_date(text, size)
    except FitError:
        return
    assert len(raw) == size
    assert read_date(raw) == text


@given(st.sampled_from((2, 3, 4, 6)), st.data())
def test_any_bytes_are_a_date_or_none(size: int, data: st.DataObject) -> None:
    raw = data.draw(st.binary(min_size=size, max_size=size))
    assert isinstance(read_date(raw), str | NotAvailable)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("04 6D 1A 2F 65 11", "2011-01-05T15:26"),
        ("42 6C 5F 1C", "2010-12-31"),
        ("04 6D 9A 2F 65 11", NotAvailable()),
        ("42 6C 00 00", NotAvailable(reason="digits")),
        ("42 6C FF FF", NotAvailable(reason="digits")),
        ("02 FD 17 05 00", 5),
        ("0A 5A 27 F2", -22.7),
        ("0A 5A 27 A2", NotAvailable(reason="digits")),
        ("3C 2B BD EB DD DD", NotAvailable(reason="digits")),
        ("05 5B 00 00 C0 7F", NotAvailable(reason="not_a_number")),
        ("05 5B 00 00 80 FF", NotAvailable(reason="infinite")),
        ("00 06", NotAvailable()),
        ("0D 78 03 43 42 41", "ABC"),
        ("02 FC 03 48 52 25 74 D4 11", 45.64),
        ("01 86 15 05", NotAvailable()),
        ("01 86 00 05", 5000),
        ("01 86 7D 05", 5_000_000),
        ("03 15 C6 00 4D", 504647.0),
        ("07 00 FF FF FF FF FF FF FF 7F", 9223372036854775.807),
        ("07 07 FF FF FF FF FF FF FF 7F", 92233720368547758070000),
    ],
)
def test_the_value_of_a_record(raw: str, value: Coded) -> None:
    found = _read(raw).value
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("head", "quantity", "unit", "exponent"),
    [
        ("04 03", "energy", "W.h", 0),
        ("04 0F", "energy", "J", 7),
        ("04 13", "volume", "m3", -3),
        ("04 2B", "power", "W", 0),
        ("04 3E", "volume flow", "m3/h", 0),
        ("04 FD 48", "voltage", "V", -1),
        ("04 FD 59", "current", "A", -3),
        ("04 FB 01", "energy", "W.h", 6),
        ("04 FB 09", "energy", "J", 9),
        ("04 FB 79", "cumulated maximum power", "W", -2),
        ("04 90 28", "volume", "m3/{pulse}", -6),
        ("04 93 22", "volume", "m3/h", -3),
    ],
)
def test_quantity_unit_and_power_of_ten_of_a_code(
    head: str, quantity: str, unit: str, exponent: int
) -> None:
    what = compose(bytes.fromhex(head), 0).what
    assert (what.quantity, what.unit, what.exponent) == (quantity, unit, exponent)
    assert what.grade in {"A", "B", "C"}


@pytest.mark.parametrize("head", ["04 6F", "04 FD 7C", "04 FB 02", "04 ED 7E", "04 BE 50", "04 7B"])
def test_a_code_that_no_table_confirms_is_unknown_and_keeps_its_bytes(head: str) -> None:
    record = _read(head + " 01 02 03 04")
    assert (record.what.quantity, record.what.unit, record.what.exponent) == ("unknown", "", 0)
    assert record.coded == 0x04030201
    assert record.head == bytes.fromhex(head)


def test_what_follows_a_manufacturers_extension_is_not_read_as_standard() -> None:
    what = _read("04 FD C8 FF 81 7D 01 00 00 00").what
    assert (what.quantity, what.exponent) == ("voltage", -1)
    assert what.modifiers == ("manufacturer specific 817D",)
    assert _read("01 FF 86 03 05").what.modifiers == ("8603",)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("04", "missing VIF"),
        ("84", "missing DIFE"),
        ("04 86", "missing VIFE"),
        ("04 06 01 02 03", "short data"),
        ("0D 78", "missing length"),
        ("0D 78 05 41", "short text"),
        ("0D 78 C2 34 12", "decimals of variable length"),
        ("0D 78 FF", "reserved length"),
        ("02 FC 05 41", "short unit"),
        ("84" + " 80" * 10 + " 00 06 00", "eleven DIFE"),
        ("01 86" + " F0" * 10 + " 70 00", "eleven VIFE"),
    ],
)
def test_a_record_that_does_not_end_is_refused(raw: str, name: str) -> None:
    with pytest.raises(WireError):
        read_record(bytes.fromhex(raw), 0)
    assert name


def test_ten_extensions_are_read() -> None:
    assert _read("84" + " 80" * 9 + " 40 06 01 00 00 00").which.subunit == 512
    assert _read("01 86" + " F7" * 9 + " 70 01").what.exponent == 3 + 9 - 6


@pytest.mark.parametrize(
    ("head", "coded"),
    [
        ("01 06", 128),
        ("09 06", 100),
        ("09 06", -10),
        ("05 06", 1e300),
        ("04 06", "text"),
        ("0D 78", "x" * 192),
        ("0D 78", "中"),
        ("0D 78", b"x" * 17),
        ("0D 78", 1.5),
        ("02 6C", "2011-13-01"),
        ("02 6C", "2011-01-05T15:26"),
        ("02 6C", 5),
        ("00 06", 5),
    ],
)
def test_a_value_that_a_record_cannot_carry_is_refused(head: str, coded: Coded) -> None:
    with pytest.raises(FitError):
        compose(bytes.fromhex(head), coded)


def test_a_float_register_is_the_double_of_its_bytes() -> None:
    (single,) = struct.unpack("<f", bytes.fromhex("22F32642"))
    found = _read("05 5B 22 F3 26 42").value
    assert isinstance(found, float)
    assert math.isclose(found, single, rel_tol=0, abs_tol=0)
