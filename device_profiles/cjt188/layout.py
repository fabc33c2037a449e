"""The payload of a CJ/T 188 reply <-> its values, after layouts that are data (pure).

A payload is what follows DI and SER. Its fields stand one after another; where the unit of a
value stands depends on the maker, and the checksum cannot tell:

    value, then unit    00 77 66 55 2C    556677.00 m3
    unit, then value    17 50 02 00 00    2.50 kW

Read in the wrong order, the second is 250.17 of an unknown unit. So a profile names the layout of
its device, and states fields of its own where the device deviates.

A clock is judged apart from the rest: meters send clocks that are zero or no digits at all in
sound frames, and their readings hold nevertheless. What the two ST bytes mean depends on the
maker too; they are given as they are.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, Literal, NoReturn

import msgspec

from device_profiles.cjt188.frame import SHAPE
from device_profiles.cjt188.units import METER_UNITS, MeterUnit, Quantity
from device_profiles.formats import NotAvailable, Number
from device_profiles.packed_bcd import from_digits, is_empty, read_number, write_number
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireLengthError

Value = Number | str | NotAvailable
_CENTURY: Final = "20"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a payload.

    Attributes:
        name: what it is.
        form: a packed BCD number; a clock ss mm hh DD MM YY CC; status bytes.
        length: bytes of the value, a unit byte not counted.
        decimals: digits after the point, of a number.
        unit_byte: where the byte with the unit's code stands; none where there is none.
        quantity: what the unit has to measure.
        unit: UCUM code of a number without a unit byte.
        unconfirmed: what of it no published frame shows; empty where one does.
    """

    name: str
    form: Literal["number", "clock", "status"] = "number"
    length: int = 4
    decimals: int = 2
    unit_byte: Literal["before", "after", "none"] = "none"
    quantity: Quantity | None = None
    unit: str | None = None
    unconfirmed: str = ""

    @property
    def size(self) -> int:
        """Bytes of the value and its unit."""
        return self.length + (self.unit_byte != "none")


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one kind of payload, in the order they travel.

    Attributes:
        types: the meter types that send it.
        fields: in the order they travel.
        source: where it was found.
    """

    types: tuple[int, ...]
    fields: tuple[Field, ...]
    source: str

    @property
    def size(self) -> int:
        """Bytes of a payload."""
        return sum(field.size for field in self.fields)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a payload.

    Attributes:
        field: what it is and how it was coded.
        value: a number in `unit`; a clock as local time without zone, "2015-07-10T12:00:53"; the
            status bytes in hex as they travelled; or NotAvailable: "sentinel" for FF bytes and
            for a clock of zeros, "digits" for a clock that is no date.
        unit: UCUM code; None of clock and status, and where the unit's code is unknown.
        unit_code: the unit's code as it travelled; None where there is no unit byte.
        raw: value and unit byte as they travelled.
    """

    field: Field
    value: Value
    unit: str | None
    unit_code: int | None
    raw: bytes


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a meter shows: in the unit of `unit_code`, where the field has a unit byte."""

    value: Value
    unit_code: int | None = None


def read_layout(layout: Layout, payload: bytes) -> tuple[Reading, ...]:
    """The readings in `payload`, in the order of the layout's fields.

    Raises:
        WireLengthError: not as many bytes as the layout has.
        WireValueError: a number with a half byte above 9.
    """
    if len(payload) != layout.size:
        found, limit = len(payload), f"{layout.size} bytes of payload"
        raise WireLengthError(SHAPE.protocol, raw=payload, found=found, limit=limit)
    return tuple(_reading(field, raw) for field, raw in pieces(layout, payload))


def write_layout(layout: Layout, shown: Mapping[str, Shown]) -> bytes:
    """The payload that shows the values, by field name; the inverse of `read_layout`.

    Raises:
        FitError: a value that a field cannot carry, or is missing, or an unknown unit code.
    """
    return b"".join(_written(field, _of(field, shown)) for field in layout.fields)


def pieces(layout: Layout, payload: bytes) -> Iterator[tuple[Field, bytes]]:
    """Each field with its bytes, value and unit; of a shorter payload, what there is."""
    begin = 0
    for field in layout.fields:
        yield field, payload[begin : begin + field.size]
        begin += field.size


def split(field: Field, raw: bytes) -> tuple[bytes, int | None]:
    """The bytes of a field's value, and its unit's code; None where it has no unit byte."""
    if field.unit_byte == "before":
        return raw[1:], raw[0]
    return (raw[:-1], raw[-1]) if field.unit_byte == "after" else (raw, None)


def _reading(field: Field, raw: bytes) -> Reading:
    plain, code = split(field, raw)
    unit = _unit(field, code)
    value = _value(field, plain, unit)
    return Reading(
        field=field, value=value, unit=unit.unit if unit else field.unit, unit_code=code, raw=raw
    )


def _unit(field: Field, code: int | None) -> MeterUnit | None:
    """The unit of a code, if it is known and measures what the field does."""
    unit = METER_UNITS.get(code) if code is not None else None
    return unit if unit and unit.quantity == field.quantity else None


def _value(field: Field, plain: bytes, unit: MeterUnit | None) -> Value:
    if field.form == "clock":
        return _clock(plain)
    if field.form == "status":
        return plain.hex(" ").upper()
    exponent = unit.exponent if unit else 0
    return read_number(plain, field.decimals, exponent=exponent, where=SHAPE.protocol)


def _clock(plain: bytes) -> str | NotAvailable:
    """The time in ss mm hh DD MM YY CC."""
    if is_empty(plain) or not any(plain):
        return NotAvailable()
    written = plain[::-1].hex()
    try:
        at = datetime.fromisoformat(f"{written[:8]}T{written[8:]}")
    except ValueError:
        return NotAvailable(reason="digits")
    return at.isoformat() if written.startswith(_CENTURY) else NotAvailable(reason="digits")


def _of(field: Field, shown: Mapping[str, Shown]) -> Shown:
    if field.name not in shown:
        _unfit(field, "nothing", "a value for each field")
    return shown[field.name]


def _written(field: Field, shown: Shown) -> bytes:
    if field.form != "number":
        return _text_bytes(field, shown.value)
    value, unit = shown.value, _unit(field, shown.unit_code)
    if isinstance(value, str) or (unit is None) != (field.unit_byte == "none"):
        _unfit(field, shown, f"a number, unit byte {field.unit_byte}, {field.quantity}")
    exponent = unit.exponent if unit else 0
    raw = write_number(value, field.length, field.decimals, exponent=exponent, where=SHAPE.protocol)
    code = bytes([shown.unit_code]) if unit and shown.unit_code is not None else b""
    return code + raw if field.unit_byte == "before" else raw + code


def _text_bytes(field: Field, value: Value) -> bytes:
    """The bytes of a clock or of status bytes."""
    try:
        raw = _clock_bytes(value) if field.form == "clock" else bytes.fromhex(str(value))
    except ValueError:
        raw = b""
    if len(raw) != field.length:
        _unfit(field, value, f"{field.length} bytes of {field.form}")
    return raw


def _clock_bytes(value: Value) -> bytes:
    if isinstance(value, NotAvailable):
        return bytes(7)
    at = datetime.fromisoformat(str(value))
    return from_digits(f"{at:%Y%m%d%H%M%S}")


def _unfit(field: Field, found: object, limit: str) -> NoReturn:
    form = f"{field.form} '{field.name}'"
    raise FitError(SHAPE.protocol, key=field.name, found=str(found)[:80], format=form, limit=limit)
