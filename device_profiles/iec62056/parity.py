"""Lines that pass the parity bit: some gateways hand 7E1 on as eight bits.

On such a line bit 7 is masked off what comes, and even parity is put into what is sent.
"""

from typing import Final

from device_profiles.conversation import FrameCut, Whole
from device_profiles.errors import LimitError

EIGHT_BITS: Final = 0xFF
"""The line does parity itself: bytes are as they are, and bit 7 set is an error."""
SEVEN_BITS: Final = 0x7F
"""Bit 7 is parity, still to be masked off."""

_MASKED: Final = bytes(byte & SEVEN_BITS for byte in range(256))
_EVEN: Final = bytes(byte | (byte.bit_count() & 1) << 7 for byte in range(128)) + bytes(128)


def masked(raw: bytes, mask: int) -> bytes:
    """`raw` without what `mask` leaves out."""
    return raw.translate(_MASKED) if mask == SEVEN_BITS else raw


def masking(cut: FrameCut, mask: int) -> FrameCut:
    """`cut`, after masking what is received.

    Raises:
        LimitError: another mask than 7F or FF.
    """
    if mask not in {SEVEN_BITS, EIGHT_BITS}:
        raise LimitError("iec 62056-21", key="mask", found=f"{mask:02X}", limit="7F or FF")

    def after_masking(received: bytes) -> Whole | None:
        return cut(masked(received, mask))

    return after_masking


def for_line(sends: bytes, mask: int) -> bytes:
    """`sends` as it goes to the line: with even parity in bit 7 where the mask is 7F."""
    return sends.translate(_EVEN) if mask == SEVEN_BITS else sends
