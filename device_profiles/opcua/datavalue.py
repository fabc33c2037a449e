"""One OPC UA DataValue: value, status, source and server timestamp, both ways.

Source: OPC 10000-6, 5.2.2.16 (Variant) and 5.2.2.17 (DataValue). Picoseconds stand right after
the timestamp they belong to. asyncua 2.1.0 writes and reads them after both timestamps, so what
a server sends is decoded here, from the bytes as they came, and kept so.
"""

import struct
from typing import TypeAlias

import msgspec

from device_profiles.opcua.builtin import BY_NAME, SCALARS, BuiltIn, TypeName, type_name
from device_profiles.opcua.instant import utc_ns
from device_profiles.opcua.walk import data_value_end, end_of, variant_end
from device_profiles.wire_errors import WireLengthError, WireValueError

Scalar: TypeAlias = bool | int | float | str
"""Boolean, whole numbers, floating point numbers (also NaN and infinities), text, ticks."""

_MOST_PICOSECONDS = 9999
_ARRAY, _TYPE = 0x80, 0x3F
_STATUS, _LENGTH = struct.Struct("<I"), struct.Struct("<i")
_VALUE = 0x01
# In the order of the bytes: mask bit, field, layout.
_FIELDS = (
    (0x02, "status", "I"),
    (0x04, "source_ticks", "q"),
    (0x10, "source_picoseconds", "H"),
    (0x08, "server_ticks", "q"),
    (0x20, "server_picoseconds", "H"),
)
_PICOSECONDS = {"source_picoseconds", "server_picoseconds"}


def _after_value(mask: int) -> tuple[tuple[str, ...], struct.Struct]:
    there = [(field, layout) for bit, field, layout in _FIELDS if mask & bit]
    names = tuple(field for field, _ in there)
    return names, struct.Struct("<" + "".join(layout for _, layout in there))


# Which fields follow the value, and how they lie, by the mask without its lowest bit.
_AFTER_VALUE = tuple(_after_value(mask << 1) for mask in range(32))


class DataValue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a server said of one node at one instant; a field is None where it said nothing.

    Attributes:
        value: Of the type `type`; of a DateTime its ticks (`device_profiles.opcua.instant`).
        type: Name of the built-in type.
        status: 0 to 2**32 - 1; none means Good.
        source_ticks, server_ticks: When the source took the value, when the server had it.
        source_picoseconds, server_picoseconds: What is to be added, in units of 10 ps, below
            10,000; larger ones are read as 9,999 (5.2.2.17).
    """

    value: Scalar | None = None
    type: TypeName | None = None
    status: int | None = None
    source_ticks: int | None = None
    source_picoseconds: int | None = None
    server_ticks: int | None = None
    server_picoseconds: int | None = None

    @property
    def status_code(self) -> int:
        """The StatusCode that holds: Good where none was sent."""
        return self.status or 0

    @property
    def source_at_ns(self) -> int | None:
        """When the source took the value, UTC ns, cut to 100 ns; None if it does not say."""
        return None if self.source_ticks is None else utc_ns(self.source_ticks)

    @property
    def server_at_ns(self) -> int | None:
        """When the server had the value, UTC ns, cut to 100 ns; None if it does not say."""
        return None if self.server_ticks is None else utc_ns(self.server_ticks)

    def age_ns(self, now_ns: int) -> int | None:
        """How old the value is by our own clock; negative where its source's clock is ahead."""
        return None if self.source_at_ns is None else now_ns - self.source_at_ns


def decode(raw: bytes, where: str = "DataValue") -> DataValue:
    """The DataValue that `raw` holds, all of it and nothing else.

    Raises:
        WireLengthError: `raw` is longer or shorter than what it begins to say.
        WireFormError: `raw` is no DataValue.
        WireValueError: its value is an array, a structure, or another kind that is no scalar.
    """
    end = end_of(raw, 0, data_value_end, where)
    if end != len(raw):
        raise WireLengthError(where, raw=raw, found=len(raw), limit=end)
    mask, at = raw[0], 1
    value, kind, at = _variant(raw, at, where) if mask & _VALUE else (None, None, at)
    names, layout = _AFTER_VALUE[mask >> 1]
    found = dict(zip(names, layout.unpack_from(raw, at), strict=True))
    for field in _PICOSECONDS & found.keys():
        found[field] = min(found[field], _MOST_PICOSECONDS)
    return DataValue(value=value, type=kind, **found)


