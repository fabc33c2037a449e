"""DataValues: printed bytes, asyncua's bytes, round trips, and bytes that are none."""

import contextlib
import math
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from device_profiles.opcua.datavalue import DataValue, decode, encode, of_status
from device_profiles.opcua.instant import TICKS_OF_UNIX_EPOCH, ticks_of, utc_ns, utc_text
from device_profiles.opcua.told import told
from device_profiles.wire_errors import (
    WireError,
    WireFormError,
    WireLengthError,
    WireValueError,
)
from tests.unit.device_profiles.opcua.values import DATA_VALUES, RANGES, in_foreign_coding

NOON = ticks_of(1_767_268_800_000_000_000)  # 2026-01-01T12:00:00Z
MICROSECONDS = st.integers(TICKS_OF_UNIX_EPOCH // 10, TICKS_OF_UNIX_EPOCH // 10 * 2).map(
    lambda us: 10 * us
)


@given(DATA_VALUES)
def test_what_was_encoded_is_decoded_again(value: DataValue) -> None:
    assert decode(encode(value)) == value


@given(DATA_VALUES, MICROSECONDS, MICROSECONDS)
def test_the_bytes_are_those_of_a_foreign_implementation(
    drawn: DataValue, source: int, server: int
) -> None:
    assume(not isinstance(drawn.value, float) or math.isfinite(drawn.value))
    value = DataValue(
        type=drawn.type,
        value=source if drawn.type == "DateTime" else drawn.value,
        status=drawn.status,
        source_ticks=None if drawn.source_ticks is None else source,
        server_ticks=None if drawn.server_ticks is None else server,
    )
    raw = in_foreign_coding(value)
    assert decode(raw) == value
    # asyncua writes an empty Variant where there is no value: both codings are legal.
    assert raw == encode(value) or value.type is None


def test_picoseconds_stand_after_their_own_timestamp_which_asyncua_gets_wrong() -> None:
    value = DataValue(
        type="Double",
        value=1.5,
        status=0,
        source_ticks=NOON,
        source_picoseconds=7,
        server_ticks=NOON + 1,
        server_picoseconds=9,
    )
    ticks = NOON.to_bytes(8, "little"), (NOON + 1).to_bytes(8, "little")
    by_the_standard = (
        b"\x3f\x0b\0\0\0\0\0\0\xf8\x3f" + bytes(4) + ticks[0] + b"\x07\0" + ticks[1] + b"\x09\0"
    )
    assert encode(value) == by_the_standard
    assert decode(by_the_standard) == value
    foreign = in_foreign_coding(
        DataValue(
            type="Double",
            value=1.5,
            status=0,
            source_ticks=NOON,
            source_picoseconds=7,
            server_ticks=NOON,
            server_picoseconds=9,
        )
    )
    assert decode(foreign).server_ticks != NOON  # if this fails, asyncua was corrected


def test_picoseconds_of_10000_and_more_are_read_as_9999() -> None:
    raw = b"\x10" + (65_535).to_bytes(2, "little")
    assert decode(raw).source_picoseconds == 9999


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("place", [0, 1])
def test_the_ends_of_each_range_are_exact_and_what_lies_beyond_is_refused(
    name: str, place: int
) -> None:
    end = RANGES[name][place]
    assert decode(encode(DataValue(type=name, value=end))).value == end  # type: ignore[arg-type]
    with pytest.raises(WireValueError):
        encode(DataValue(type=name, value=end + (1 if place else -1)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "kind"), [("12.5", "Double"), (1, "String"), (1.5, "Int32"), (1.0, None)]
)
def test_a_value_of_another_type_is_not_encoded(value: object, kind: object) -> None:
    with pytest.raises(WireValueError):
        encode(DataValue(type=kind, value=value))  # type: ignore[arg-type]


def test_a_text_stays_a_text_even_if_it_looks_like_a_number() -> None:
    found = decode(encode(DataValue(type="String", value="12.5")))
    assert (found.type, found.value) == ("String", "12.5")


