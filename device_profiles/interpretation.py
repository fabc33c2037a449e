"""From a channel's bytes to its indication; all that is the same each time is done once (pure).

A gateway reads a channel every second for years, and everything but the bytes stays as it
is: so a channel is prepared once, and what is prepared takes bytes.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial

import msgspec

from device_profiles.errors import DigitsError
from device_profiles.formats import CODECS, NotAvailable, Number, word_count
from device_profiles.model import Channel, DeviceProfile, RegisterSource, weight_of
from device_profiles.plan import spans_of
from device_profiles.registers import fraction_of_span, reorder, scale_exponent
from device_profiles.scaling import multiplier, times_power_of_ten


class OutOfRange(msgspec.Struct, frozen=True, kw_only=True):
    """The device shows a number outside what the profile calls plausible.

    Args:
        number: what it shows, in the channel's unit.
        low, high: the plausible interval, in the same unit.
    """

    number: Number
    low: Number
    high: Number


Indicated = Number | NotAvailable | OutOfRange
Interpretation = Callable[[bytes], Indicated]
_Part = Callable[[bytes], Number | NotAvailable]
_Multiplier = Callable[[Number], Number]


def interpretation(
    profile: DeviceProfile, channel: Channel, factors: Mapping[str, float]
) -> Interpretation:
    """What makes the indication of `channel` from its registers' bytes.

    It is the weighted sum of the terms, scaled, shifted, compared with what is plausible, and
    multiplied by the parameters.

    Args:
        profile: says what the channel does not.
        channel: of the profile.
        factors: the value of every parameter.
    """
    total, finish = _total(profile, channel), _finish(channel, factors)

    def interpret(raw: bytes) -> Indicated:
        number = total(raw)
        return number if isinstance(number, NotAvailable) else finish(number)

    return interpret


@lru_cache(maxsize=1024)
def patterns(sentinels: tuple[str, ...]) -> tuple[bytes, ...]:
    """The declared sentinel patterns as bytes."""
    return tuple(bytes.fromhex(pattern) for pattern in sentinels)


def _total(profile: DeviceProfile, channel: Channel) -> _Part:
    """The weighted sum of a channel's terms; most have one, of weight 1."""
    terms = channel.terms
    if len(terms) == 1 and weight_of(terms[0]) == 1:
        return _part(profile, terms[0])
    return partial(_sum, tuple(_terms(profile, terms)))


def _terms(
    profile: DeviceProfile, terms: Iterable[RegisterSource]
) -> Iterable[tuple[_Part, _Multiplier, slice]]:
    """Each term's number, its weight, and where its bytes stand among the channel's."""
    start = 0
    for term in terms:
        end = start + 2 * sum(last - first for first, last in spans_of(term))
        yield _part(profile, term), multiplier(weight_of(term)), slice(start, end)
        start = end


def _sum(terms: Iterable[tuple[_Part, _Multiplier, slice]], raw: bytes) -> Number | NotAvailable:
    total: Number = 0
    for part, weighted, place in terms:
        number = part(raw[place])
        if isinstance(number, NotAvailable):
            return number
        total += weighted(number)
    return total


def _part(profile: DeviceProfile, source: RegisterSource) -> _Part:
    """The number of one source, from its bytes; as `registers.decode_bytes` reads it."""
    order = source.word_order or profile.modbus.word_order
    known, read = patterns(source.sentinels), CODECS[source.format].read

    def plain(raw: bytes) -> Number | NotAvailable:
        if raw in known:
            return NotAvailable()
        try:
            return read(raw if order == "ABCD" else reorder(raw, order))
        except DigitsError:
            return NotAvailable(reason="digits")

    if source.counts is not None:
        return partial(_counted, plain, source.counts.low, source.counts.high)
    if source.scale_factor_address is not None:
        return partial(_scaled, plain, 2 * word_count(source.format))
    return plain


def _counted(plain: _Part, low: int, high: int, raw: bytes) -> Number | NotAvailable:
    number = plain(raw)
    return number if isinstance(number, NotAvailable) else fraction_of_span(number, low, high)


def _scaled(plain: _Part, width: int, raw: bytes) -> Number | NotAvailable:
    """A SunSpec number: the bytes of its scale factor follow its own."""
    number = plain(raw[:width])
    if isinstance(number, NotAvailable):
        return number
    exponent = scale_exponent(raw[width : width + 2])
    return exponent if isinstance(exponent, NotAvailable) else times_power_of_ten(number, exponent)


def _finish(channel: Channel, factors: Mapping[str, float]) -> Callable[[Number], Indicated]:
    """What is done to a channel's total: scale, offset, plausible interval, parameters."""
    scaled, offset = multiplier(channel.scale), channel.offset
    low, high = channel.plausible or (-math.inf, math.inf)
    ratios = tuple(multiplier(factors[name]) for name in channel.multiply_by)

    def finish(total: Number) -> Indicated:
        number = scaled(total)
        number = number + offset if offset else number
        shown = _through(ratios, number) if ratios else number
        if isinstance(shown, float) and not math.isfinite(shown):
            return NotAvailable(reason="infinite")
        if low <= number <= high:
            return shown
        return OutOfRange(number=shown, low=_through(ratios, low), high=_through(ratios, high))

    return finish


def _through(ratios: Iterable[_Multiplier], number: Number) -> Number:
    for ratio in ratios:
        number = ratio(number)
    return number
