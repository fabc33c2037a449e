"""Who answers: the fixed header of the variable data structure, both ways (EN 13757-3, CI 72)."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from device_profiles.phrase import Words
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireLengthError

HEADER_BYTES: Final = 12
MEDIA: Final = MappingProxyType(
    {
        0x00: "other",
        0x01: "oil",
        0x02: "electricity",
        0x03: "gas",
        0x04: "heat, outlet",
        0x05: "steam",
        0x06: "hot water",
        0x07: "water",
        0x08: "heat cost allocator",
        0x09: "compressed air",
        0x0A: "cooling, outlet",
        0x0B: "cooling, inlet",
        0x0C: "heat, inlet",
        0x0D: "heat and cooling",
        0x0E: "bus or system",
        0x0F: "unknown",
    }
)
"""Media of the first sixteen codes; further codes are told as numbers."""
_STATUS_BITS: Final = MappingProxyType(
    {0x04: "power low", 0x08: "permanent error", 0x10: "temporary error"}
)
_APPLICATION_STATUS: Final = ("", "busy", "application error", "reserved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who answers, and how it is.

    Attributes:
        identification: eight digits as they are printed; hexadecimal ones are kept.
        manufacturer: three letters, or four hexadecimal digits that spell none.
        version: generation of the device, 0 to 255.
        medium: what is metered, see `MEDIA`.
        access: number of this answer, modulo 256.
        status: see `status_words`.
        signature: 0 where nothing is encrypted.
    """

    identification: str
    manufacturer: str
    version: int
    medium: int
    access: int = 0
    status: int = 0
    signature: int = 0

    @property
    def status_words(self) -> tuple[str, ...]:
        """What the status byte says of the device; empty where it says nothing."""
        application = _APPLICATION_STATUS[self.status & 0x03]
        words = [word for bit, word in _STATUS_BITS.items() if self.status & bit]
        own = self.status & 0xE0
        more = [f"manufacturer's {own:02X}"] if own else []
        return (*([application] if application else []), *words, *more)


def decode_header(raw: bytes) -> Header:
    """The header in the first twelve bytes of `raw`, low bytes first.

    Raises:
        WireLengthError: fewer bytes.
    """
    if len(raw) < HEADER_BYTES:
        raise WireLengthError("m-bus header", raw=raw, found=len(raw), limit=f">= {HEADER_BYTES}")
    return Header(
        identification=raw[3::-1].hex().upper(),
        manufacturer=manufacturer_letters(int.from_bytes(raw[4:6], "little")),
        version=raw[6],
        medium=raw[7],
        access=raw[8],
        status=raw[9],
        signature=int.from_bytes(raw[10:12], "little"),
    )


def encode_header(header: Header) -> bytes:
    """The twelve bytes of `header`.

    Raises:
        FitError: an identification or a manufacturer that the header cannot carry.
    """
    numbers = (header.version, header.medium, header.access, header.status)
    return (
        identification_bytes(header.identification)
        + manufacturer_number(header.manufacturer).to_bytes(2, "little")
        + bytes(numbers)
        + header.signature.to_bytes(2, "little")
    )


def identification_bytes(digits: str) -> bytes:
    """Eight digits, low byte first.

    Raises:
        FitError: not eight hexadecimal digits.
    """
    if len(digits) != 8 or not set(digits) <= set("0123456789ABCDEF"):
        limit = "8 digits"
        raise FitError("m-bus header", key="identification", found=digits, format=limit)
    return bytes.fromhex(digits)[::-1]


def manufacturer_letters(number: int) -> str:
    """Three letters of five bits each; the number in hexadecimal where it spells none."""
    places = [(number >> shift) & 0x1F for shift in (10, 5, 0)]
    if number < 0x8000 and all(1 <= place <= 26 for place in places):
        return "".join(chr(64 + place) for place in places)
    return f"{number:04X}"


def manufacturer_number(letters: str) -> int:
    """The number of three capital letters, or of four hexadecimal digits.

    Raises:
        FitError: neither.
    """
    if len(letters) == 3 and letters.isascii() and letters.isupper() and letters.isalpha():
        first, second, third = (ord(letter) - 64 for letter in letters)
        return first << 10 | second << 5 | third
    if len(letters) == 4 and set(letters) <= set("0123456789ABCDEF"):
        return int(letters, 16)
    raise FitError(
        "m-bus header", key="manufacturer", found=letters, format=Words("three letters", "三个字母")
    )
