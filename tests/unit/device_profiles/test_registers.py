import doctest
import math
import struct

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pymodbus.client.mixin import ModbusClientMixin

from device_profiles import registers, scaling
from device_profiles.formats import (
    CODECS,
    FormatName,
    NotAvailable,
    Number,
    is_integer,
    limits,
    word_count,
)
from device_profiles.register_errors import DigitsError, FitError, WordCountError, WordRangeError
from device_profiles.registers import WordOrder, decode, encode, reorder, wire_bytes

ORDERS: tuple[WordOrder, ...] = ("ABCD", "CDAB", "BADC", "DCBA")
FORMATS: tuple[FormatName, ...] = tuple(CODECS)  # type: ignore[arg-type]
INTEGERS = [name for name in FORMATS if is_integer(name)]
OF_PYMODBUS = {
    "int16": ModbusClientMixin.DATATYPE.INT16,
    "uint16": ModbusClientMixin.DATATYPE.UINT16,
    "int32": ModbusClientMixin.DATATYPE.INT32,
    "uint32": ModbusClientMixin.DATATYPE.UINT32,
    "int64": ModbusClientMixin.DATATYPE.INT64,
    "uint64": ModbusClientMixin.DATATYPE.UINT64,
    "float32": ModbusClientMixin.DATATYPE.FLOAT32,
    "float64": ModbusClientMixin.DATATYPE.FLOAT64,
}
words = st.integers(0, 0xFFFF)


def test_the_printed_tables_are_what_the_code_does() -> None:
    for module in (registers, scaling):
        outcome = doctest.testmod(module)
        assert outcome.attempted > 0
        assert outcome.failed == 0


@pytest.mark.parametrize("word_order", ORDERS)
@pytest.mark.parametrize("name", INTEGERS)
@given(data=st.data())
def test_an_integer_comes_back_from_its_registers(
    name: FormatName, word_order: WordOrder, data: st.DataObject
) -> None:
    low, high = limits(name)
    nothing = 1 if name.startswith("acc") else 0
    number = data.draw(st.integers(int(low) + nothing, int(high)))
    shown = encode(number, name, word_order)
    assert len(shown) == word_count(name)
    found = decode(shown, name, word_order)
    assert found == number
    assert isinstance(found, int)


