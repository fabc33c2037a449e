"""Secondary addresses: a device is selected by its header, then answers at FD (EN 13757-3, CI 52).

Digits `F` of the identification, and what is None, stand for anything.
"""

from dataclasses import dataclass
from typing import Final

from device_profiles.mbus.header import (
    Header,
    identification_bytes,
    manufacturer_letters,
    manufacturer_number,
)

SELECT: Final = 0x52
SELECTION_BYTES: Final = 8
_ANY_BYTE, _ANY_MANUFACTURER = 0xFF, 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondaryAddress:
    """Which device is meant.

    Attributes:
        identification: eight digits as they are printed, `F` for any digit.
        manufacturer: three letters; None for any.
        version: 0 to 254; None for any.
        medium: 0 to 254; None for any.
    """

    identification: str
    manufacturer: str | None = None
    version: int | None = None
    medium: int | None = None

    def means(self, header: Header) -> bool:
        """True where a device with this header is meant."""
        digits = zip(self.identification, header.identification, strict=True)
        return (
            all(asked in ("F", found) for asked, found in digits)
            and self.manufacturer in (None, header.manufacturer)
            and self.version in (None, header.version)
            and self.medium in (None, header.medium)
        )


def selection_bytes(address: SecondaryAddress) -> bytes:
    """The eight bytes that select `address`, low bytes first.

    Raises:
        FitError: identification or manufacturer cannot be coded.
    """
    letters = address.manufacturer
    number = _ANY_MANUFACTURER if letters is None else manufacturer_number(letters)
    version = _ANY_BYTE if address.version is None else address.version
    medium = _ANY_BYTE if address.medium is None else address.medium
    identification = identification_bytes(address.identification)
    return identification + number.to_bytes(2, "little") + bytes((version, medium))


def selection_of(raw: bytes) -> SecondaryAddress | None:
    """The address that a selection's data ask for; None where they have another length."""
    if len(raw) != SELECTION_BYTES:
        return None
    number = int.from_bytes(raw[4:6], "little")
    return SecondaryAddress(
        identification=raw[3::-1].hex().upper(),
        manufacturer=None if number == _ANY_MANUFACTURER else manufacturer_letters(number),
        version=None if raw[6] == _ANY_BYTE else raw[6],
        medium=None if raw[7] == _ANY_BYTE else raw[7],
    )
