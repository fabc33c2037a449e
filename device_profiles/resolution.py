"""The step and the modulus of an indication, as the profile and the format make them (pure)."""

import math
from collections.abc import Mapping
from functools import reduce

from device_profiles.formats import Number
from device_profiles.model import Channel, DeviceProfile
from device_profiles.readout import parameters_of
from device_profiles.scaling import over, times

_MANTISSA_BITS = {"float32": 24, "float64": 53}


def resolution(
    profile: DeviceProfile,
    name: str,
    indication: Number,
    parameters: Mapping[str, float] | None = None,
) -> float | None:
    """The resolution (VIM 4.14) of channel `name` near `indication`, in the channel's unit.

    It is the declared step times the parameters. A float register cannot show less than
    the spacing of its format, which grows with the reading: a float32 register steps by
    1/128 kWh from 65 536 kWh on, by 1/16 kWh from 524 288 kWh on. The larger of the two
    is meant; None where neither is known.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channel, factors = profile.channel(name), parameters_of(profile, parameters)
    product = _product(channel, factors)
    declared = None if channel.resolution is None else times(channel.resolution, product)
    steps = [step for step in (declared, _spacing(channel, over(indication, product))) if step]
    return max(steps) * 1.0 if steps else None


def is_steady(channel: Channel) -> bool:
    """Whether the resolution of `channel` is the same wherever it stands: not of a float."""
    return channel.terms[0].format not in _MANTISSA_BITS or len(channel.terms) > 1


def rollover(
    profile: DeviceProfile, name: str, parameters: Mapping[str, float] | None = None
) -> float | None:
    """The modulus of register channel `name` in its unit, times the parameters; None if unknown.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channel, factors = profile.channel(name), parameters_of(profile, parameters)
    if channel.rollover is None:
        return None
    return times(channel.rollover, _product(channel, factors)) * 1.0


def _product(channel: Channel, factors: Mapping[str, float]) -> float:
    return reduce(lambda product, name: product * factors[name], channel.multiply_by, 1.0)


def _spacing(channel: Channel, indication: Number) -> float | None:
    """Twice the largest rounding of a lone float register that shows `indication`, else None."""
    if is_steady(channel):
        return None
    bits = _MANTISSA_BITS[channel.terms[0].format]
    _, exponent = math.frexp(over(indication - channel.offset, channel.scale))
    return abs(channel.scale) * math.ldexp(1.0, max(exponent - bits, -149))
