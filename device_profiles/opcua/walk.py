"""Where an encoded value ends, whatever it is, so that the next one can be found.

Source: OPC 10000-6, 5.2.2 (built-in types, Binary). Nothing is decoded here: a value of a kind
that cannot be used must not take its neighbours in the same answer with it.
"""

import struct
from collections.abc import Callable
from typing import Final, NoReturn

from device_profiles.phrase import Words
from device_profiles.wire_errors import WireFormError, WireLengthError

Step = Callable[[bytes, int, int], int]
"""Bytes, where the value begins, how deep it is nested; returns where it ends."""

DEEPEST: Final = 16
"""Values within values; the standard asks for 100, no instrument nests at all."""

_SMALL: Final = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 4, 10: 4, 19: 4}
_FIXED: Final = _SMALL | {8: 8, 9: 8, 11: 8, 13: 8, 14: 16}
_LAST_KIND: Final = 31
_ARRAY, _DIMENSIONS, _TYPE = 0x80, 0x40, 0x3F
_LENGTH = struct.Struct("<i")
# Status, source and server timestamp, source and server picoseconds: bytes by mask bit.
_AFTER_VALUE: Final = tuple(
    sum(size for bit, size in enumerate((4, 8, 8, 2, 2)) if mask >> bit & 1) for mask in range(32)
)


class _ImpossibleError(Exception):
    """Bytes that no value begins with; `end_of` says where."""

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh
        super().__init__(en)


def end_of(raw: bytes, at: int, step: Step, where: str) -> int:
    """Where the value that begins at `at` ends.

    Raises:
        WireLengthError: it reaches beyond the bytes.
        WireFormError: it cannot be an OPC UA value.
    """
    try:
        end = step(raw, at, 0)
    except (IndexError, struct.error):
        end = len(raw) + 1
    except _ImpossibleError as wrong:
        raise WireFormError(where, raw=raw, what=wrong.en, what_zh=wrong.zh) from None
    if end > len(raw):
        raise WireLengthError(
            where, raw=raw, found=len(raw), limit=Words("up to the end of each value", "至各值末尾")
        )
    return end


def data_value_end(raw: bytes, at: int, depth: int = 0) -> int:
    """Where a DataValue ends (5.2.2.17)."""
    mask = raw[at]
    if mask > 0x3F:
        _impossible(f"DataValue with mask {mask:#04x}", f"DataValue 掩码为 {mask:#04x}")
    if mask & 1 and (size := _FIXED.get(raw[at + 1])) is not None:  # as nearly all of them are
        return at + 2 + size + _AFTER_VALUE[mask >> 1]
    end = variant_end(raw, at + 1, _deeper(depth)) if mask & 1 else at + 1
    return end + _AFTER_VALUE[mask >> 1]


def variant_end(raw: bytes, at: int, depth: int) -> int:
    """Where a Variant ends (5.2.2.16)."""
    kind = raw[at] & _TYPE
    if raw[at] & _ARRAY:
        end = _array_end(raw, at + 1, kind, depth)
        return _array_end(raw, end, 6, depth) if raw[at] & _DIMENSIONS else end
    if raw[at] & _DIMENSIONS:
        _impossible("a single value with array dimensions", "单个值带有数组维度")
    return _scalar_end(raw, at + 1, kind, depth) if kind else at + 1


def string_end(raw: bytes, at: int, depth: int = 0) -> int:  # noqa: ARG001 - a Step
    """Where a String, ByteString or XmlElement ends; -1 stands for none (5.2.2.4)."""
    return at + 4 + max(0, _length(raw, at))


def strings_end(raw: bytes, at: int, depth: int) -> int:
    """Where an array of String ends."""
    return _array_end(raw, at, 12, depth)


def node_id_end(raw: bytes, at: int, depth: int = 0) -> int:
    """Where a NodeId or ExpandedNodeId ends (5.2.2.9, 5.2.2.10)."""
    form = raw[at] & _TYPE
    sizes = {0: 2, 1: 4, 2: 7, 4: 19}
    if form in {3, 5}:
        end = string_end(raw, at + 3)
    elif form in sizes:
        end = at + sizes[form]
    else:
        _impossible(f"node id of form {form}", f"节点标识形式为 {form}")
    end = string_end(raw, end, depth) if raw[at] & 0x80 else end
    return end + 4 if raw[at] & 0x40 else end


def extension_object_end(raw: bytes, at: int, depth: int = 0) -> int:
    """Where an ExtensionObject ends (5.2.2.15)."""
    end = node_id_end(raw, at, depth)
    if raw[end] > 2:
        _impossible(f"ExtensionObject of form {raw[end]}", f"ExtensionObject 形式为 {raw[end]}")
    return string_end(raw, end + 1) if raw[end] else end + 1


def diagnostics_end(raw: bytes, at: int, depth: int = 0) -> int:
    """Where a DiagnosticInfo ends (5.2.2.12)."""
    mask, end = raw[at], at + 1
    if mask > 0x7F:
        _impossible(f"DiagnosticInfo with mask {mask:#04x}", f"DiagnosticInfo 掩码为 {mask:#04x}")
    end += 4 * (mask & 0x0F).bit_count()
    end = string_end(raw, end) if mask & 0x10 else end
    end += 4 if mask & 0x20 else 0
    return diagnostics_end(raw, end, _deeper(depth)) if mask & 0x40 else end


def _localized_text_end(raw: bytes, at: int, depth: int) -> int:
    end = at + 1
    for bit in (1, 2):
        end = string_end(raw, end, depth) if raw[at] & bit else end
    return end


def _qualified_name_end(raw: bytes, at: int, depth: int) -> int:
    return string_end(raw, at + 2, depth)


_VARIABLE: Final[dict[int, Step]] = {
    12: string_end,
    15: string_end,
    16: string_end,
    17: node_id_end,
    18: node_id_end,
    20: _qualified_name_end,
    21: _localized_text_end,
    22: extension_object_end,
    23: data_value_end,
    24: variant_end,
    25: diagnostics_end,
}


def _scalar_end(raw: bytes, at: int, kind: int, depth: int) -> int:
    size = _FIXED.get(kind)
    if size is not None:
        return at + size
    # 5.2.2.16: kinds 26 to 31 are reserved, and coded as a ByteString.
    if kind > _LAST_KIND:
        _no_kind(kind)
    return _VARIABLE.get(kind, string_end)(raw, at, _deeper(depth))


def _array_end(raw: bytes, at: int, kind: int, depth: int) -> int:
    count, end = max(0, _length(raw, at)), at + 4
    if not 1 <= kind <= _LAST_KIND:
        _no_kind(kind)
    if kind in _FIXED:
        return end + count * _FIXED[kind]
    if count > len(raw) - end:  # each takes a byte at least
        return len(raw) + 1
    for _ in range(count):
        end = _scalar_end(raw, end, kind, depth)
    return end


def _length(raw: bytes, at: int) -> int:
    length: int = _LENGTH.unpack_from(raw, at)[0]
    return length


def _deeper(depth: int) -> int:
    if depth >= DEEPEST:
        _impossible(f"values within values, over {DEEPEST} deep", f"嵌套超过 {DEEPEST} 层")
    return depth + 1


def _no_kind(kind: int) -> NoReturn:
    _impossible(f"a value of kind {kind}", f"值的类型编号为 {kind}")


def _impossible(what: str, what_zh: str) -> NoReturn:
    raise _ImpossibleError(what, what_zh)
