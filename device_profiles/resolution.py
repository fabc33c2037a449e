"""The step and the modulus of an indication, as the profile and the format make them (pure)."""

import math
from collections.abc import Callable, Mapping
from functools import reduce

from device_profiles.formats import Number
from device_profiles.model import Channel, DeviceProfile
from device_profiles.parameters import parameters_of
from device_profiles.register_model import RegisterChannel
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
    return stepper(profile, name, parameters)(indication)


def stepper(
    profile: DeviceProfile, name: str, parameters: Mapping[str, float] | None = None
) -> Callable[[Number], float | None]:
    """What gives the resolution of channel `name` near an indication, as `resolution` does.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channel, factors = profile.channel(name), parameters_of(profile, parameters)
    product = _product(channel, factors)
    declared = None if channel.resolution is None else times(channel.resolution, product) * 1.0
    bits = _mantissa_bits(channel)
    if bits is None:
        return lambda _: declared or None

    def step(indication: Number) -> float | None:
        return max(declared or 0.0, _spacing(channel, bits, over(indication, product)))

    return step


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


def _mantissa_bits(channel: Channel) -> int | None:
    """Of a lone float register; the steps of all others are the same wherever they stand."""
    if not isinstance(channel, RegisterChannel) or len(channel.terms) > 1:
        return None
    return _MANTISSA_BITS.get(channel.terms[0].format)


def _spacing(channel: Channel, bits: int, indication: Number) -> float:
    """Twice the largest rounding of a float register that shows `indication`."""
    _, exponent = math.frexp(over(indication - channel.offset, channel.scale))
    return abs(channel.scale) * math.ldexp(1.0, max(exponent - bits, -149))
