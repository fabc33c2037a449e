"""Where words lie that are no quantity: status, identity, settings read back."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.registers import WordOrder
from device_profiles.scalars import Address, FunctionCode

WholeFormat = Literal["bit", "int16", "uint16", "int32", "uint32", "uint64"]
"""The formats of whole numbers that states and codes come in."""
SettingFormat = Literal["int16", "uint16", "int32", "uint32", "float32", "float64"]
"""The formats of numbers that settings come in."""


class StatusSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a status word or a code lies.

    Args:
        address: 0-based frame address of its first register (or bit).
        format: how the whole number is coded.
        function: 1 coils, 2 discrete inputs, 3 holding, 4 input registers; None: the profile's.
        word_order: None: the profile's.
    """

    address: Address
    format: WholeFormat
    function: FunctionCode | None = None
    word_order: WordOrder | None = None


class SettingSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a setting lies; as a status word, but the number may be a float."""

    address: Address
    format: SettingFormat
    function: FunctionCode | None = None
    word_order: WordOrder | None = None


class TextSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a text lies: two ASCII characters a register, the first in its high byte.

    Args:
        address: 0-based frame address of its first register.
        registers: how many registers it fills, 1 to 64; what is left over is NUL or blank.
        function: 3 holding or 4 input registers; None: the profile's.
    """

    address: Address
    registers: Annotated[int, Meta(ge=1, le=64)]
    function: Literal[3, 4] | None = None


AnySource = StatusSource | SettingSource | TextSource
