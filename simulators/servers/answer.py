"""Answers to Modbus read requests out of an image of words; no input or output.

Source: MODBUS Application Protocol Specification V1.1b3, clauses 6.1 to 6.4 and 7.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

ILLEGAL_FUNCTION = 1
ILLEGAL_DATA_ADDRESS = 2
ILLEGAL_DATA_VALUE = 3
DEVICE_FAILURE = 4
GATEWAY_TARGET_FAILED = 0x0B
BIT_FUNCTIONS = frozenset({1, 2})
WORD_FUNCTIONS = frozenset({3, 4})
MOST_BITS = 2000
MOST_WORDS = 125

Words: TypeAlias = Mapping[tuple[int, int], int]
Gaps: TypeAlias = Literal["zero", "exception"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """All that an instrument can be asked for at one instant.

    Attributes:
        words: word (or bit) by function code and address.
        gaps: what stands between covered addresses of one function: 0, or exception 2.
    """

    words: Words
    gaps: Gaps


def answer(pdu: bytes, image: Image) -> bytes:
    """The reply's PDU: data for function codes 1 to 4, else an exception."""
    function = pdu[0]
    if function not in BIT_FUNCTIONS | WORD_FUNCTIONS:
        return exception(function, ILLEGAL_FUNCTION)
    most = MOST_BITS if function in BIT_FUNCTIONS else MOST_WORDS
    if len(pdu) != 5:
        return exception(function, ILLEGAL_DATA_VALUE)
    address, count = struct.unpack_from(">HH", pdu, 1)
    if not 1 <= count <= most:
        return exception(function, ILLEGAL_DATA_VALUE)
    words = _read(image, function, address, count)
    if words is None:
        return exception(function, ILLEGAL_DATA_ADDRESS)
    return _data(function, words)


def exception(function: int, code: int) -> bytes:
    """The PDU of an exception."""
    return bytes([function | 0x80, code])


def _read(image: Image, function: int, address: int, count: int) -> list[int] | None:
    covered = [at for code, at in image.words if code == function]
    last = address + count - 1
    if not covered or address < min(covered) or last > max(covered):
        return None
    words = [image.words.get((function, at)) for at in range(address, last + 1)]
    if image.gaps == "exception" and None in words:
        return None
    return [word or 0 for word in words]


def _data(function: int, words: list[int]) -> bytes:
    if function in WORD_FUNCTIONS:
        content = struct.pack(f">{len(words)}H", *words)
    else:
        content = _packed_bits(words)
    return bytes([function, len(content)]) + content


def _packed_bits(bits: list[int]) -> bytes:
    packed = bytearray((len(bits) + 7) // 8)
    for index, bit in enumerate(bits):
        packed[index // 8] |= (1 if bit else 0) << (index % 8)
    return bytes(packed)
