"""How characters travel on a serial line."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Parity = Literal["none", "even", "odd", "mark", "space"]
_MOST_BIT_S: Final = 4_000_000


class Speed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Speed and form of the characters; both ends must agree.

    Args:
        bit_s: bits a second, 50 to 4 000 000.
        data_bits: of a character.
        parity: of a character.
        stop_bits: that end it.
    """

    bit_s: Annotated[int, Meta(ge=50, le=_MOST_BIT_S)] = 9600
    data_bits: Literal[7, 8] = 8
    parity: Parity = "none"
    stop_bits: Literal[1, 2] = 1

    @property
    def character_s(self) -> float:
        """How long one character takes, start bit included."""
        parity_bits = 0 if self.parity == "none" else 1
        return (1 + self.data_bits + parity_bits + self.stop_bits) / self.bit_s
