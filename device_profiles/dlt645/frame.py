"""DL/T 645 frames <-> bytes, for the 2007 and the 1997 edition alike (pure).

    [FE ...] 68 A0..A5 68 C L DATA CS 16

A0..A5 are twelve digits, least significant pair first. Every byte of DATA travels with 33h added
(modulo 256). C: bit 7 from the meter, bit 6 abnormal reply, bit 5 further frames follow, bits
4-0 the function. Sources: DL/T 645-2007 as found in public logs and implementations; each frame
of the vectors names its own.

>>> decode(bytes.fromhex("FEFEFEFE 68 610100000000 68 11 04 33333433 14 16")).plain.hex(" ")
'00 00 01 00'
"""

from dataclasses import dataclass
from typing import Final

from device_profiles.conversation import Whole
from device_profiles.frame_68 import Shape, address_bytes, address_text, cut, seal, unseal
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError

SHAPE: Final = Shape(protocol="DL/T 645", address=(1, 7), second_start=7, header=10)
ANY: Final = "AA" * 6
"""The address that every meter takes for its own; for a line with one meter."""
BROADCAST: Final = "99" * 6
"""The address that every meter obeys and none answers."""

_OFFSET: Final = 0x33
_FROM_METER, _ABNORMAL, _MORE, _FUNCTION = 0x80, 0x40, 0x20, 0x1F
_ADD: Final = bytes((value + _OFFSET) % 256 for value in range(256))
_TAKE: Final = bytes((value - _OFFSET) % 256 for value in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame of either direction.

    Attributes:
        address: twelve digits, most significant first; AA in place of two digits for any.
        control: C, 0..255.
        data: DATA as it travels, 33h still added; at most 255 bytes.
    """

    address: str
    control: int
    data: bytes = b""

    @property
    def plain(self) -> bytes:
        """DATA with 33h taken off."""
        return without_33(self.data)

    @property
    def is_from_meter(self) -> bool:
        """True for a reply, false for a request."""
        return bool(self.control & _FROM_METER)

    @property
    def is_abnormal(self) -> bool:
        """True where the meter refuses."""
        return bool(self.control & _ABNORMAL)

    @property
    def more_follow(self) -> bool:
        """True where the meter has further frames for the same question."""
        return bool(self.control & _MORE)

    @property
    def function(self) -> int:
        """The function asked for or answered, 0..31."""
        return self.control & _FUNCTION


def with_33(plain: bytes) -> bytes:
    """`plain` as it travels: 33h added to every byte."""
    return plain.translate(_ADD)


def without_33(data: bytes) -> bytes:
    """`data` as it travelled, 33h taken off every byte."""
    return data.translate(_TAKE)


def encode(frame: Frame, preamble: int = 4) -> bytes:
    """The bytes of `frame` after `preamble` FE bytes (0 to 4 are usual).

    Raises:
        FitError: an address, control code or length that no frame can carry.
    """
    address = address_bytes(frame.address, SHAPE)
    if not (0 <= frame.control <= 0xFF and len(frame.data) <= 0xFF):
        found = f"C={frame.control}, L={len(frame.data)}"
        raise FitError(
            SHAPE.protocol, found=found, format=Words("one byte each", "各一个字节"), limit="0..255"
        )
    head = b"\x68" + address + bytes([0x68, frame.control, len(frame.data)])
    return seal(head + frame.data, preamble)


def decode(raw: bytes) -> Frame:
    """The frame in `raw`: any number of FE bytes, one whole frame, nothing after it.

    Raises:
        WireLengthError: truncated, spliced, or not as long as L says.
        WireFormError: 68 or 16 is missing, or the address holds no digits.
        WireChecksumError: CS does not fit.
    """
    body = unseal(raw, SHAPE)
    address = address_text(body[1:7], SHAPE)
    return Frame(address=address, control=body[8], data=body[SHAPE.header :])


def cut_reply(received: bytes) -> Whole | None:
    """The first whole frame among received bytes (a FrameCut), resynchronised after noise.

    A master may also hear its own request (an echo): it has the same shape, and is cut too.
    """
    return cut(received, SHAPE)


cut_request = cut_reply
"""A FrameCut for a meter; requests and replies have one shape."""
