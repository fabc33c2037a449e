import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.servers.answer import Image, answer

WORDS = {(3, 100 + at): 1000 + at for at in range(200)} | {(3, 400): 7}
BITS = {(1, at): at % 3 == 0 for at in range(20)}
IMAGE = Image(words=WORDS | BITS, gaps="zero")
STRICT = Image(words=WORDS | BITS, gaps="exception")


def read(function: int, address: int, count: int) -> bytes:
    return struct.pack(">BHH", function, address, count)


def test_registers_are_answered_in_the_order_of_their_addresses() -> None:
    assert answer(read(3, 100, 3), IMAGE) == bytes.fromhex("03 06 03E8 03E9 03EA")


def test_bits_are_packed_least_significant_first() -> None:
    assert answer(read(1, 0, 10), IMAGE) == bytes([1, 2, 0b01001001, 0b10])


@pytest.mark.parametrize(
    ("pdu", "code"),
    [
        (read(5, 0, 1), 1),
        (read(16, 100, 1), 1),
        (bytes([43, 14, 1, 0]), 1),
        (read(3, 100, 0), 3),
        (read(3, 100, 126), 3),
        (read(1, 0, 2001), 3),
        (read(3, 100, 1)[:4], 3),
        (read(3, 100, 1) + b"\0", 3),
        (bytes([3]), 3),
        (read(3, 99, 2), 2),
        (read(3, 400, 2), 2),
        (read(3, 65535, 2), 2),
        (read(4, 100, 1), 2),
        (read(1, 19, 2), 2),
    ],
)
def test_what_cannot_be_read_is_an_exception(pdu: bytes, code: int) -> None:
    assert answer(pdu, IMAGE) == bytes([pdu[0] | 0x80, code])


def test_the_largest_block_is_answered() -> None:
    assert len(answer(read(3, 100, 125), IMAGE)) == 2 + 250


def test_a_gap_within_a_block_is_zero_or_an_exception_as_configured() -> None:
    assert answer(read(3, 299, 3), IMAGE) == bytes.fromhex("03 06 04AF 0000 0000")
    assert answer(read(3, 350, 1), IMAGE) == bytes.fromhex("03 02 0000")
    assert answer(read(3, 299, 3), STRICT) == bytes([0x83, 2])
    assert answer(read(3, 400, 1), STRICT) == bytes.fromhex("03 02 0007")


@given(pdu=st.binary(min_size=1, max_size=253))
def test_any_request_has_an_answer_that_fits_a_frame(pdu: bytes) -> None:
    reply = answer(pdu, IMAGE)
    assert 2 <= len(reply) <= 253
    assert reply[0] in {pdu[0], pdu[0] | 0x80}
