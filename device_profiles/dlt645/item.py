"""One value of a DL/T 645 item <-> its bytes, without 33h (pure).

    form     example of a value        as it travels
    number   123456.78                 packed BCD, low byte first; sign in bit 7 of the last byte
    digits   "000000000161"            packed BCD, low byte first
    text     "1.0"                     ASCII, last character first, filled with NUL (D)
    date     "2026-03-31"              WW DD MM YY (YYMMDDWW), WW 0 = Sunday
    time     "23:59:30"                ss mm hh
    minute   "2026-03-31T16:00"        mm hh DD MM YY; all 00: it never happened
    bits     4                         unsigned, low byte first

Dates are local to the meter, which says no time zone; YY is of this century. FF in every byte
is "no value" in every form but bits.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Final, Literal, NoReturn

import msgspec

from device_profiles.dlt645.frame import SHAPE
from device_profiles.formats import NotAvailable, Number
from device_profiles.packed_bcd import digits, from_digits, is_empty, read_number, write_number
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireLengthError, WireValueError

Form = Literal["number", "digits", "text", "date", "time", "minute", "bits"]
Value = Number | str | NotAvailable

_CENTURY: Final = "20"
_PRINTABLE: Final = frozenset(range(0x20, 0x7F))


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """How one value is coded.

    Attributes:
        form: see the table above.
        length: number of bytes.
        decimals: digits after the point, of a number.
        signed: the number may be negative.
        unit: UCUM code of a number.
        name: what the value is, where an item has several.
    """

    form: Form
    length: int
    decimals: int = 0
    signed: bool = False
    unit: str = "1"
    name: str = ""


def read_value(part: Part, plain: bytes) -> Value:
    """The value in `plain`; numbers are exact integers, or decimals rounded once.

    Raises:
        WireLengthError: not as many bytes as the part has.
        WireValueError: a half byte above 9, an impossible date or time, an unprintable character.
    """
    if len(plain) != part.length:
        limit = f"{part.length} bytes"
        raise WireLengthError(SHAPE.protocol, raw=plain, found=len(plain), limit=limit)
    if part.form != "bits" and is_empty(plain):
        return NotAvailable()
    return _READERS[part.form](part, plain)


def write_value(part: Part, value: Value) -> bytes:
    """The bytes that show `value`, a number to its nearest step; the inverse of `read_value`.

    Raises:
        FitError: the value is of another form, out of range, or negative without a sign.
    """
    if isinstance(value, NotAvailable):
        plain = b"" if part.form == "bits" else b"\xff" * part.length
    elif isinstance(value, str):
        plain = _text_bytes(part, value)
    elif part.form == "bits":
        fits = isinstance(value, int) and 0 <= value < 256**part.length
        plain = int(value).to_bytes(part.length, "little") if fits else b""
    else:
        plain = _number_bytes(part, value)
    if len(plain) != part.length:
        form, limit = part.form, f"{part.length} bytes"
        raise FitError(SHAPE.protocol, key=part.name or "-", found=value, format=form, limit=limit)
    return plain


def _number(part: Part, plain: bytes) -> Number | NotAvailable:
    return read_number(plain, part.decimals, signed=part.signed, where=SHAPE.protocol)


def _number_bytes(part: Part, value: Number) -> bytes:
    if part.form != "number":
        return b""
    coded = part.length, part.decimals
    return write_number(value, *coded, signed=part.signed, where=SHAPE.protocol)


def _text(part: Part, plain: bytes) -> str:
    del part
    text = plain[::-1].rstrip(b"\0")
    if not _PRINTABLE.issuperset(text):
        _refuse(plain, "a character is not printable ASCII", "字符不是可打印的 ASCII")
    return text.decode("ascii")


def _date(part: Part, plain: bytes) -> Value:
    del part
    written = digits(plain, SHAPE.protocol)
    if written[6:] > "06":
        _refuse(plain, "the weekday is above 6", "星期大于 6")
    return _valid(plain, lambda: date.fromisoformat(_CENTURY + written[:6]).isoformat())


def _time(part: Part, plain: bytes) -> Value:
    del part
    written = digits(plain, SHAPE.protocol)
    return _valid(plain, lambda: time.fromisoformat(written).isoformat())


def _minute(part: Part, plain: bytes) -> Value:
    del part
    if not any(plain):
        return NotAvailable()
    written = digits(plain, SHAPE.protocol)
    iso = f"{_CENTURY}{written[:6]}T{written[6:]}"
    return _valid(plain, lambda: datetime.fromisoformat(iso).isoformat(timespec="minutes"))


def _valid(plain: bytes, read: Callable[[], str]) -> str:
    try:
        return read()
    except ValueError:
        _refuse(plain, "there is no such date or time", "不存在的日期或时间")


def _refuse(plain: bytes, what: str, what_zh: str) -> NoReturn:
    raise WireValueError(SHAPE.protocol, raw=plain, what=what, what_zh=what_zh) from None


_READERS: Final[Mapping[Form, Callable[[Part, bytes], Value]]] = MappingProxyType(
    {
        "number": _number,
        "digits": lambda part, plain: digits(plain, SHAPE.protocol),  # noqa: ARG005
        "text": _text,
        "date": _date,
        "time": _time,
        "minute": _minute,
        "bits": lambda part, plain: int.from_bytes(plain, "little"),  # noqa: ARG005
    }
)


def _text_bytes(part: Part, text: str) -> bytes:
    """The bytes of a text form; of another length than the part's where the text does not fit."""
    try:
        return _WRITERS[part.form](part, text) if part.form in _WRITERS else b""
    except ValueError:
        return b""


def _weekday_first(part: Part, text: str) -> bytes:
    del part
    day = date.fromisoformat(text)
    return from_digits(f"{day:%y%m%d}{day.isoweekday() % 7:02d}") if day.year // 100 == 20 else b""


def _to_time(part: Part, text: str) -> bytes:
    del part
    at = time.fromisoformat(text)
    return from_digits(f"{at:%H%M%S}") if at.tzinfo is None else b""


def _to_minute(part: Part, text: str) -> bytes:
    del part
    at = datetime.fromisoformat(text)
    return from_digits(f"{at:%y%m%d%H%M}") if at.year // 100 == 20 and at.tzinfo is None else b""


_WRITERS: Final[Mapping[Form, Callable[[Part, str], bytes]]] = MappingProxyType(
    {
        "digits": lambda part, text: (
            from_digits(text) if text.isdecimal() and len(text) == 2 * part.length else b""
        ),
        "text": lambda part, text: text.encode("ascii").ljust(part.length, b"\0")[::-1],
        "date": _weekday_first,
        "time": _to_time,
        "minute": _to_minute,
    }
)
