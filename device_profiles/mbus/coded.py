"""The coded value of a record, both ways: what the DIF's data field says (EN 13757-3).

Integers are two's complement, low byte first; packed decimals have their sign in an F in the
highest place; both stay exact. A number that is no number is told, never guessed.
"""

import math
import struct
from typing import Final, TypeAlias

from device_profiles.formats import NotAvailable, Number
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireFormError, WireLengthError

Coded: TypeAlias = int | float | str | bytes | NotAvailable

VARIABLE: Final = 0xD
FLOAT: Final = 0x5
INTEGERS: Final = {0x1: 1, 0x2: 2, 0x3: 3, 0x4: 4, 0x6: 6, 0x7: 8}
"""Data fields of integers, and their bytes."""
DECIMALS: Final = {0x9: 1, 0xA: 2, 0xB: 3, 0xC: 4, 0xE: 6}
"""Data fields of packed decimals, and their bytes."""
_SIZES: Final = {0x0: 0, 0x8: 0, FLOAT: 4, **INTEGERS, **DECIMALS}
_MOST_TEXT, _BINARY, _LONG_BINARY = 0xBF, 0xE0, 0xF0
_LENGTHS: Final = {
    **{length: length for length in range(_MOST_TEXT + 1)},
    **{_BINARY + size: size for size in range(0x10)},
    **{_LONG_BINARY + step: 16 + 4 * step for step in range(5)},
}
"""Length byte to bytes that follow. Packed decimals (C0 to DF) are left out: libraries
contradict each other on how long they are, and a wrong length shifts all that follows."""


def data_size(field: int, raw: bytes, at: int) -> int:
    """Bytes of the value that begins at `at`, a length byte included.

    Raises:
        WireLengthError: the length byte is missing.
        WireFormError: a length byte of which it is not known how long it is.
    """
    if field != VARIABLE:
        return _SIZES[field]
    if at >= len(raw):
        raise WireLengthError("m-bus record", raw=raw, found=len(raw), limit=f">= {at + 1}")
    if raw[at] not in _LENGTHS:
        what = f"it is not known how long a variable length {raw[at]:02X} is"
        what_zh = f"可变长度 {raw[at]:02X} 的字节数未知"
        limit = "00..BF E0..F4"
        raise WireFormError("m-bus record", raw=raw, what=what, what_zh=what_zh, limit=limit)
    return 1 + _LENGTHS[raw[at]]


def read_coded(field: int, data: bytes) -> Coded:
    """The value of `data`, which has the size that `data_size` says.

    An exact `int`; a `float` (IEEE 754 single); text; `bytes` for a binary string; or
    `NotAvailable` where the field carries no data, or no number.
    """
    if field in INTEGERS:
        return int.from_bytes(data, "little", signed=True)
    if field in DECIMALS:
        return _decimal(data)
    if field == FLOAT:
        return _single(data)
    return _variable(data) if field == VARIABLE else NotAvailable()


def write_coded(field: int, value: Coded) -> bytes:
    """The bytes of `value` in a data field, its length byte included.

    Raises:
        FitError: the field cannot carry it.
    """
    try:
        written = _written(field, value)
    except (OverflowError, ValueError, struct.error) as cause:
        raise _unfit(field, value) from cause
    if written is None:
        raise _unfit(field, value)
    return written


def _written(field: int, value: Coded) -> bytes | None:
    if field in INTEGERS and isinstance(value, int):
        return value.to_bytes(INTEGERS[field], "little", signed=True)
    if field in DECIMALS and isinstance(value, int):
        return _decimal_bytes(value, DECIMALS[field])
    if field == FLOAT and isinstance(value, int | float):
        return struct.pack("<f", value)
    if field == VARIABLE:
        return _variable_bytes(value)
    return b"" if _SIZES[field] == 0 and isinstance(value, NotAvailable) else None


def _unfit(field: int, value: Coded) -> FitError:
    return FitError("m-bus record", found=str(value)[:40], format=f"data field {field:X}")


def _decimal(data: bytes) -> int | NotAvailable:
    digits = data[::-1].hex()
    negative = digits.startswith("f")
    places = digits[1:] if negative else digits
    if not places.isdecimal():
        return NotAvailable(reason="digits")
    return -int(places) if negative else int(places)


def _decimal_bytes(value: int, size: int) -> bytes | None:
    places = 2 * size
    text = f"F{-value:0{places - 1}d}" if value < 0 else f"{value:0{places}d}"
    return bytes.fromhex(text)[::-1] if len(text) == places else None


def _single(data: bytes) -> Number | NotAvailable:
    number: float = struct.unpack("<f", data)[0]
    if math.isfinite(number):
        return number
    return NotAvailable(reason="not_a_number" if math.isnan(number) else "infinite")


def _variable(data: bytes) -> str | bytes:
    content = data[:0:-1]
    return content.decode("latin-1") if data[0] <= _MOST_TEXT else content


def _variable_bytes(value: Coded) -> bytes | None:
    if isinstance(value, str):
        content = value.encode("latin-1")
        lengths = range(_MOST_TEXT + 1)
    elif isinstance(value, bytes):
        content = value
        lengths = range(_BINARY, _LONG_BINARY + 5)
    else:
        return None
    fitting = [each for each in lengths if _LENGTHS[each] == len(content)]
    return bytes((fitting[0],)) + content[::-1] if fitting else None
