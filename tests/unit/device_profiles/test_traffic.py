"""Captures of traffic: pieces become questions and answers, and answers frames."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.dlt645.frame import Frame, encode
from device_profiles.modbus import rtu, tcp
from device_profiles.modbus.pdu import Adu
from device_profiles.traffic import (
    About,
    Exchange,
    Passage,
    TrafficError,
    exchanges,
    frames,
    read_passages,
)

PROTOCOLS = (
    "dlt645",
    "cjt188",
    "modbus-rtu",
    "modbus-ascii",
    "modbus-tcp",
    "mbus",
    "iec62056-21",
)


def piece(direction: str, data: bytes, line: str = "a", protocol: str = "dlt645") -> Passage:
    plain = {
        "at": "2026-03-31T08:00:00Z",
        "line": line,
        "protocol": protocol,
        "direction": direction,
        "bytes": data.hex(" ").upper(),
    }
    return msgspec.convert(plain, Passage)


def turn(protocol: str, asked: bytes, answered: bytes) -> Exchange:
    about = About(line="a", device="", protocol=protocol)
    return Exchange(at="", about=about, asked=asked, answered=answered)


def test_pieces_come_back_as_they_were_written() -> None:
    pieces = (piece("sent", b"\x01\x02"), piece("received", b""), piece("received", b"\xff"))
    content = b"\n".join(msgspec.json.encode(each) for each in pieces) + b"\n\n"
    assert read_passages(content, "file") == pieces


def test_all_that_comes_before_the_next_question_of_a_line_is_its_answer() -> None:
    found = exchanges(
        [
            piece("received", b"\x00"),
            piece("sent", b"\x01"),
            piece("received", b"\x02"),
            piece("sent", b"\x08", line="b"),
            piece("received", b"\x03"),
            piece("sent", b"\x04"),
        ]
    )
    assert [(each.asked, each.answered) for each in found["a"]] == [
        (b"", b"\x00"),
        (b"\x01", b"\x02\x03"),
        (b"\x04", b""),
    ]
    assert [(each.asked, each.answered) for each in found["b"]] == [(b"\x08", b"")]


def test_frames_are_cut_out_of_noise_and_echo() -> None:
    meter = Frame(address="000000000001", control=0x93, data=bytes(6))
    frame = encode(meter, 0)
    assert list(frames(turn("dlt645", b"", b"\x00\xfe" + frame + frame))) == [frame, frame]
    asked = rtu.frame(Adu(unit=1, pdu=bytes.fromhex("0300000001")))
    answer = rtu.frame(Adu(unit=1, pdu=bytes.fromhex("0302000A")))
    assert list(frames(turn("modbus-rtu", asked, asked + answer))) == [asked, answer]
    one = tcp.frame(Adu(unit=1, pdu=b"\x03\x02\x00\x01", transaction=1))
    assert list(frames(turn("modbus-tcp", b"", one + one[:5]))) == [one, one[:5]]
    assert list(frames(turn("some-other", b"", b"\x01\x02"))) == [b"\x01\x02"]


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b'{"schema":1}',
        b"[" * 5000,
        b"\xff",
        msgspec.json.encode(piece("sent", b"\x01")).replace(b'"01"', b'"0"'),
        msgspec.json.encode(piece("sent", b"\x01")).replace(b'"sent"', b'"lost"'),
    ],
)
def test_what_is_no_piece_is_refused_with_its_number(line: bytes) -> None:
    with pytest.raises(TrafficError, match="file:2"):
        read_passages(b"\n" + line, "file")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_capture_or_refused(content: bytes) -> None:
    try:
        found = read_passages(content, "file")
    except TrafficError:
        return
    assert all(isinstance(each, Passage) for each in found)


@given(
    st.sampled_from(
        ["dlt645", "cjt188", "modbus-rtu", "modbus-ascii", "modbus-tcp", "mbus", "iec62056-21"]
    ),
    st.binary(max_size=40),
    st.binary(max_size=600),
)
def test_any_bytes_are_frames_or_left_over(protocol: str, asked: bytes, answered: bytes) -> None:
    found = list(frames(turn(protocol, asked, answered)))
    assert sum(map(len, found)) <= len(answered)