@pytest.mark.parametrize("byte", [1, 2, 255])
def test_any_byte_but_zero_is_true(byte: int) -> None:
    assert decode(bytes([1, 1, byte])).value is True
    assert decode(bytes([1, 1, 0])).value is False


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("01 8b 01000000 000000000000f83f", "an array of Double"),
        ("01 cb 00000000 00000000", "an array of Double"),
        ("01 0f 01000000 aa", "ByteString"),
        ("01 0e 00112233445566778899aabbccddeeff", "Guid"),
        ("01 11 00 05", "NodeId"),
        ("01 13 00003480", "StatusCode"),
        ("01 15 00", "LocalizedText"),
        ("01 16 00 00 00", "ExtensionObject"),
        ("01 17 00", "DataValue"),
        ("01 19 00", "DiagnosticInfo"),
        ("01 1a ffffffff", "type 26"),
    ],
)
def test_what_is_no_scalar_is_refused_by_name(raw: str, kind: str) -> None:
    with pytest.raises(WireValueError) as caught:
        decode(bytes.fromhex(raw))
    assert f"is {kind}," in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("", WireLengthError),
        ("01", WireLengthError),
        ("01 0b 00", WireLengthError),
        ("00 00", WireLengthError),
        ("02 000000", WireLengthError),
        ("01 0c ffffff7f 41", WireLengthError),
        ("01 98 ffffff7f", WireLengthError),
        ("40", WireFormError),
        ("01 4b 0000000000000000", WireFormError),
        ("01 20", WireFormError),
        ("01 80 00000000", WireFormError),
        ("01 11 07", WireFormError),
        ("01 16 00 00 03", WireFormError),
        ("01 19 80", WireFormError),
        ("01 0c 02000000 c328", WireValueError),
    ],
)
def test_bytes_that_are_no_data_value_are_refused(raw: str, error: type[WireError]) -> None:
    with pytest.raises(error):
        decode(bytes.fromhex(raw))


@pytest.mark.parametrize(
    ("lead", "step"), [(b"", b"\x01\x17"), (b"\x01", b"\x18"), (b"\x01\x19", b"\x40")]
)
def test_values_within_values_are_followed_to_a_bounded_depth(lead: bytes, step: bytes) -> None:
    with pytest.raises(WireFormError):
        decode(lead + step * 100_000 + b"\x00")


@given(st.binary(max_size=80))
def test_any_bytes_raise_nothing_but_wire_errors(raw: bytes) -> None:
    with contextlib.suppress(WireError):
        decode(raw)


@given(DATA_VALUES, st.data())
def test_mutated_bytes_raise_nothing_but_wire_errors(value: DataValue, data: st.DataObject) -> None:
    raw = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        told(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


def test_a_status_alone_is_what_a_server_answers_for_a_wrong_node() -> None:
    assert of_status(0x8034_0000) == bytes.fromhex("02 00003480")
    assert decode(of_status(0x8034_0000)).status_code == 0x8034_0000


def test_an_instant_is_exact_to_100_ns_and_no_time_is_no_time() -> None:
    noon = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()) * 10**9
    assert utc_ns(NOON) == noon
    assert utc_text(NOON + 1) == "2026-01-01T12:00:00.0000001Z"
    assert utc_ns(1) == -11_644_473_600_000_000_000 + 100
    assert utc_text(1) == "1601-01-01T00:00:00.0000001Z"
    assert [utc_ns(ticks) for ticks in (0, -1, 2**63 - 1, -(2**63))] == [None] * 4
    assert DataValue(source_ticks=NOON).age_ns(noon + 5) == 5
    assert DataValue(source_ticks=0).age_ns(noon) is None


def test_what_is_told_can_be_carried_by_json() -> None:
    raw = encode(
        DataValue(
            type="Float",
            value=math.nan,
            status=0x4094_0580,
            source_ticks=NOON,
            source_picoseconds=25,
            server_ticks=0,
        )
    )
    assert told(raw) == {
        "value": "nan",
        "type": "Float",
        "status": "0x40940580",
        "status_name": "UncertainEngineeringUnitsExceeded",
        "severity": "uncertain",
        "limit": "low",
        "overflow": True,
        "source_at": "2026-01-01T12:00:00.0000000Z",
        "source_ps": 250,
        "server_at": None,
        "server_ps": None,
    }
    assert told(encode(DataValue(type="DateTime", value=NOON)))["value"] == utc_text(NOON)
