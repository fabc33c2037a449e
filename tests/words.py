"""The words in the content of a Modbus answer, and back, for what devices are given."""

import struct
from collections.abc import Sequence

from device_profiles.modbus.pdu import packed
from device_profiles.plan import ReadRequest


def words(content: bytes) -> tuple[int, ...]:
    """Registers by address, 0 to 65535 each."""
    return struct.unpack(f">{len(content) // 2}H", content)


def bits(content: bytes, count: int) -> tuple[int, ...]:
    """Bits by address, 0 or 1 each."""
    return tuple(content[place // 8] >> place % 8 & 1 for place in range(count))


def content(read: ReadRequest, given: Sequence[int]) -> bytes:
    """The data of the answer to a read that brings these registers or bits."""
    return packed(read.function, given)
