"""The two editions of DL/T 645 and what their codes mean, as data.

Grades: A a vendor's page, B a maintained implementation, C a published list or log, D from
memory. What is D stands here marked, or is left out.
"""

from dataclasses import dataclass
from typing import Final

from device_profiles.dlt645.frame import SHAPE
from device_profiles.register_errors import FitError


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How one edition reads items.

    Attributes:
        name: the year.
        read: function that reads an item.
        follow_on: function that asks for the next frame of a long answer; None where how to
            ask is not confirmed (1997: the control code has the bit for it, grade C, but the
            request for the next frame is known from memory only and left out).
        di_bytes: length of a data identifier.
    """

    name: str
    read: int
    follow_on: int | None
    di_bytes: int

    def identifier(self, di: int) -> bytes:
        """The data identifier as it stands in DATA before 33h is added, low byte first.

        Raises:
            FitError: the identifier has more bytes than this edition's.
        """
        if not 0 <= di < 256**self.di_bytes:
            form, limit = f"DI of the {self.name} edition", f"{self.di_bytes} bytes"
            raise FitError(SHAPE.protocol, key="DI", found=f"{di:X}", format=form, limit=limit)
        return di.to_bytes(self.di_bytes, "little")

    def di_text(self, di: int) -> str:
        """The identifier as it is printed: DI3 DI2 DI1 DI0, or DI1 DI0."""
        return f"{di:0{2 * self.di_bytes}X}"


EDITION_2007: Final = Edition(name="2007", read=0x11, follow_on=0x12, di_bytes=4)
EDITION_1997: Final = Edition(name="1997", read=0x01, follow_on=None, di_bytes=2)
READ_ADDRESS: Final = 0x13
"""Function of the 2007 edition that asks a meter for its address."""

FUNCTIONS: Final[dict[int, tuple[str, Edition | None]]] = {
    0x01: ("read data", EDITION_1997),
    0x08: ("broadcast time", None),
    0x11: ("read data", EDITION_2007),
    0x12: ("read follow-on data", EDITION_2007),
    0x13: ("read address", EDITION_2007),
    0x14: ("write data", EDITION_2007),
    0x15: ("write address", EDITION_2007),
    0x16: ("freeze", EDITION_2007),
    0x17: ("change speed", EDITION_2007),
    0x18: ("change password", EDITION_2007),
    0x19: ("clear maximum demand", EDITION_2007),
    0x1A: ("clear meter", EDITION_2007),
    0x1B: ("clear events", EDITION_2007),
    0x1C: ("relay control", EDITION_2007),
}
"""Function -> name and edition. B, except 1C: D. 08 exists in both editions."""

REFUSALS: Final[tuple[tuple[str, str], ...]] = (
    ("other error", "其他错误"),
    ("no such data", "无请求数据"),
    ("password wrong or not authorised", "密码错或未授权"),
    ("speed cannot be changed", "通信速率不能更改"),
    ("too many year zones", "年时区数超"),
    ("too many day slots", "日时段数超"),
    ("too many tariffs", "费率数超"),
    ("reserved", "保留"),
)
"""Meaning of bits 0..7 of the error byte, English and Chinese; 2007, B, bit 7: D.

The 1997 edition has an error byte too; what its bits mean is known from memory only.
"""


def refusals(edition: Edition | None, errors: int) -> list[tuple[int, str, str]]:
    """The set bits of an error byte: number, meaning, meaning in Chinese."""
    known = edition is EDITION_2007
    return [
        (bit, *(meaning if known else ("meaning not confirmed", "含义未确认")))
        for bit, meaning in enumerate(REFUSALS)
        if errors >> bit & 1
    ]
