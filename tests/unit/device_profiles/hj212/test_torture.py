"""Foreign bytes raise only WireError: random ones, mutated packets, and mutants sealed anew."""

import json
import random
from contextlib import suppress

import pytest

from device_profiles.hj212.assemble import Assembly, expire, take
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.received import read_packet
from device_profiles.hj212.segment import read_segment
from device_profiles.hj212.stream import cut_last
from device_profiles.hj212.times import CHINA, span
from device_profiles.hj212.told import told
from device_profiles.wire_errors import WireError
from tests.unit.device_profiles.hj212.vectors import SEGMENTS, SOUND

PACKETS = [vector["data"].encode() for vector in SOUND]
BODIES = [*(packet[6:-4] for packet in PACKETS), *SEGMENTS.values()]
PIECES = [
    *(b";", b",", b"=", b"&&", b"&", b"//", b"-", b"##", b"\r\n", b"\x00", b"\xff", b" ", b"."),
    *(b"CP=&&", b"QN=", b"Flag=", b"PNUM=", b"-Rtd=", b"-Flag=N", b"SB1-RS=", b"DataTime=", b"9"),
    *("站".encode(), "站".encode("gb18030"), b"1e400", b"9" * 40, b"-0", b"NaN", b"9999"),
]


def _mutated(source: random.Random, raw: bytes) -> bytes:
    data = bytearray(raw)
    for _ in range(source.randrange(1, 5)):
        at = source.randrange(len(data) + 1)
        match source.randrange(4):
            case 0:
                data[at : at + source.randrange(12)] = b""
            case 1:
                data[at:at] = source.choice(PIECES)
            case 2:
                data[at : at + 1] = source.randbytes(1)
            case _:
                other = source.choice(PACKETS)
                data[at:at] = other[source.randrange(len(other)) :][: source.randrange(60)]
    return bytes(data[:9999])


def _input(source: random.Random) -> bytes:
    kind = source.random()
    if kind < 0.1:
        return source.randbytes(source.randrange(200))
    if kind < 0.3:
        return _mutated(source, source.choice(PACKETS))
    segment = _mutated(source, source.choice(BODIES))
    return packet_of(segment[:1024])


def _campaign(rounds: int, seed: int) -> tuple[int, int]:
    """How many inputs were read and how many refused; anything but WireError breaks it."""
    source, assembly, refused = random.Random(seed), Assembly(), 0
    for number in range(rounds):
        raw = _input(source)
        cut_last(raw)
        try:
            json.dumps(told(raw), allow_nan=False)
        except WireError as wrong:
            wrong.say("zh")
            refused += 1
            continue
        assembly, _ = expire(_taken(assembly, raw, float(number)), float(number), 200.0)
    return rounds - refused, refused


def _taken(assembly: Assembly, raw: bytes, at_s: float) -> Assembly:
    """The state after a packet that could be read; its time and its numbers may still be wrong."""
    packet = read_packet(raw)
    with suppress(WireError):
        span(packet.segment.cn, packet.content.data_time or "", CHINA, interval_min=1)
    with suppress(WireError):
        return take(assembly, packet, at_s).assembly
    return assembly


def test_twenty_thousand_foreign_inputs_raise_nothing_but_wire_errors() -> None:
    read, refused = _campaign(20_000, 212)
    assert read > 5_000
    assert refused > 5_000


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_a_million_foreign_inputs_raise_nothing_but_wire_errors() -> None:
    read, refused = _campaign(1_000_000, 2017)
    assert read > 250_000
    assert refused > 250_000


def test_a_segment_of_ten_kilobytes_of_separators_is_read_in_time() -> None:
    head = b"QN=1;ST=31;CN=2011;PW=;MN=;Flag=5;CP=&&"
    for piece in (b"a-b=1,", b";", b"=//", b"x", b"--", b"a1-Rtd=1;", b"a=b;"):
        body = piece * ((9900 - len(head)) // len(piece))
        segment = read_segment(head + body + b"&&")
        assert segment.content == body
