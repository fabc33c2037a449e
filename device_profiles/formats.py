"""The number formats of Modbus devices, each as a codec on bytes in canonical (ABCD) order.

Formats: two's complement integers, IEEE 754 floats, packed BCD, MOD10K (four decimal
digits a register), sign and magnitude, SunSpec accumulators, and single bits.
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from device_profiles.register_errors import DigitsError

FormatName = Literal[
    "bit",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "bcd16",
    "bcd32",
    "bcd64",
    "mod10k32",
    "mod10k48",
    "mod10k64",
    "signmag16",
    "acc16",
    "acc32",
    "acc64",
]
Number = int | float
Reason = Literal["sentinel", "not_a_number", "infinite", "scale_factor", "digits", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAvailable:
    """The device answered, and what it said is that it has no value. Never None, never 0."""

    reason: Reason = "sentinel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """One format: its width, the numbers it can carry, and both directions on canonical bytes."""

    word_count: int
    low: Number
    high: Number
    read: Callable[[bytes], Number | NotAvailable]
    write: Callable[[Number], bytes]
    empty: bytes | None = None


def _integer(word_count: int, *, signed: bool) -> Codec:
    bits = 16 * word_count
    return Codec(
        word_count=word_count,
        low=-(1 << (bits - 1)) if signed else 0,
        high=(1 << (bits - 1)) - 1 if signed else (1 << bits) - 1,
        read=lambda raw: int.from_bytes(raw, "big", signed=signed),
        write=lambda number: int(number).to_bytes(2 * word_count, "big", signed=signed),
    )


def _float(word_count: int, code: str, high: float) -> Codec:
    def read(raw: bytes) -> float | NotAvailable:
        number: float = struct.unpack(code, raw)[0]
        if math.isfinite(number):
            return number
        return NotAvailable(reason="not_a_number" if math.isnan(number) else "infinite")

    return Codec(
        word_count=word_count,
        low=-high,
        high=high,
        read=read,
        write=lambda number: struct.pack(code, number),
        empty=struct.pack(code, math.nan),
    )


def _bcd(word_count: int) -> Codec:
    def read(raw: bytes) -> int:
        digits = raw.hex()
        if not digits.isdecimal():
            raise DigitsError("registers", raw=digits.upper(), format="BCD", limit="0..9")
        return int(digits)

    return Codec(
        word_count=word_count,
        low=0,
        high=10 ** (4 * word_count) - 1,
        read=read,
        write=lambda number: bytes.fromhex(f"{int(number):0{4 * word_count}d}"),
    )


def _mod10k(word_count: int) -> Codec:
    def read(raw: bytes) -> int:
        number = 0
        for (word,) in struct.iter_unpack(">H", raw):
            if word > 9999:
                shown = raw.hex().upper()
                raise DigitsError("registers", raw=shown, format="MOD10K", limit="0..9999")
            number = number * 10_000 + word
        return number

    def write(number: Number) -> bytes:
        rest, words = int(number), bytearray()
        for _ in range(word_count):
            rest, word = divmod(rest, 10_000)
            words[:0] = word.to_bytes(2, "big")
        return bytes(words)

    high = 10_000**word_count - 1
    return Codec(word_count=word_count, low=0, high=high, read=read, write=write)


def _sign_magnitude() -> Codec:
    def read(raw: bytes) -> int:
        word = int.from_bytes(raw, "big")
        return -(word & 0x7FFF) if word & 0x8000 else word

    def write(number: Number) -> bytes:
        return (abs(int(number)) | (0x8000 if number < 0 else 0)).to_bytes(2, "big")

    return Codec(word_count=1, low=-0x7FFF, high=0x7FFF, read=read, write=write)


def _accumulator(word_count: int) -> Codec:
    """SunSpec: 0 means "not implemented" and zero alike, so zero is never taken for a value."""
    plain = _integer(word_count, signed=False)
    return Codec(
        word_count=word_count,
        low=0,
        high=plain.high,
        read=lambda raw: plain.read(raw) if any(raw) else NotAvailable(),
        write=plain.write,
        empty=bytes(2 * word_count),
    )


def _bit() -> Codec:
    def read(raw: bytes) -> int:
        if raw not in {b"\0\0", b"\0\1"}:
            raise DigitsError("registers", raw=raw.hex().upper(), format="bit", limit="0..1")
        return raw[1]

    plain = _integer(1, signed=False)
    return Codec(word_count=1, low=0, high=1, read=read, write=plain.write)


CODECS: Final = MappingProxyType(
    {
        "bit": _bit(),
        "int16": _integer(1, signed=True),
        "uint16": _integer(1, signed=False),
        "int32": _integer(2, signed=True),
        "uint32": _integer(2, signed=False),
        "int64": _integer(4, signed=True),
        "uint64": _integer(4, signed=False),
        "float32": _float(2, ">f", struct.unpack(">f", bytes.fromhex("7F7FFFFF"))[0]),
        "float64": _float(4, ">d", struct.unpack(">d", bytes.fromhex("7FEFFFFFFFFFFFFF"))[0]),
        "bcd16": _bcd(1),
        "bcd32": _bcd(2),
        "bcd64": _bcd(4),
        "mod10k32": _mod10k(2),
        "mod10k48": _mod10k(3),
        "mod10k64": _mod10k(4),
        "signmag16": _sign_magnitude(),
        "acc16": _accumulator(1),
        "acc32": _accumulator(2),
        "acc64": _accumulator(4),
    }
)


def word_count(format: FormatName) -> int:  # noqa: A002 (the protocol's word, as in the profile)
    """The number of registers of one value in `format`, 1 to 4 (a bit counts as one)."""
    return CODECS[format].word_count


def limits(format: FormatName) -> tuple[Number, Number]:  # noqa: A002
    """The least and the greatest number that `format` can carry."""
    return CODECS[format].low, CODECS[format].high


def is_integer(format: FormatName) -> bool:  # noqa: A002
    """True where `format` carries integers only."""
    return format not in {"float32", "float64"}
