"""Frames around a PDU, both ways, byte for byte as pymodbus frames them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerAscii, FramerBase, FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU

from device_profiles.modbus import ascii as colon
from device_profiles.modbus import rtu, tcp
from device_profiles.modbus.answer import ASCII, RTU, TCP, Framing, heard, reply
from device_profiles.modbus.errors import ProtocolIdError
from device_profiles.modbus.pdu import Adu
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireFormError,
    WireLengthError,
)
from tests.unit.device_profiles.modbus.frames import adus

THEIRS: list[tuple[Framing, FramerBase]] = [
    (RTU, FramerRTU(DecodePDU(is_server=False))),
    (ASCII, FramerAscii(DecodePDU(is_server=False))),
    (TCP, FramerSocket(DecodePDU(is_server=False))),
]
CHECKED = [RTU, ASCII]
framings = st.sampled_from([RTU, ASCII, TCP])


def named(framing: Framing, adu: Adu, transaction: int) -> Adu:
    number = transaction if framing is TCP else None
    return Adu(unit=adu.unit, pdu=adu.pdu, transaction=number)


@given(adus, st.integers(0, 0xFFFF))
def test_a_frame_is_that_of_pymodbus(adu: Adu, transaction: int) -> None:
    for framing, foreign in THEIRS:
        whole = named(framing, adu, transaction)
        assert framing.frame(whole) == foreign.encode(adu.pdu, adu.unit, transaction)


@given(framings, adus, st.integers(0, 0xFFFF))
def test_a_frame_is_read_as_it_was_written(framing: Framing, adu: Adu, transaction: int) -> None:
    whole = named(framing, adu, transaction)
    assert framing.unframe(framing.frame(whole), "") == whole


@given(st.sampled_from(CHECKED), adus, st.data())
def test_any_change_of_one_byte_is_refused_or_changes_nothing(
    framing: Framing, adu: Adu, data: st.DataObject
) -> None:
    frame = bytearray(framing.frame(adu))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = framing.unframe(bytes(frame), "")
    except WireError:
        return
    assert framing is ASCII
    assert found == adu


def test_every_change_of_one_byte_of_a_reply_is_refused() -> None:
    frame = bytes.fromhex("F0 03 04 D4 7A 43 E8 33 AB")
    for place in range(len(frame)):
        for change in range(1, 256):
            wrong = bytearray(frame)
            wrong[place] ^= change
            with pytest.raises(WireChecksumError):
                rtu.unframe(bytes(wrong), "")


def test_a_changed_byte_of_the_data_passes_over_tcp_which_has_no_check() -> None:
    frame = bytearray(bytes.fromhex("0001 0000 0009 11 03 06 022B 0000 0064"))
    frame[-1] ^= 1
    assert tcp.unframe(bytes(frame), "").pdu.endswith(b"\x65")


@given(framings, adus, st.data())
def test_a_part_of_a_frame_or_more_than_one_is_refused(
    framing: Framing, adu: Adu, data: st.DataObject
) -> None:
    frame = framing.frame(adu)
    short = frame[: data.draw(st.integers(0, len(frame) - 1))]
    # A longer stretch whose CRC happens to fit (2 in 65536) would be a frame by every rule.
    if not (framing is RTU and rtu.is_whole(short)):
        with pytest.raises(WireError):
            framing.unframe(short, "")
    with pytest.raises(WireError):
        framing.unframe(frame + b"\x01", "")


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (b"01030000000AF2\r\n", WireFormError),
        (b":01030000000AF2\n\n", WireFormError),
        (b":01030000000AF\r\n", WireFormError),
        (b":0103 0000000AF2\r\n", WireFormError),
        (b":0103\xc3\xa90000000AF2\r\n", WireFormError),
        (b":01030000000AF3\r\n", WireChecksumError),
        (b":01FF\r\n", WireLengthError),
        (b":" + b"00" * 256 + b"\r\n", WireLengthError),
    ],
)
def test_characters_that_are_no_ascii_frame_are_refused(
    frame: bytes, kind: type[WireError]
) -> None:
    with pytest.raises(kind):
        colon.unframe(frame, "")


def test_small_hex_digits_are_read_as_capitals() -> None:
    assert colon.unframe(b":01030000000af2\r\n", "") == colon.unframe(b":01030000000AF2\r\n", "")


@pytest.mark.parametrize(
    ("received", "kind"),
    [
        ("12 34 00 01 00 06 11 03 00 6B 00 03", ProtocolIdError),
        ("12 34 00 00 00 01 11", WireLengthError),
        ("12 34 00 00 00 FF 11 03", WireLengthError),
        ("12 34 00 00 FF FF 11 03", WireLengthError),
    ],
)
def test_a_header_that_is_not_modbus_tcp_is_refused(received: str, kind: type[WireError]) -> None:
    with pytest.raises(kind):
        heard(TCP, bytes.fromhex(received), "")


@given(
    framings,
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 0xFF00)), max_size=5),
    st.lists(st.integers(0, 200), max_size=6),
)
def test_questions_are_found_however_the_stream_is_cut(
    framing: Framing, asked: list[tuple[int, int]], cuts: list[int]
) -> None:
    sent = [
        named(framing, Adu(unit=unit, pdu=b"\x03" + at.to_bytes(2, "big") + b"\0\2"), place)
        for place, (unit, at) in enumerate(asked)
    ]
    stream = b"".join(map(framing.frame, sent))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    found: list[Adu] = []
    rest = b""
    for start, end in pairwise(edges):
        whole, rest = heard(framing, rest + stream[start:end], "")
        found += whole
    assert found == sent
    assert rest == b""


@given(framings, st.binary(max_size=3000))
def test_what_is_kept_of_a_stream_is_always_short(framing: Framing, received: bytes) -> None:
    try:
        _, rest = heard(framing, received, "")
    except WireError:
        return
    assert len(rest) <= 1042


def test_a_reply_goes_back_to_whoever_asked() -> None:
    (asked,), _ = heard(TCP, bytes.fromhex("12 34 00 00 00 06 11 03 00 6B 00 03"), "")
    assert reply(TCP, asked, b"\x83\x02") == bytes.fromhex("12 34 00 00 00 03 11 83 02")


@pytest.mark.parametrize(
    ("speed_bit_s", "within_ms", "between_ms"),
    [
        (1200, 13.75, 32.08),
        (2400, 6.88, 16.04),
        (4800, 3.44, 8.02),
        (9600, 1.72, 4.01),
        (19200, 0.86, 2.01),
        (38400, 0.75, 1.75),
        (115200, 0.75, 1.75),
    ],
)
def test_a_line_keeps_silent_for_so_many_characters(
    speed_bit_s: int, within_ms: float, between_ms: float
) -> None:
    silence = rtu.silence(speed_bit_s)
    assert silence.within_s * 1000 == pytest.approx(within_ms, abs=0.0051)
    assert silence.between_s * 1000 == pytest.approx(between_ms, abs=0.0051)
