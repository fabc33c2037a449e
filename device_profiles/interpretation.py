"""From a channel's registers to the number in them; what is the same each time is done once (pure).

A gateway reads a channel every second for years, and everything but the bytes stays as it
is: so a channel is prepared once, and what is prepared takes bytes.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from device_profiles.formats import CODECS, NotAvailable, Number, word_count
from device_profiles.indicated import PlainDecoding
from device_profiles.plan import spans_of
from device_profiles.register_errors import DigitsError
from device_profiles.register_model import (
    ModbusProfile,
    RegisterChannel,
    RegisterSource,
    weight_of,
)
from device_profiles.registers import fraction_of_span, reorder, scale_exponent
from device_profiles.scaling import multiplier, times_power_of_ten

_Multiplier = Callable[[Number], Number]


def decoding(profile: ModbusProfile, channel: RegisterChannel) -> PlainDecoding:
    """What makes the number of `channel` from its registers' bytes: the weighted sum of its terms.

    Args:
        profile: says what the channel does not.
        channel: of the profile.
    """
    return _total(profile, channel)


@lru_cache(maxsize=1024)
def patterns(sentinels: tuple[str, ...]) -> tuple[bytes, ...]:
    """The declared sentinel patterns as bytes."""
    return tuple(bytes.fromhex(pattern) for pattern in sentinels)


def _total(profile: ModbusProfile, channel: RegisterChannel) -> PlainDecoding:
    """The weighted sum of a channel's terms; most have one, of weight 1."""
    terms = channel.terms
    if len(terms) == 1 and weight_of(terms[0]) == 1:
        return _part(profile, terms[0])
    return partial(_sum, tuple(_terms(profile, terms)))


def _terms(
    profile: ModbusProfile, terms: Iterable[RegisterSource]
) -> Iterable[tuple[PlainDecoding, _Multiplier, slice]]:
    """Each term's number, its weight, and where its bytes stand among the channel's."""
    start = 0
    for term in terms:
        end = start + 2 * sum(last - first for first, last in spans_of(term))
        yield _part(profile, term), multiplier(weight_of(term)), slice(start, end)
        start = end


def _sum(
    terms: Iterable[tuple[PlainDecoding, _Multiplier, slice]], raw: bytes
) -> Number | NotAvailable:
    total: Number = 0
    for part, weighted, place in terms:
        number = part(raw[place])
        if isinstance(number, NotAvailable):
            return number
        total += weighted(number)
    return total


def _part(profile: ModbusProfile, source: RegisterSource) -> PlainDecoding:
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


def _counted(plain: PlainDecoding, low: int, high: int, raw: bytes) -> Number | NotAvailable:
    number = plain(raw)
    return number if isinstance(number, NotAvailable) else fraction_of_span(number, low, high)


def _scaled(plain: PlainDecoding, width: int, raw: bytes) -> Number | NotAvailable:
    """A SunSpec number: the bytes of its scale factor follow its own."""
    number = plain(raw[:width])
    if isinstance(number, NotAvailable):
        return number
    exponent = scale_exponent(raw[width : width + 2])
    return exponent if isinstance(exponent, NotAvailable) else times_power_of_ten(number, exponent)
