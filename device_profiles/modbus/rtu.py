"""Modbus RTU frames: unit id, PDU, CRC-16, low byte first; and how long the line keeps silent.

A frame has no length field: where it ends is told by silence, or by its function. RTU over TCP
is the same bytes on a stream.

Source: Modbus over Serial Line V1.02, clauses 2.5.1 and 2.5.1.1, appendix B.
"""

from dataclasses import dataclass
from typing import Final

from device_profiles.modbus.pdu import LONGEST_PDU, Adu
from device_profiles.wire_errors import WireChecksumError, WireLengthError

LONGEST_FRAME: Final = LONGEST_PDU + 3
SHORTEST_FRAME: Final = 4
BITS_OF_A_CHARACTER: Final = 11
FIXED_ABOVE_BIT_S: Final = 19_200

_POLYNOMIAL = 0xA001


def _table() -> tuple[int, ...]:
    rows = list(range(256))
    for _ in range(8):
        rows = [row >> 1 ^ (_POLYNOMIAL if row & 1 else 0) for row in rows]
    return tuple(rows)


_TABLE = _table()


def crc16(data: bytes) -> int:
    """The CRC-16 of `data`, 0 to 65535; 0 over a whole frame with its CRC.

    >>> f"{crc16(bytes.fromhex('01 03 00 00 00 02')):04X}"
    '0BC4'
    """
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def frame(adu: Adu) -> bytes:
    """The frame of a PDU of at most 253 bytes."""
    body = bytes([adu.unit]) + adu.pdu
    return body + crc16(body).to_bytes(2, "little")


def unframe(received: bytes, where: str) -> Adu:
    """The unit and PDU in one whole frame.

    A change of one byte is always refused, and so is any burst of at most 16 bits. Zeros that
    follow a frame are not seen by its CRC; the PDU's own length tells them.

    Raises:
        WireLengthError: Not 4 to 256 bytes.
        WireChecksumError: The CRC does not fit.
    """
    if not SHORTEST_FRAME <= len(received) <= LONGEST_FRAME:
        limit = f"{SHORTEST_FRAME}..{LONGEST_FRAME}"
        raise WireLengthError(where, raw=received, found=len(received), limit=limit)
    body, found = received[:-2], received[-2:]
    expected = crc16(body).to_bytes(2, "little")
    if found != expected:
        shown = found.hex(" ").upper(), expected.hex(" ").upper()
        raise WireChecksumError(where, raw=received, found=shown[0], expected=shown[1])
    return Adu(unit=body[0], pdu=body[1:])


def is_whole(received: bytes) -> bool:
    """Whether bytes are a frame of a legal length whose CRC fits."""
    return SHORTEST_FRAME <= len(received) <= LONGEST_FRAME and crc16(received) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How long a line keeps silent, seconds.

    Attributes:
        within_s: t1.5, the longest silence between two characters of a frame.
        between_s: t3.5, the shortest silence between two frames.
    """

    within_s: float
    between_s: float


def silence(speed_bit_s: int) -> Silence:
    """The silences at a speed > 0 in bit/s: 1.5 and 3.5 characters of 11 bits.

    Above 19 200 bit/s they stay at 0.75 ms and 1.75 ms.
    """
    if speed_bit_s > FIXED_ABOVE_BIT_S:
        return Silence(within_s=0.000_75, between_s=0.001_75)
    character_s = BITS_OF_A_CHARACTER / speed_bit_s
    return Silence(within_s=1.5 * character_s, between_s=3.5 * character_s)
