"""From the number in a channel's bytes to its indication: scale, offset, plausibility, ratios.

The same for every protocol; all that is the same each time is done once.
"""

import math
from collections.abc import Callable, Iterable, Mapping

from device_profiles.formats import NotAvailable, Number
from device_profiles.indicated import Decoding, Impaired, Indicated, Interpretation, OutOfRange
from device_profiles.model import Channel
from device_profiles.scaling import multiplier, over

_Multiplier = Callable[[Number], Number]
_Finish = Callable[[Number], Number | NotAvailable | OutOfRange]
_STATED = (NotAvailable, Impaired)


def finished(decode: Decoding, channel: Channel, factors: Mapping[str, float]) -> Interpretation:
    """What makes the indication of `channel` from its bytes.

    The number is scaled, shifted, compared with what is plausible, and multiplied by the
    parameters.

    Args:
        decode: what makes the number from the bytes.
        channel: of a profile.
        factors: the value of every parameter.
    """
    finish = _finish(channel, factors)

    def interpret(raw: bytes) -> Indicated:
        number = decode(raw)
        return _stated(number, finish) if isinstance(number, _STATED) else finish(number)

    return interpret


def _stated(what: NotAvailable | Impaired, finish: _Finish) -> NotAvailable | Impaired:
    """What is no plain number: it stays as it is, but for a number in it."""
    if isinstance(what, NotAvailable) or isinstance(what.number, NotAvailable | OutOfRange):
        return what
    return Impaired(number=finish(what.number), condition=what.condition)


def unfinished(channel: Channel, value: Number, factors: Mapping[str, float]) -> Number:
    """The number a channel's bytes have to carry so that it indicates `value`; the way back.

    Args:
        channel: of a profile.
        value: in the channel's unit, finite.
        factors: the value of every parameter.
    """
    for name in channel.multiply_by:
        value = over(value, factors[name])
    return over(value - channel.offset if channel.offset else value, channel.scale)


def _finish(channel: Channel, factors: Mapping[str, float]) -> _Finish:
    scaled, offset = multiplier(channel.scale), channel.offset
    low, high = channel.plausible or (-math.inf, math.inf)
    ratios = tuple(multiplier(factors[name]) for name in channel.multiply_by)

    def finish(total: Number) -> Number | NotAvailable | OutOfRange:
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
