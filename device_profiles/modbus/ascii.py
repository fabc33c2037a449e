"""Modbus ASCII frames: a colon, unit id, PDU and LRC as hex digits, CR, LF.

Source: Modbus over Serial Line V1.02, clause 2.5.2. Digits are sent in capitals; small ones are
read too.
"""

from binascii import Error, a2b_hex
from typing import Final

from device_profiles.modbus.pdu import LONGEST_PDU, Adu
from device_profiles.wire_errors import WireChecksumError, WireFormError, WireLengthError

START: Final = b":"
END: Final = b"\r\n"
SHORTEST_FRAME: Final = 3 + 2 * 3
LONGEST_FRAME: Final = 3 + 2 * (LONGEST_PDU + 2)


def lrc(data: bytes) -> int:
    """The LRC of `data`: the two's complement of its sum, 0 to 255.

    >>> f"{lrc(bytes.fromhex('01 03 00 00 00 0A')):02X}"
    'F2'
    """
    return -sum(data) & 0xFF


def frame(adu: Adu) -> bytes:
    """The frame of a PDU of at most 253 bytes."""
    body = bytes([adu.unit]) + adu.pdu
    digits = (body + bytes([lrc(body)])).hex().upper()
    return START + digits.encode("ascii") + END


def unframe(received: bytes, where: str) -> Adu:
    """The unit and PDU in one whole frame, from colon to LF.

    A change of one character is refused, or changes nothing (the case of a digit).

    Raises:
        WireLengthError: Not 9 to 513 characters.
        WireFormError: Colon, CR, LF or a hex digit is missing.
        WireChecksumError: The LRC does not fit.
    """
    if not SHORTEST_FRAME <= len(received) <= LONGEST_FRAME:
        limit = f"{SHORTEST_FRAME}..{LONGEST_FRAME}"
        raise WireLengthError(where, raw=received, found=len(received), limit=limit)
    data = _bytes_of(received)
    if data is None:
        what, what_zh = "no hex digits between colon and CR, LF", "冒号与 CR LF 之间不是十六进制"
        raise WireFormError(where, raw=received, what=what, what_zh=what_zh)
    body, found, expected = data[:-1], data[-1], lrc(data[:-1])
    if found != expected:
        shown = f"{found:02X}", f"{expected:02X}"
        raise WireChecksumError(where, raw=received, found=shown[0], expected=shown[1])
    return Adu(unit=body[0], pdu=body[1:])


def is_whole(received: bytes) -> bool:
    """Whether characters are a frame of a legal length whose LRC fits."""
    if not SHORTEST_FRAME <= len(received) <= LONGEST_FRAME:
        return False
    return (data := _bytes_of(received)) is not None and lrc(data) == 0


def _bytes_of(received: bytes) -> bytes | None:
    """What stands in hex between colon and CR, LF; None where it does not."""
    if not (received.startswith(START) and received.endswith(END)):
        return None
    try:
        return a2b_hex(received[1:-2])
    except Error:
        return None
