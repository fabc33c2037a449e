"""The envelope: what is refused, what is borne and named, and what one changed byte does."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.hj212.errors import ComposeError
from device_profiles.hj212.packet import packet_of, segment_of
from device_profiles.hj212.received import read_packet
from device_profiles.wire_errors import (
    WireAlgorithmError,
    WireChecksumError,
    WireError,
    WireFormError,
    WireLengthError,
)
from tests.unit.device_profiles.hj212.vectors import data

PACKET = data("Y1") + b"\r\n"
BITS = [1 << bit for bit in range(8)]
SHORT = data("H1") + b"\r\n"


@given(st.binary(max_size=1024))
def test_any_segment_comes_back_out_of_its_packet(segment: bytes) -> None:
    envelope = segment_of(packet_of(segment))
    assert (envelope.segment, envelope.findings) == (segment, ())


def test_a_segment_over_1024_bytes_is_not_sent() -> None:
    with pytest.raises(ComposeError) as caught:
        packet_of(b"x" * 1025)
    assert caught.value.facts["limit"] == "1024 bytes"


def test_a_longer_segment_that_comes_is_read_and_named() -> None:
    long = b"##1025" + b"x" * 1025
    with pytest.raises(WireChecksumError) as caught:
        segment_of(long + b"0000\r\n")
    found = segment_of(long + str(caught.value.facts["expected"]).encode() + b"\r\n").findings
    assert [each.code for each in found] == ["length_over_limit"]


@pytest.mark.parametrize(
    ("packet", "changes"),
    [(SHORT, range(1, 256)), (PACKET, BITS), (data("Y3") + b"\r\n", BITS)],
    ids=["every value of H1", "every bit of Y1", "every bit of Y3"],
)
def test_a_changed_byte_is_refused_or_changes_nothing_that_was_said(
    packet: bytes, changes: Iterable[int]
) -> None:
    right, told = read_packet(packet), 0
    for at in range(len(packet)):
        for change in changes:
            try:
                read = read_packet(packet[:at] + bytes([packet[at] ^ change]) + packet[at + 1 :])
            except WireError:
                continue
            told += 1
            assert (read.segment, read.content) == (right.segment, right.content)
            assert read.findings != right.findings
    letters = sum(65 <= byte <= 70 for byte in packet[-6:-2])
    assert told == letters


@pytest.mark.parametrize(
    ("packet", "kind", "key"),
    [
        (b"", WireFormError, "packet"),
        (b"#" + SHORT[2:], WireFormError, "packet"),
        (b"##01", WireLengthError, "packet"),
        (b"##0000", WireLengthError, "data segment"),
        (b"##01o1" + SHORT[6:], WireFormError, "length"),
        (b"##+101" + SHORT[6:], WireFormError, "length"),
        (b"##0100" + SHORT[6:], WireLengthError, "data segment"),
        (SHORT[:60], WireLengthError, "data segment"),
        (SHORT + b"x", WireLengthError, "data segment"),
        (SHORT + SHORT, WireLengthError, "data segment"),
        (SHORT[:-6] + b"1G80\r\n", WireFormError, "CRC"),
        (SHORT[:-6] + b"0x1C\r\n", WireFormError, "CRC"),
        (SHORT[:-6] + b"1C81\r\n", WireChecksumError, "CRC"),
        (SHORT[:-2] + b"\r\n\r\n", WireLengthError, "data segment"),
    ],
)
def test_what_is_no_packet_is_refused_at_its_place(
    packet: bytes, kind: type[WireError], key: str
) -> None:
    with pytest.raises(WireError) as caught:
        segment_of(packet)
    assert type(caught.value) is kind
    assert caught.value.facts["key"] == key
    assert caught.value.raw == packet
    for language in ("en", "zh"):
        assert caught.value.remedy(language) in caught.value.say(language)


@pytest.mark.parametrize(("end", "found"), [(b"", ""), (b"\n", "\n"), (b"\r", "\r")])
def test_a_packet_that_does_not_end_in_cr_lf_is_read_and_named(end: bytes, found: str) -> None:
    envelope = segment_of(SHORT[:-2] + end)
    assert [(each.code, each.found) for each in envelope.findings] == [("packet_end", found)]


def test_a_crc_in_lower_case_is_read_and_named() -> None:
    envelope = segment_of(SHORT[:-6] + b"1c80\r\n")
    assert [(each.code, each.found) for each in envelope.findings] == [("crc_case", "1c80")]


def test_the_modbus_crc_is_told_in_lower_case_too() -> None:
    with pytest.raises(WireAlgorithmError):
        segment_of(data("R2").replace(b"2BE2", b"2be2"))


def test_length_counts_bytes_of_utf8() -> None:
    text = "QN=20160801085857223;CN=3020;CP=&&i11001-Info=//清洗管路//&&".encode()
    packet = packet_of(text)
    assert packet.startswith(b"##%04d" % len(text))
    assert segment_of(packet).segment == text
