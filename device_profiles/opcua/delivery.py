"""What one exchange delivered, as bytes: per node the DataValues as they came, and what is lacking.

A read delivers one DataValue a node. A subscription delivers all that came since the last
exchange: none, one or many; and says where values before them were lost. The bytes are:

    per node: gap (1 byte), count (4), then per DataValue: length (4), bytes; then held: length (4),
    bytes; all numbers little-endian. Length 0 says that nothing is held.
"""

import struct
from collections.abc import Iterable
from enum import IntEnum

import msgspec

from device_profiles.wire_errors import WireFormError, WireLengthError

_HEAD, _SIZE = struct.Struct("<BI"), struct.Struct("<I")


class Gap(IntEnum):
    """Why values are missing before those that are delivered."""

    NONE = 0
    OVERFLOW = 1
    """They came faster than they were fetched; the subscription was ended and made anew."""
    CONNECTION = 2
    """The connection or the subscription was lost; what changed meanwhile is not known."""
    SEQUENCE = 3
    """The server's messages have a hole."""
    SERVER_QUEUE = 4
    """The server's own queue ran over: a value among these bears the overflow bit."""


_GAPS = tuple(Gap)


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What one node gave.

    Attributes:
        values: DataValues, each with its own timestamps, in the order they came.
        gap: Why values before them are missing.
        held: Where a subscription brought no new one: the last, which still holds as long as the
            subscription lives; empty if there is none.
    """

    values: tuple[bytes, ...] = ()
    gap: Gap = Gap.NONE
    held: bytes = b""

    @property
    def latest(self) -> bytes:
        """The DataValue that holds now; empty if nothing was ever told."""
        return self.values[-1] if self.values else self.held


def join(deliveries: Iterable[Delivery]) -> bytes:
    """The bytes of one exchange, node by node."""
    parts = []
    for each in deliveries:
        parts.append(_HEAD.pack(each.gap, len(each.values)))
        for value in (*each.values, each.held):
            parts += (_SIZE.pack(len(value)), value)
    return b"".join(parts)


def split(raw: bytes, nodes: int, where: str = "delivery") -> tuple[Delivery, ...]:
    """What `join` put together for so many nodes.

    Raises:
        WireLengthError: the bytes are more or fewer than they say.
        WireFormError: a gap of an unknown kind.
    """
    found, at = [], 0
    for _ in range(nodes):
        delivery, at = _one(raw, at, where)
        found.append(delivery)
    if at != len(raw):
        raise WireLengthError(where, raw=raw, found=len(raw), limit=at)
    return tuple(found)


def _one(raw: bytes, at: int, where: str) -> tuple[Delivery, int]:
    if at + _HEAD.size > len(raw):
        raise WireLengthError(where, raw=raw, found=len(raw), limit=f">= {at + _HEAD.size}")
    gap, count = _HEAD.unpack_from(raw, at)
    if gap >= len(_GAPS):
        raise WireFormError(where, raw=raw, what=f"gap of kind {gap}", what_zh=f"缺口类型为 {gap}")
    values, at = [], at + _HEAD.size
    for _ in range(count + 1):
        value, at = _sized(raw, at, where)
        values.append(value)
    return Delivery(values=tuple(values[:-1]), gap=_GAPS[gap], held=values[-1]), at


def _sized(raw: bytes, at: int, where: str) -> tuple[bytes, int]:
    begin = at + _SIZE.size
    size = _SIZE.unpack_from(raw, at)[0] if begin <= len(raw) else 0
    if begin + size > len(raw):
        raise WireLengthError(where, raw=raw, found=len(raw), limit=f">= {begin + size}")
    return raw[begin : begin + size], begin + size