@pytest.mark.parametrize("word_order", ORDERS)
@given(
    single=st.floats(width=32, allow_nan=False, allow_infinity=False),
    double=st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_float_comes_back_from_its_registers(
    word_order: WordOrder, single: float, double: float
) -> None:
    assert decode(encode(single, "float32", word_order), "float32", word_order) == single
    assert decode(encode(double, "float64", word_order), "float64", word_order) == double


@pytest.mark.parametrize("word_order", ORDERS)
@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_any_registers_give_a_number_that_encodes_to_themselves_or_a_coded_refusal(
    name: FormatName, word_order: WordOrder, data: st.DataObject
) -> None:
    count = word_count(name)
    shown = tuple(data.draw(st.lists(words, min_size=count, max_size=count)))
    try:
        number = decode(shown, name, word_order)
    except DigitsError:
        event("refused")
        assert name.startswith(("bcd", "mod10k", "bit"))
        return
    if isinstance(number, NotAvailable):
        assert name.startswith(("float", "acc"))
    elif not (name == "signmag16" and number == 0):
        assert encode(number, name, word_order) == shown


@pytest.mark.parametrize("name", OF_PYMODBUS)
@pytest.mark.parametrize(("word_order", "of_pymodbus"), [("ABCD", "big"), ("CDAB", "little")])
@given(data=st.data())
def test_a_foreign_implementation_reads_and_writes_the_same_registers(
    name: FormatName, word_order: WordOrder, of_pymodbus: str, data: st.DataObject
) -> None:
    floats = st.floats(width=32 if name == "float32" else 64, allow_nan=False, allow_infinity=False)
    low, high = limits(name)
    number: Number = data.draw(st.integers(int(low), int(high)) if is_integer(name) else floats)
    theirs = ModbusClientMixin.convert_to_registers(
        number,
        OF_PYMODBUS[name],
        word_order=of_pymodbus,  # type: ignore[arg-type]
    )
    assert list(encode(number, name, word_order)) == theirs
    assert decode(theirs, name, word_order) == number


@given(raw=st.binary(min_size=2, max_size=8).filter(lambda raw: len(raw) % 2 == 0))
def test_reordering_twice_changes_nothing(raw: bytes) -> None:
    for word_order in ORDERS:
        assert reorder(reorder(raw, word_order), word_order) == raw


@pytest.mark.parametrize("sign", [0x0000, 0x8000])
@given(payload=st.integers(1, 0x7FFFFF))
def test_every_nan_is_not_available(sign: int, payload: int) -> None:
    bits = (sign << 16) | 0x7F80_0000 | payload
    assert decode((bits >> 16, bits & 0xFFFF), "float32") == NotAvailable(reason="not_a_number")


@pytest.mark.parametrize("pattern", ["7FF0000000000000", "FFF0000000000000"])
def test_an_infinity_is_not_available(pattern: str) -> None:
    shown = struct.unpack(">4H", bytes.fromhex(pattern))
    assert decode(shown, "float64") == NotAvailable(reason="infinite")


def test_an_integer_beyond_two_to_the_53_stays_exact() -> None:
    number = 2**53 + 1
    assert decode(encode(number, "uint64"), "uint64") == 9007199254740993


def test_sign_and_magnitude_is_not_twos_complement() -> None:
    assert decode((0x8005,), "signmag16") == -5
    assert encode(-5, "signmag16") == (0x8005,)
    assert decode((0x8000,), "signmag16") == 0


def test_analogue_counts_span_their_range_linearly() -> None:
    # SDL PLC analogue block: value = (raw - 5530) / 22118 x span
    assert registers.fraction_of_span(5530, 5530, 27648) == 0
    assert registers.fraction_of_span(27648, 5530, 27648) == 1
    for count in (5530, 5531, 16589, 27648, 30000):
        fraction = registers.fraction_of_span(count, 5530, 27648)
        assert registers.count_in_span(fraction, 5530, 27648) == count


@pytest.mark.parametrize("exponent", range(-10, 11))
def test_a_scale_factor_is_a_signed_power_of_ten(exponent: int) -> None:
    raw = exponent.to_bytes(2, "big", signed=True)
    assert registers.scale_exponent(raw) == exponent


@pytest.mark.parametrize("pattern", ["8000", "7FFF", "000B", "FFF5"])
def test_an_impossible_scale_factor_leaves_no_value(pattern: str) -> None:
    found = registers.scale_exponent(bytes.fromhex(pattern))
    assert found == NotAvailable(reason="scale_factor")


@pytest.mark.parametrize(
    ("shown", "name"),
    [((0x12A4,), "bcd16"), ((0x1234, 0x56F8), "bcd32"), ((0, 0, 0, 0xFFFF), "bcd64")],
)
def test_a_bcd_digit_above_nine_is_refused(shown: tuple[int, ...], name: FormatName) -> None:
    with pytest.raises(DigitsError, match=r"E_REGISTER_DIGITS meter 7: .*limit: 0\.\.9\)"):
        decode(shown, name, where="meter 7")


def test_a_mod10k_register_above_9999_is_refused() -> None:
    assert decode((0, 9999), "mod10k32") == 9999
    with pytest.raises(DigitsError, match=r"00002710.*limit: 0\.\.9999"):
        decode((0, 10_000), "mod10k32")


@pytest.mark.parametrize("name", FORMATS)
def test_another_number_of_words_is_refused(name: FormatName) -> None:
    for count in {0, 1, 2, 3, 4, 5} - {word_count(name)}:
        with pytest.raises(WordCountError) as caught:
            decode([1] * count, name)
        assert caught.value.facts["limit"] == word_count(name)


@pytest.mark.parametrize("word", [-1, 65536, 10**30])
def test_what_is_no_register_word_is_refused(word: int) -> None:
    with pytest.raises(WordRangeError, match="E_REGISTER_WORD"):
        decode((word,), "uint16")


@pytest.mark.parametrize("name", FORMATS)
def test_a_number_that_the_format_cannot_carry_is_refused(name: FormatName) -> None:
    low, high = limits(name)
    beyond = [math.nan, math.inf, -math.inf]
    beyond += [low - 1, high + 1, 0.5] if is_integer(name) else []
    for number in beyond:
        with pytest.raises(FitError) as caught:
            encode(number, name)
        assert caught.value.facts["limit"] == f"{low}..{high}"


def test_not_available_is_written_as_the_sentinel_or_as_the_formats_own_pattern() -> None:
    none = NotAvailable()
    for word_order in ORDERS:
        assert decode(encode(none, "float32", word_order), "float32", word_order) == NotAvailable(
            reason="not_a_number"
        )
    assert encode(none, "acc32") == (0, 0)
    assert encode(none, "int16", "DCBA", sentinels=(b"\x80\x00",)) == (0x8000,)
    with pytest.raises(FitError, match="E_REGISTER_FIT"):
        encode(none, "int16")


def test_a_sentinel_is_compared_as_it_travels() -> None:
    shown, pattern = (0x0000, 0x8000), wire_bytes((0x0000, 0x8000))
    assert decode(shown, "int32", "CDAB", sentinels=(pattern,)) == NotAvailable()
    assert decode(shown, "int32", "CDAB") == -(2**31)
