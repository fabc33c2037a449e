"""From replies to numbers in the channels' units (pure).

A number depends on nothing but the profile, the parameters and the registers' bytes,
so whoever keeps the bytes can compute it again: `readout` goes through `interpret`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from device_profiles.errors import DigitsError, ParameterError, WordCountError
from device_profiles.formats import NotAvailable, Number, word_count
from device_profiles.model import Channel, DeviceProfile, RegisterSource, weight_of
from device_profiles.nearest import nearest
from device_profiles.plan import ReadRequest, extent, spans_of
from device_profiles.registers import decode_bytes, fraction_of_span, scale_exponent, wire_bytes
from device_profiles.scaling import times, times_power_of_ten


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfRange:
    """The device shows a number outside what the profile calls plausible.

    Args:
        number: what it shows, in the channel's unit.
        low, high: the plausible interval, in the same unit.
    """

    number: Number
    low: Number
    high: Number


Indicated = Number | NotAvailable | OutOfRange


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReadout:
    """What one channel indicated.

    Args:
        raw: the registers' bytes as they travelled: per term the value, then its scale
            factor register if it has one. A bit is one register, 0000 or 0001.
        number: the indication in the channel's unit, or why there is none.
    """

    raw: bytes
    number: Indicated


def parameters_of(
    profile: DeviceProfile, given: Mapping[str, float] | None = None
) -> dict[str, float]:
    """The value of every parameter of `profile`: as `given`, else its default.

    Raises:
        ParameterError: a name the profile does not declare, or a value that is not > 0.
    """
    for name, value in (given or {}).items():
        if name not in profile.parameters:
            known = nearest(name, profile.parameters) or "-"
            _refuse_parameter(profile, name, "is not declared", "未声明", known)
        if not (math.isfinite(value) and value > 0):
            _refuse_parameter(profile, name, f"cannot be {value}", f"不能为 {value}", "-")
    defaults = {name: parameter.default for name, parameter in profile.parameters.items()}
    return defaults | dict(given or {})


def readout(
    profile: DeviceProfile,
    plan: Sequence[ReadRequest],
    replies: Mapping[ReadRequest, Sequence[int]],
    parameters: Mapping[str, float] | None = None,
) -> dict[str, ChannelReadout]:
    """What every channel indicated whose read was answered, by name.

    Args:
        profile: a profile without findings.
        plan: the reads that were asked, see `plan_reads`.
        replies: register words (bits as 0 or 1) per answered read; others are left out,
            and with them their channels.
        parameters: site values; missing ones take the profile's default.

    A scaled integer stays an exact `int` while scale and parameters are integral.

    Raises:
        WordCountError: a reply has another length than its read asked for.
        WordRangeError: a reply holds what is no 16-bit word.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    names = [channel.name for channel in profile.channels]
    answered = {read: replies[read] for read in plan if read in replies}
    return reader_of(profile, names, parameters).read(answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A device's channels, prepared to be read out many times; made by `reader_of`.

    Args:
        profile: a profile without findings.
        slots: each channel with the smallest read that holds it.
        parameters: the value of every parameter.
    """

    profile: DeviceProfile
    slots: tuple[tuple[Channel, ReadRequest], ...]
    parameters: Mapping[str, float]

    def read(self, replies: Mapping[ReadRequest, Sequence[int]]) -> dict[str, ChannelReadout]:
        """What every channel indicated whose read was answered, by name.

        Raises:
            WordCountError, WordRangeError: as for `readout`.
        """
        answered = {read: _bytes_of(self.profile, read, words) for read, words in replies.items()}
        found: dict[str, ChannelReadout] = {}
        for channel, whole in self.slots:
            read = next((read for read in answered if read.covers(whole)), None)
            if read is not None:
                raw = b"".join(_pieces(channel, answered[read], read.address))
                number = _number(self.profile, channel, raw, self.parameters)
                found[channel.name] = ChannelReadout(raw=raw, number=number)
        return found


def reader_of(
    profile: DeviceProfile, names: Sequence[str], parameters: Mapping[str, float] | None = None
) -> Reader:
    """A reader of the channels `names`, with site values for parameters.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channels = [profile.channel(name) for name in names]
    return Reader(
        profile=profile,
        slots=tuple((channel, extent(channel, profile.modbus)) for channel in channels),
        parameters=parameters_of(profile, parameters),
    )


def interpret(
    profile: DeviceProfile, name: str, raw: bytes, parameters: Mapping[str, float] | None = None
) -> Indicated:
    """What channel `name` indicated, from the bytes that `ChannelReadout.raw` keeps.

    Raises:
        UnknownChannelError: the profile has no such channel.
        WordCountError: `raw` has another length than the channel's registers.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channel = profile.channel(name)
    limit_bytes = 2 * sum(end - start for term in channel.terms for start, end in spans_of(term))
    if len(raw) != limit_bytes:
        found = f"{len(raw) / 2:g}"
        raise WordCountError(profile.id, key=name, found=found, limit=limit_bytes // 2)
    return _number(profile, channel, raw, parameters_of(profile, parameters))


@lru_cache(maxsize=1024)
def patterns(sentinels: tuple[str, ...]) -> tuple[bytes, ...]:
    """The declared sentinel patterns as bytes."""
    return tuple(bytes.fromhex(pattern) for pattern in sentinels)


def _refuse_parameter(
    profile: DeviceProfile, name: str, what: str, what_zh: str, known: str
) -> None:
    raise ParameterError(
        profile.id,
        key=name,
        what=f"parameter '{name}' {what}",
        what_zh=f"参数 '{name}' {what_zh}",
        limit="> 0",
        nearest=known,
    )


def _bytes_of(profile: DeviceProfile, read: ReadRequest, words: Sequence[int]) -> bytes:
    """The reply's bytes, if it has the length that was asked for."""
    where = f"{profile.id} function {read.function} address {read.address}"
    if len(words) != read.count:
        raise WordCountError(where, key="reply", found=len(words), limit=read.count)
    return wire_bytes(words, where)


def _pieces(channel: Channel, reply: bytes, address: int) -> Iterator[bytes]:
    """The bytes of the channel's registers, cut from a reply that begins at `address`."""
    for term in channel.terms:
        for start, end in spans_of(term):
            yield reply[2 * (start - address) : 2 * (end - address)]


def _number(
    profile: DeviceProfile, channel: Channel, raw: bytes, factors: Mapping[str, float]
) -> Indicated:
    """The indication: the weighted sum, scaled, checked, multiplied by the parameters."""
    total: Number = 0
    for term in channel.terms:
        part = _part(profile, term, raw)
        if isinstance(part, NotAvailable):
            return part
        total += times(part, weight_of(term))
        raw = raw[2 * sum(end - start for start, end in spans_of(term)) :]
    number = times(total, channel.scale)
    return _in_range(channel, number + channel.offset if channel.offset else number, factors)


def _in_range(channel: Channel, number: Number, factors: Mapping[str, float]) -> Indicated:
    low, high = channel.plausible or (-math.inf, math.inf)
    inside = low <= number <= high
    for name in channel.multiply_by:
        number, low, high = (times(each, factors[name]) for each in (number, low, high))
    if isinstance(number, float) and not math.isfinite(number):
        return NotAvailable(reason="infinite")
    return number if inside else OutOfRange(number=number, low=low, high=high)


def _part(profile: DeviceProfile, source: RegisterSource, raw: bytes) -> Number | NotAvailable:
    """The number of one source, whose bytes `raw` begins with."""
    width = 2 * word_count(source.format)
    order = source.word_order or profile.modbus.word_order
    try:
        number = decode_bytes(
            raw[:width], source.format, order, sentinels=patterns(source.sentinels)
        )
    except DigitsError:
        return NotAvailable(reason="digits")
    if isinstance(number, NotAvailable):
        return number
    if source.counts is not None:
        return fraction_of_span(number, source.counts.low, source.counts.high)
    if source.scale_factor_address is None:
        return number
    exponent = scale_exponent(raw[width : width + 2])
    return exponent if isinstance(exponent, NotAvailable) else times_power_of_ten(number, exponent)