def encode(told: DataValue) -> bytes:
    """The bytes of a DataValue whose fields lie in their ranges.

    Raises:
        WireValueError: a field does not fit its layout, or a value has no type.
    """
    try:
        mask, parts = 0, []
        if told.type is not None:
            mask, parts = _VALUE, [_encoded_variant(BY_NAME[told.type], told.value)]
        for bit, field, layout in _FIELDS:
            if (number := getattr(told, field)) is not None:
                mask |= bit
                parts.append(struct.pack(f"<{layout}", number))
    except (struct.error, TypeError, OverflowError, UnicodeEncodeError) as wrong:
        raise _unfit(told, str(wrong)) from None
    if told.type is None and told.value is not None:
        raise _unfit(told, "a value needs a type")
    return bytes([mask, *b"".join(parts)])


def status_of(raw: bytes, where: str = "DataValue") -> int:
    """The StatusCode of a DataValue, whatever its value is.

    Raises:
        WireLengthError, WireFormError: `raw` is no DataValue.
    """
    end_of(raw, 0, data_value_end, where)
    if not raw[0] & _FIELDS[0][0]:
        return 0
    at = variant_end(raw, 1, 0) if raw[0] & _VALUE else 1
    status: int = _STATUS.unpack_from(raw, at)[0]
    return status


def of_status(status: int) -> bytes:
    """The DataValue that holds a StatusCode and nothing else, as a server answers a wrong node."""
    return encode(DataValue(status=status))


def _variant(raw: bytes, at: int, where: str) -> tuple[Scalar | None, TypeName | None, int]:
    """Value, type, and where the Variant ends; `raw` was walked before."""
    kind = raw[at] & _TYPE
    if raw[at] & _ARRAY or (kind and kind not in SCALARS):
        _refuse_kind(raw, at, where)
    if not kind:
        return None, None, at + 1
    scalar = SCALARS[kind]
    if scalar.layout is None:
        return _text(raw, at + 1, where)
    number = scalar.layout.unpack_from(raw, at + 1)[0]
    value = bool(number) if scalar.name == "Boolean" else number
    return value, scalar.name, at + 1 + scalar.layout.size


def _text(raw: bytes, at: int, where: str) -> tuple[str | None, TypeName, int]:
    length = _LENGTH.unpack_from(raw, at)[0]
    end = at + 4 + max(0, length)
    try:
        return None if length < 0 else raw[at + 4 : end].decode(), "String", end
    except UnicodeDecodeError:
        what, zh = "a text that is not UTF-8", "文本不是 UTF-8"
        raise WireValueError(where, raw=raw, what=what, what_zh=zh) from None


def _refuse_kind(raw: bytes, at: int, where: str) -> None:
    kind = type_name(raw[at] & _TYPE)
    many, zh = ("an array of ", " 数组") if raw[at] & _ARRAY else ("", "")
    raise WireValueError(
        where,
        raw=raw,
        what=f"the value is {many}{kind}, which is not read",
        what_zh=f"值的类型为 {kind}{zh}，不予读取",
        limit="a scalar of " + ", ".join(BY_NAME),
    )


def _encoded_variant(kind: BuiltIn, value: Scalar | None) -> bytes:
    if kind.layout is not None:
        return bytes([kind.id]) + kind.layout.pack(value)
    if value is None:
        return bytes([kind.id]) + _LENGTH.pack(-1)
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    text = value.encode()
    return bytes([kind.id]) + _LENGTH.pack(len(text)) + text


def _unfit(told: DataValue, why: str) -> WireValueError:
    what, zh = f"{told.value!r} cannot be coded ({why})", f"{told.value!r} 无法编码（{why}）"
    return WireValueError("DataValue", raw=b"", what=what, what_zh=zh)
