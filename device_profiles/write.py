"""From numbers in the channels' units to the registers a device would show (pure).

The inverse of `device_profiles.readout`, for simulators: any profile of the
catalogue can be served without code of its own.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from device_profiles.finish import unfinished
from device_profiles.formats import NotAvailable, Number, is_integer, limits
from device_profiles.interpretation import patterns
from device_profiles.model import DeviceProfile
from device_profiles.parameters import parameters_of
from device_profiles.plan import function_of
from device_profiles.register_errors import FitError
from device_profiles.register_model import (
    ModbusProfile,
    RegisterChannel,
    RegisterSource,
    modbus_of,
    weight_of,
)
from device_profiles.registers import SCALE_FACTOR_LIMIT, count_in_span, encode
from device_profiles.scaling import over, times, times_power_of_ten

Location = tuple[int, int]
"""Function code and 0-based address of a register or bit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The number one source has to carry."""

    channel: str
    source: RegisterSource
    number: Number | NotAvailable


def write_words(
    device: DeviceProfile,
    values: Mapping[str, Number | NotAvailable],
    parameters: Mapping[str, float] | None = None,
) -> dict[Location, int]:
    """The words a device of `profile` shows when it indicates `values`.

    Args:
        device: a Modbus profile without findings.
        values: indications in the channels' units, by channel name; NotAvailable is
            written as the channel's sentinel. Channels left out have no words.
        parameters: site values; missing ones take the profile's default.

    Integer formats show the nearest step. A shared scale factor becomes the finest with
    which all of its values fit. A total of several terms puts whole units in the first.

    Raises:
        UnknownChannelError: a name that the profile does not have.
        FitError: a number that the format cannot carry, or no pattern for "no value".
        ParameterError: an unknown parameter, or one that is not > 0.
        ProtocolError: it is no Modbus profile.
    """
    profile, factors = modbus_of(device), parameters_of(device, parameters)
    parts = [
        part
        for name, value in values.items()
        for part in _parts(profile, profile.channel(name), value, factors)
    ]
    exponents = _exponents(profile, parts)
    image: dict[Location, int] = {}
    for part in parts:
        image.update(_words(profile, part, exponents))
    for (function, address), exponent in exponents.items():
        image[function, address] = encode(exponent, "int16")[0]
    return image


def _parts(
    profile: ModbusProfile,
    channel: RegisterChannel,
    value: Number | NotAvailable,
    factors: Mapping[str, float],
) -> Iterator[_Part]:
    """What each source of the channel has to carry so that it indicates `value`."""
    if isinstance(value, NotAvailable):
        yield from _absent(profile, channel, value)
        return
    _refuse_unwritable(profile, channel, value)
    yield from _split(channel, unfinished(channel, value, factors))


def _refuse_unwritable(profile: ModbusProfile, channel: RegisterChannel, value: Number) -> None:
    if not math.isfinite(value):
        key, formats = channel.name, channel.terms[0].format
        raise FitError(profile.id, key=key, found=value, format=formats, limit="finite")


def _absent(
    profile: ModbusProfile, channel: RegisterChannel, value: NotAvailable
) -> Iterator[_Part]:
    """NotAvailable for each source that has a pattern for it; one at least must."""
    can = [source for source in channel.terms if _has_pattern(source)]
    if not can:
        facts = {"found": value, "format": channel.terms[0].format, "limit": "a declared sentinel"}
        raise FitError(profile.id, key=channel.name, **facts)
    for source in channel.terms:
        number = value if source in can else 0
        yield _Part(channel=channel.name, source=source, number=number)


def _has_pattern(source: RegisterSource) -> bool:
    return bool(source.sentinels) or source.format.startswith(("float", "acc"))


def _split(channel: RegisterChannel, total: Number) -> Iterator[_Part]:
    """The parts of a sum: whole units in heavy and integer terms first, the rest in the last."""
    terms = sorted(
        channel.terms, key=lambda term: (-abs(weight_of(term)), not is_integer(term.format))
    )
    for term in terms[:-1]:
        whole = math.trunc(over(total, weight_of(term)))
        low, high = (math.trunc(limit) for limit in limits(term.format))
        whole = min(max(whole, low), high)
        total -= times(whole, weight_of(term))
        yield _Part(channel=channel.name, source=term, number=whole)
    last = over(total, weight_of(terms[-1]))
    yield _Part(channel=channel.name, source=terms[-1], number=last)


def _exponents(profile: ModbusProfile, parts: list[_Part]) -> dict[Location, int]:
    """The finest power of ten for each scale factor register, with which all its parts fit."""
    exponents: dict[Location, int] = {}
    for part in parts:
        if part.source.scale_factor_address is not None:
            place = _factor_location(profile, part.source)
            exponents[place] = max(exponents.get(place, -SCALE_FACTOR_LIMIT), _finest(part))
    return exponents


def _factor_location(profile: ModbusProfile, source: RegisterSource) -> Location:
    return function_of(source, profile.modbus), source.scale_factor_address or 0


def _finest(part: _Part) -> int:
    if isinstance(part.number, NotAvailable):
        return -SCALE_FACTOR_LIMIT
    low, high = limits(part.source.format)
    fitting = (
        exponent
        for exponent in range(-SCALE_FACTOR_LIMIT, SCALE_FACTOR_LIMIT)
        if low <= round(times_power_of_ten(part.number, -exponent)) <= high
    )
    return next(fitting, SCALE_FACTOR_LIMIT)


def _words(
    profile: ModbusProfile, part: _Part, exponents: Mapping[Location, int]
) -> Iterator[tuple[Location, int]]:
    source, number = part.source, part.number
    if not isinstance(number, NotAvailable):
        number = _as_shown(profile, source, number, exponents)
    words = encode(
        number,
        source.format,
        source.word_order or profile.modbus.word_order,
        sentinels=patterns(source.sentinels),
        where=f"{profile.id} {part.channel}",
    )
    function = function_of(source, profile.modbus)
    for index, word in enumerate(words):
        yield (function, source.address + index), word


def _as_shown(
    profile: ModbusProfile,
    source: RegisterSource,
    number: Number,
    exponents: Mapping[Location, int],
) -> Number:
    """The number in the source's own steps, rounded where the format holds integers."""
    if source.counts is not None:
        return count_in_span(number, source.counts.low, source.counts.high)
    if source.scale_factor_address is not None:
        exponent = exponents[_factor_location(profile, source)]
        number = times_power_of_ten(number, -exponent)
    return round(number) if is_integer(source.format) else number
