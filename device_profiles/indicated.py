"""What a channel indicates: a number, no value, or a number that is not plausible."""

from collections.abc import Callable

import msgspec

from device_profiles.formats import NotAvailable, Number
from device_profiles.status_model import Condition


class OutOfRange(msgspec.Struct, frozen=True, kw_only=True):
    """The device shows a number outside what the profile calls plausible.

    Args:
        number: what it shows, in the channel's unit.
        low, high: the plausible interval, in the same unit.
    """

    number: Number
    low: Number
    high: Number


class Impaired(msgspec.Struct, frozen=True, kw_only=True):
    """The device shows something and says of itself that something is the matter with it.

    Args:
        number: what it shows, in the channel's unit: a number, none, or one that is not plausible.
        condition: what is the matter.
    """

    number: Number | NotAvailable | OutOfRange
    condition: Condition


Indicated = Number | NotAvailable | OutOfRange | Impaired
Interpretation = Callable[[bytes], Indicated]
"""From a channel's own bytes, as they travelled, to what it indicates."""
PlainDecoding = Callable[[bytes], Number | NotAvailable]
"""From bytes that say nothing but a number to it, before scale and parameters."""
Decoding = Callable[[bytes], Number | NotAvailable | Impaired]
"""From a channel's own bytes to the number in them, before scale and parameters.

Where the bytes also say that something is the matter, an `Impaired` holds that number.
"""
