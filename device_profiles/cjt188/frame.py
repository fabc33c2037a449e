"""CJ/T 188 frames <-> bytes (pure).

    [FE ...] 68 T A0..A6 C L DATA CS 16

T is the type of meter. A0..A6 are fourteen digits, least significant pair first: ten of the
meter's number, then four of its maker. DATA travels as it is. C: bit 7 from the meter, bit 6
abnormal reply, bits 5-0 the function. Sources: CJ/T 188-2004 as found in public tutorials,
drivers and firmware; each frame of the vectors names its own.

>>> decode(bytes.fromhex("FEFE 68 10 44332211003378 01 03 1F9000 80 16")).address
'78330011223344'
"""

from dataclasses import dataclass
from typing import Final

from device_profiles.conversation import Whole
from device_profiles.frame_68 import Shape, address_bytes, address_text, cut, seal, unseal
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError

SHAPE: Final = Shape(protocol="CJ/T 188", address=(2, 9), second_start=0, header=11)
ANY: Final = "AA" * 7
"""The address that every meter takes for its own; for a line with one meter."""
ANY_TYPE: Final = 0xAA
"""The type that every meter takes for its own."""
READ, READ_ADDRESS = 0x01, 0x03

TYPES: Final = {
    0x10: ("cold water", "冷水水表"),
    0x11: ("hot water", "生活热水水表"),
    0x12: ("drinking water", "直饮水水表"),
    0x13: ("reclaimed water", "中水水表"),
    0x20: ("heat meter (heat)", "热量表（计热量）"),
    0x21: ("heat meter (cold)", "热量表（计冷量）"),
    0x22: ("heat meter (heat and cold)", "热量表（计热量和冷量）"),
    0x30: ("gas", "燃气表"),
    0x40: ("electricity", "电度表"),
}
"""T -> type of meter, English and Chinese (C: tutorials; 22: 2018 edition, a gateway's manual)."""
FUNCTIONS: Final = {
    0x01: "read data",
    0x03: "read address",
    0x04: "write data",
    0x09: "read key version",
    0x15: "write address",
    0x16: "write base value",
}
"""Function -> name (B: two drivers and a firmware agree)."""

_FROM_METER, _ABNORMAL, _FUNCTION = 0x80, 0x40, 0x3F


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame of either direction.

    Attributes:
        meter_type: T, 0..255; AA for any.
        address: fourteen digits, most significant first; AA in place of two digits for any.
        control: C, 0..255.
        data: DATA as it travels; at most 255 bytes.
    """

    meter_type: int
    address: str
    control: int
    data: bytes = b""

    @property
    def is_from_meter(self) -> bool:
        """True for a reply, false for a request."""
        return bool(self.control & _FROM_METER)

    @property
    def is_abnormal(self) -> bool:
        """True where the meter refuses."""
        return bool(self.control & _ABNORMAL)

    @property
    def function(self) -> int:
        """The function asked for or answered, 0..63."""
        return self.control & _FUNCTION


def encode(frame: Frame, preamble: int = 4) -> bytes:
    """The bytes of `frame` after `preamble` FE bytes (2 to 4 are usual).

    Raises:
        FitError: a type, address, control code or length that no frame can carry.
    """
    address = address_bytes(frame.address, SHAPE)
    fixed = (frame.meter_type, frame.control, len(frame.data))
    if not all(0 <= each <= 0xFF for each in fixed):
        found = f"T={fixed[0]}, C={fixed[1]}, L={fixed[2]}"
        raise FitError(
            SHAPE.protocol, found=found, format=Words("one byte each", "各一个字节"), limit="0..255"
        )
    head = bytes([0x68, frame.meter_type]) + address + bytes(fixed[1:])
    return seal(head + frame.data, preamble)


def decode(raw: bytes) -> Frame:
    """The frame in `raw`: any number of FE bytes, one whole frame, nothing after it.

    Raises:
        WireLengthError: truncated, spliced, or not as long as L says.
        WireFormError: 68 or 16 is missing, or the address holds no digits.
        WireChecksumError: CS does not fit.
    """
    body = unseal(raw, SHAPE)
    address = address_text(body[2:9], SHAPE)
    data = body[SHAPE.header :]
    return Frame(meter_type=body[1], address=address, control=body[9], data=data)


def cut_reply(received: bytes) -> Whole | None:
    """The first whole frame among received bytes (a FrameCut), resynchronised after noise.

    A master may also hear its own request (an echo): it has the same shape, and is cut too.
    """
    return cut(received, SHAPE)


cut_request = cut_reply
"""A FrameCut for a meter; requests and replies have one shape."""
