"""Packets out of streams: however the bytes are portioned, the same packets come."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.conversation import FrameCut
from device_profiles.hj212.packet import MOST_PACKET, packet_of
from device_profiles.hj212.received import read_packet
from device_profiles.hj212.stream import cut, cut_last
from device_profiles.wire_errors import WireError, WireFormError, WireLengthError
from tests.unit.device_profiles.hj212.vectors import data

REAL = data("Y1") + b"\r\n"
SHORT = data("H1") + b"\r\n"
ANSWER = data("H9") + b"\r\n"
BARE = data("H6")
BAD_CRC = SHORT[:-6] + b"1C81\r\n"
TOO_LONG = b"##0999" + SHORT[6:]
TOO_SHORT = b"##0042" + SHORT[6:]
NO_LENGTH = b"##01x1" + SHORT[6:]
TORN = REAL[:200]
STREAM = ANSWER + b"\r\n\r\nAT+CSQ\r\n" + REAL + BAD_CRC + TOO_LONG + SHORT + TOO_SHORT + ANSWER


def _frames(pieces: Iterable[bytes], cutter: FrameCut = cut) -> tuple[list[bytes], bytes]:
    frames, buffer = [], b""
    for piece in pieces:
        buffer += piece
        while (whole := cutter(buffer)) is not None:
            frames.append(whole.frame)
            buffer = whole.rest
    return frames, buffer


EXPECTED = [ANSWER, REAL, BAD_CRC, TOO_LONG, SHORT, TOO_SHORT, ANSWER]


def test_a_stream_cut_at_every_place_gives_the_same_packets() -> None:
    for at in range(len(STREAM) + 1):
        assert _frames([STREAM[:at], STREAM[at:]]) == (EXPECTED, b"")


def test_a_stream_that_trickles_gives_the_same_packets() -> None:
    assert _frames(STREAM[at : at + 1] for at in range(len(STREAM))) == (EXPECTED, b"")


PIECE = st.sampled_from(
    [
        *(REAL, SHORT, ANSWER, BARE, BAD_CRC, TOO_LONG, TOO_SHORT, NO_LENGTH, TORN),
        *(b"\r\n", b"#", b"##", b"##0", b"noise", b"HTTP/1.1 200\r\n", b"\x00\xff##"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECE, max_size=8), st.lists(st.integers(0, 3000), max_size=12))
def test_no_portioning_changes_what_comes(parts: list[bytes], places: list[int]) -> None:
    stream = b"".join(parts)
    marks = sorted({0, len(stream), *(min(place, len(stream)) for place in places)})
    pieces = [stream[first:last] for first, last in pairwise(marks)]
    assert _frames(pieces) == _frames([stream])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECE, max_size=8))
def test_every_sound_packet_of_a_stream_comes_and_in_order(parts: list[bytes]) -> None:
    stream = b"\r\n".join(parts) + b"\r\n"
    frames, _ = _frames([stream])
    sound = [frame for frame in frames if frame in {REAL, SHORT, ANSWER, BARE + b"\r\n"}]
    ended = [part if part.endswith(b"\r\n") else part + b"\r\n" for part in parts]
    assert sound == [each for each in ended if each in {REAL, SHORT, ANSWER, BARE + b"\r\n"}]


def test_packets_without_cr_lf_are_cut_when_the_next_begins() -> None:
    frames, rest = _frames([BARE + BARE + BARE])
    assert (frames, rest) == ([BARE, BARE], BARE)
    assert _frames([rest], cut_last) == ([BARE], b"")


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_half_of_an_end_belongs_to_its_packet(end: bytes) -> None:
    frames, rest = _frames([BARE + end + SHORT])
    assert (frames, rest) == ([BARE + end, SHORT], b"")


def test_a_packet_behind_a_torn_one_in_one_line_is_cut() -> None:
    assert _frames([TORN + SHORT + REAL]) == ([SHORT, REAL], b"")
    assert _frames([b"##9999" + TORN + SHORT]) == ([SHORT], b"")


def test_a_length_that_lies_ends_at_cr_lf_and_is_told() -> None:
    for lie in (TOO_LONG, TOO_SHORT):
        (frame,), rest = _frames([lie])
        assert (frame, rest) == (lie, b"")
        with pytest.raises(WireLengthError):
            read_packet(frame)


def test_a_bad_packet_without_cr_lf_ends_where_the_next_begins() -> None:
    assert _frames([BAD_CRC[:-2] + SHORT]) == ([BAD_CRC[:-2], SHORT], b"")


def test_what_is_torn_at_the_end_of_input_is_cut_and_told() -> None:
    assert cut(TORN) is None
    whole = cut_last(TORN)
    assert whole is not None
    assert (whole.frame, whole.rest) == (TORN, b"")
    with pytest.raises(WireLengthError):
        read_packet(whole.frame)


def test_the_end_of_input_loses_no_packet_behind_a_torn_one() -> None:
    assert _frames([TORN + BARE], cut_last) == ([BARE], b"")


@pytest.mark.parametrize("noise", [b"", b"#", b"no packet", b"\r\n\r\n"])
def test_noise_alone_is_never_a_packet(noise: bytes) -> None:
    assert cut(noise) is None
    assert cut_last(noise) is None


@pytest.mark.parametrize("noise", [b"x", b"#x", b"\r\n", b"##", b"##9999", b"##0004", b"##00a0"])
def test_what_is_kept_is_bounded_by_one_packet(noise: bytes) -> None:
    flood = noise * (60_000 // len(noise))
    frames, rest = _frames(flood[at : at + 1000] for at in range(0, len(flood), 1000))
    assert len(rest) <= MOST_PACKET
    assert sum(map(len, frames)) + len(rest) >= len(flood) - 2 * len(noise)
    for frame in frames[:3]:
        with pytest.raises(WireError):
            read_packet(frame)


def test_a_full_buffer_of_noise_does_not_swallow_the_packet_behind_it() -> None:
    flood = b"x" * (MOST_PACKET - 1) + SHORT
    frames, rest = _frames(flood[at : at + 1] for at in range(len(flood)))
    assert (frames[-1], rest) == (SHORT, b"")
    frames, rest = _frames([b"x" * 3 * MOST_PACKET + SHORT])
    assert (frames[-1], rest) == (SHORT, b"")
    with pytest.raises(WireFormError):
        read_packet(frames[0])


def test_a_packet_of_1024_bytes_is_cut() -> None:
    packet = packet_of(b"x" * 1022 + b"&&")
    assert _frames([packet]) == ([packet], b"")
