"""Whether an instrument may show a number, as far as that can be said of any (pure)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.formats import Number
from device_profiles.guesses import LEAST
from device_profiles.model import Channel

MOST_RATE: Final = 1e9
MOST_COUNT: Final = 1e15
"""The sizes above which nothing is believed, of rates and of registers."""
_POSSIBLE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "power_factor": (-1.0, 1.0),
        "relative_humidity": (0.0, 110.0),
        "temperature": (-273.15, 3000.0),
        "frequency": (0.0, 1000.0),
        "voltage": (-1e6, 1e6),
    }
)
"""What no instrument shows otherwise, by kind of quantity, in the units of the catalogue."""


def is_sensible(channel: Channel, number: Number) -> bool:
    """Whether a channel may show a number; 0 always: a load may be off."""
    size = abs(number)
    most = MOST_COUNT if channel.accumulation == "register" else MOST_RATE
    low, high = _POSSIBLE.get(channel.kind_of_quantity, (-most, most))
    step = LEAST * min(1.0, abs(channel.scale))
    return size == 0 or (step <= size and low <= number <= high)
