"""Data lines: codes, value groups, units, exact numbers, and text that stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.iec62056.readout import DataSet, Exact, data_sets
from device_profiles.wire_errors import WireError, WireFormError


def _one(line: str) -> DataSet:
    (found,) = data_sets(line.encode("ascii"))
    assert found.raw == line.encode("ascii")
    return found


@pytest.mark.parametrize(
    ("line", "significand", "exponent", "number", "unit"),
    [
        ("1.8.0(001234.567*kWh)", 1234567, -3, 1234.567, "kWh"),
        ("1-0:1.8.0*255(00012*kWh)", 12, 0, 12, "kWh"),
        ("32.7.0(230.1*V)", 2301, -1, 230.1, "V"),
        ("0.9.1(235930)", 235930, 0, 235930, ""),
        ("6.8(00012.3*m3/h)", 123, -1, 12.3, "m3/h"),
        ("1.8.0(9007199254740993*Wh)", 9007199254740993, 0, 9007199254740993, "Wh"),
        ("1.8.0(0.1*kWh)", 1, -1, 0.1, "kWh"),
        ("9.9(-5.0)", -50, -1, -5.0, ""),
    ],
)
def test_a_number_is_exact(
    line: str, significand: int, exponent: int, number: float, unit: str
) -> None:
    (group,) = _one(line).groups
    assert group.exact == Exact(significand=significand, exponent=exponent)
    assert group.exact.number == number
    assert type(group.exact.number) is type(number)
    assert group.unit == unit


@given(st.integers(0, 10**15), st.integers(0, 9))
def test_a_printed_number_is_read_as_printed(significand: int, places: int) -> None:
    digits = f"{significand:0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    (group,) = _one(f"1.8.0({text}*kWh)").groups
    assert group.exact == Exact(significand=significand, exponent=-places)
    assert group.exact.number == float(text)


@pytest.mark.parametrize("value", ["", "1.2.3", "12:30", "1,5", "--", "1e5", "0x10", "٣", "9" * 33])
def test_what_is_no_number_stays_text(value: str) -> None:
    if not value.isascii():
        with pytest.raises(WireFormError):
            data_sets(f"F.F({value})".encode())
        return
    (group,) = _one(f"F.F({value}*x)").groups
    assert (group.exact, group.value, group.unit) == (value, value, "x")


def test_several_value_groups_belong_to_one_code() -> None:
    found = _one("1.6.1(00.500*kW)(2311291545)()")
    assert [group.value for group in found.groups] == ["00.500", "2311291545", ""]
    assert [group.unit for group in found.groups] == ["kW", "", ""]


def test_several_data_sets_may_stand_on_one_line() -> None:
    found = data_sets(b"1.8.1(1*kWh)1.8.2(2*kWh)(3)\r\n(4)\r\n!\r\n")
    assert [each.identifier for each in found] == ["1.8.1", "1.8.2", ""]
    assert b"".join(each.raw for each in found) == b"1.8.1(1*kWh)1.8.2(2*kWh)(3)(4)"


@pytest.mark.parametrize(
    ("identifier", "medium", "channel", "measured", "period", "is_current", "by_hand"),
    [
        ("1.8.0", -1, -1, "1.8.0", 255, True, False),
        ("1-0:1.8.0*255", 1, 0, "1.8.0", 255, True, False),
        ("0-1:24.2.1", 0, 1, "24.2.1", 255, True, False),
        ("1.8.0*01", -1, -1, "1.8.0", 1, False, False),
        ("1.8.0&12", -1, -1, "1.8.0", 12, False, True),
        ("1.8.0*00", -1, -1, "1.8.0", 0, False, False),
        ("C.1.0", -1, -1, "C.1.0", 255, True, False),
        ("F.F", -1, -1, "F.F", 255, True, False),
        ("0.9.1", -1, -1, "0.9.1", 255, True, False),
    ],
)
def test_a_code_in_its_parts(
    identifier: str,
    medium: int,
    channel: int,
    measured: str,
    period: int,
    is_current: bool,  # noqa: FBT001
    by_hand: bool,  # noqa: FBT001
) -> None:
    code = _one(f"{identifier}(1)").code
    assert code is not None
    assert (code.medium, code.channel, code.measured) == (medium, channel, measured)
    assert (code.period, code.is_current, code.by_hand) == (period, is_current, by_hand)


@pytest.mark.parametrize("identifier", ["", "serial", "1..8", "1.8.0*", "1-0.1.8.0", "1.8.0*1234"])
def test_what_is_no_code_stays_text(identifier: str) -> None:
    found = _one(f"{identifier}(1)")
    assert found.code is None
    assert found.identifier == identifier


def test_a_line_of_plain_text_is_kept_without_groups() -> None:
    found = data_sets(b"METER OK\r\n\r\n1.8.0(1)\r\n!\r\n")
    assert [(each.identifier, len(each.groups)) for each in found] == [
        ("METER OK", 0),
        ("1.8.0", 1),
    ]


@pytest.mark.parametrize(
    "data",
    [b"1.8.0(1", b"1.8.0 1)", b"1.8.0((1))", b"1.8.0(1)x)", b"1(\xb0)", b"!\r\n1.8.0(1)\r\n"],
)
def test_brackets_that_do_not_pair_are_refused(data: bytes) -> None:
    with pytest.raises(WireFormError):
        data_sets(data)


@given(st.binary(max_size=120))
def test_any_bytes_are_data_sets_or_refused(data: bytes) -> None:
    try:
        found = data_sets(data)
    except WireError:
        return
    assert all(each.raw in data for each in found)
