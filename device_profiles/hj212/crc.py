"""The check of HJ 212-2017 annex A, and the Modbus CRC that some senders use in its place.

Annex A throws the low byte of the register away at every step; the Modbus CRC keeps it. So the
check of a packet is one of the 256 entries of the table below: 16 digits' worth of text for
8 bits of protection. Every change of one byte is caught, because the high bytes of the table
are all different; of wider changes one in 256 passes. What else a packet says about itself
(its length, the form of its fields) must therefore be checked as well.
"""

from typing import Final

_POLYNOMIAL: Final = 0xA001
_START: Final = 0xFFFF


def _shifted(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


TABLE: Final = tuple(_shifted(value) for value in range(256))
"""What eight shifts make of each byte; every check of a non-empty text is one of these."""


def crc(data: bytes) -> int:
    """The check of `data`, a data segment from its first field to the closing `&&`; 0..65535.

    >>> f"{crc(b'123456789'):04X}"
    '2F80'
    """
    register = _START
    for byte in data:
        register = TABLE[register >> 8 ^ byte]
    return register


def modbus_crc(data: bytes) -> int:
    """The Modbus CRC-16 of `data`, to tell a sender who took the wrong one; 0..65535.

    >>> f"{modbus_crc(b'123456789'):04X}"
    '4B37'
    """
    register = _START
    for byte in data:
        register = register >> 8 ^ TABLE[(register ^ byte) & 0xFF]
    return register
