"""Any bytes, random or nearly right, raise nothing but WireError, and end soon."""

import random
import time
from collections.abc import Callable, Iterator

import pytest

from device_profiles.conversation import FrameCut
from device_profiles.modbus import answer, ask, tcp
from device_profiles.modbus.cuts import ascii_answer_cut, rtu_answer_cut, rtu_request_cut
from device_profiles.modbus.pdu import Adu, answer_of, request_of
from device_profiles.modbus.told import told_ascii, told_rtu, told_tcp
from device_profiles.plan import ReadRequest
from device_profiles.wire_errors import WireError

READ = ReadRequest(function=3, address=0, count=2)
SEEDS = [
    answer.RTU.frame(Adu(unit=1, pdu=bytes.fromhex(pdu)))
    for pdu in (
        "03 04 D4 7A 43 E8", "03 00 00 00 02", "83 02", "11 05 01 FF 41 42 43", "2B 0E 01 00",
        "2B 0E 01 81 FF 01 02 00 03 41 42 43 01 01 44", "01 03 CD 6B 05", "10 00 01 00 02",
    )
]  # fmt: skip


def asked(framing: ask.Framing) -> bytes:
    return next(ask.read(framing, 1, READ, "meter")).sends


def conversing(framing: ask.Framing, kind: int) -> Callable[[bytes], object]:
    def converse(received: bytes) -> object:
        talk = (
            ask.read(framing, 1, READ, "meter"),
            ask.identification(framing, 1, "meter"),
            ask.server_id(framing, 1, "meter"),
        )[kind]
        step = next(talk)
        try:
            while whole := step.cut(received):
                received = whole.rest
                step = talk.send(whole.frame)
        except StopIteration as end:
            return end.value
        return None

    return converse


READERS: list[Callable[[bytes], object]] = [
    told_rtu,
    told_ascii,
    told_tcp,
    lambda received: request_of(received, ""),
    lambda received: answer_of(received, ""),
    lambda received: tcp.judge(tcp.asking_read(1, 1, READ), received, ""),
    *(
        lambda received, framing=framing: answer.heard(framing, received, "")
        for framing in (answer.RTU, answer.ASCII, answer.TCP)
    ),
    *(conversing(framing, kind) for framing in (ask.RTU, ask.ASCII) for kind in range(3)),
]


def inputs(count: int, seed: int) -> Iterator[bytes]:
    """Random bytes, and frames with bytes changed, left out, doubled and put together."""
    draw = random.Random(seed)
    for _ in range(count):
        if draw.random() < 0.2:
            yield draw.randbytes(draw.randrange(60))
            continue
        whole = draw.choice(SEEDS)
        shape = draw.randrange(4)
        if shape == 1:
            whole = answer.ASCII.frame(Adu(unit=1, pdu=whole[1:-2]))
        elif shape == 2:
            whole = answer.TCP.frame(Adu(unit=1, pdu=whole[1:-2], transaction=1))
        elif shape == 3:
            # Any body with a CRC that fits: what is inside must be refused for its own sake.
            body = mutated(whole[1:-2], draw) or b"\0"
            whole = answer.RTU.frame(Adu(unit=1, pdu=body))
            yield whole
            continue
        yield mutated(whole, draw)


def mutated(frame: bytes, draw: random.Random) -> bytes:
    changed = bytearray(frame)
    for _ in range(draw.randrange(4)):
        place = draw.randrange(len(changed) + 1)
        match draw.randrange(4):
            case 0:
                changed[place:place] = draw.randbytes(draw.randrange(4))
            case 1:
                del changed[place : place + draw.randrange(4)]
            case 2 if place < len(changed):
                changed[place] = draw.randrange(256)
            case _:
                changed += draw.choice(SEEDS)
    return bytes(changed)


def bear(count: int, seed: int) -> None:
    for number, received in enumerate(inputs(count, seed)):
        reader = READERS[number % len(READERS)]
        try:
            reader(received)
        except WireError:
            continue


def test_100_000_inputs_raise_nothing_but_wire_errors() -> None:
    bear(100_000, seed=1)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_1_000_000_inputs_raise_nothing_but_wire_errors() -> None:
    bear(1_000_000, seed=2)


@pytest.mark.parametrize(
    "begin", [b"\x03\x03\xfa", b"\x03\x83", b"\x03", b"\x03\x10\x00\x00\x00\x01\xf0"]
)
def test_the_worst_noise_is_listened_to_cheaply(begin: bytes) -> None:
    """Bytes come one by one, and many of them begin what could be a long frame."""
    question = answer.RTU.frame(Adu(unit=3, pdu=b"\x03\0\0\0\x7d"))
    noise = (begin * 520)[:520]
    cuts: list[FrameCut] = [rtu_answer_cut(question), rtu_request_cut]
    for cut in cuts:
        began = time.process_time()
        assert all(cut(noise[:part]) is None or part > 250 for part in range(len(noise)))
        assert time.process_time() - began < 10


def test_ascii_noise_is_listened_to_cheaply() -> None:
    question = answer.ASCII.frame(Adu(unit=3, pdu=b"\x03\0\0\0\x7d"))
    noise = b":03\r\n" * 220
    began = time.process_time()
    for part in range(len(noise)):
        ascii_answer_cut(question)(noise[:part])
    assert time.process_time() - began < 10
