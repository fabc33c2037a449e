"""The words in the content of a Modbus answer, for comparison with what a device was given."""

import struct


def words(content: bytes) -> tuple[int, ...]:
    """Registers by address, 0 to 65535 each."""
    return struct.unpack(f">{len(content) // 2}H", content)


def bits(content: bytes, count: int) -> tuple[int, ...]:
    """Bits by address, 0 or 1 each."""
    return tuple(content[place // 8] >> place % 8 & 1 for place in range(count))
