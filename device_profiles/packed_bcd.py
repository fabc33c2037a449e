"""Packed BCD with its least significant byte first, as Chinese meter protocols send it (pure).

Two decimal digits a byte; the number 123456.78 with two decimals travels as 78 56 34 12.
A signed number has its sign in bit 7 of the last byte. FF in every byte means "no value".

>>> write_number(-5.123, 3, 3, signed=True).hex(" ")
'23 51 80'
>>> read_number(bytes.fromhex("78563412"), 2)
123456.78
"""

import math
from fractions import Fraction
from typing import Final

from device_profiles.formats import NotAvailable, Number
from device_profiles.register_errors import FitError
from device_profiles.scaling import times_power_of_ten
from device_profiles.wire_errors import WireValueError

_SIGN: Final = 0x80


def is_empty(raw: bytes) -> bool:
    """True where every byte is FF: the device has no value for this item."""
    return bool(raw) and not raw.strip(b"\xff")


def digits(raw: bytes, where: str = "packed BCD") -> str:
    """The decimal digits of `raw`, most significant first; two a byte.

    Raises:
        WireValueError: a half byte above 9, or no byte at all.
    """
    text = raw[::-1].hex()
    if not text.isdecimal():
        what, what_zh = "a half byte is no decimal digit", "半字节不是十进制数字"
        raise WireValueError(where, raw=raw, limit="0..9", what=what, what_zh=what_zh)
    return text


def from_digits(text: str) -> bytes:
    """The bytes of an even number of decimal digits; the inverse of `digits`."""
    return bytes.fromhex(text)[::-1]


def read_number(
    raw: bytes,
    decimals: int,
    *,
    signed: bool = False,
    exponent: int = 0,
    where: str = "packed BCD",
) -> Number | NotAvailable:
    """The number in `raw`, or NotAvailable where all its bytes are FF.

    Args:
        raw: the bytes as they travel, least significant first.
        decimals: how many of the digits stand after the point.
        signed: bit 7 of the last byte is the sign; minus zero is zero.
        exponent: power of ten of the unit (2 for a unit of 100 MWh).
        where: the protocol or the item, for the message of an error.

    Integers stay `int`; decimals are rounded once, to the nearest double.

    Raises:
        WireValueError: a half byte above 9.
    """
    if is_empty(raw):
        return NotAvailable()
    negative = signed and raw != b"" and bool(raw[-1] & _SIGN)
    magnitude = raw[:-1] + bytes([raw[-1] & ~_SIGN]) if negative else raw
    number = int(digits(magnitude, where))
    return times_power_of_ten(-number if negative else number, exponent - decimals)


def write_number(
    number: Number | NotAvailable,
    length: int,
    decimals: int,
    *,
    signed: bool = False,
    exponent: int = 0,
    where: str = "packed BCD",
) -> bytes:
    """The `length` bytes that show `number`, to the nearest step; the inverse of `read_number`.

    A sign costs one bit of the first digit: three signed bytes hold -799999 to 799999.

    Raises:
        FitError: the number is not finite, has more digits, or is negative without a sign.
    """
    if isinstance(number, NotAvailable):
        return b"\xff" * length
    most = (8 * 10 ** (2 * length - 1) if signed else 10 ** (2 * length)) - 1
    places = decimals - exponent
    steps = round(Fraction(number) * Fraction(10) ** places) if math.isfinite(number) else None
    if steps is None or not (-most if signed else 0) <= steps <= most:
        form = f"BCD of {length} bytes, {decimals} decimals"
        limit = f"{-most if signed else 0}..{most} steps of 1E{-places}"
        raise FitError(where, found=number, format=form, limit=limit)
    raw = bytearray(from_digits(f"{abs(steps):0{2 * length}d}"))
    raw[-1] |= _SIGN if steps < 0 else 0
    return bytes(raw)
