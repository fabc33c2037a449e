"""Whether streams are plainly sound: one look at all their numbers, to spare a look at each. Pure.

A batch of 1,000 readings may have a thousand streams, and what can be wrong in each is a dozen
things. Sums tell of all numbers together whether one of them is not finite; only where they do,
or anything else is unusual, does `evidence.log.batch.check` go through the columns one by one.
"""

import math
from collections.abc import Iterable

from evidence.log.column import HEXADECIMAL, MAX_AT_MS, MAX_COUNT, MAX_EXACT, Progression
from evidence.log.leaf import Contribution, Number, Stream, StreamHead


def plainly_sound(streams: Iterable[Stream]) -> bool:
    """True only if `evidence.log.batch.check` finds nothing wrong with any of `streams`.

    False says nothing but that it has to look.
    """
    try:
        return _sound(streams)
    except OverflowError:  # a whole number that no float holds
        return False


def _sound(streams: Iterable[Stream]) -> bool:
    numbers: list[Number] = []
    shown: list[Number] = []
    raw: list[str] = []
    for stream in streams:
        if not _fits(stream):
            return False
        shown += stream.indication
        raw += stream.raw
        for miss in stream.missed:
            raw.append(miss.raw)
            shown.append(miss.indication or 0)
        _state(stream, numbers)
    return _finite(numbers) and _exact(shown) and _bytes(raw)


def _fits(stream: Stream) -> bool:
    """Whether all columns of a stream have their rows, and count what can be counted."""
    rows, value, fresh, quality = stream.rows, stream.value, stream.fresh, stream.quality
    return (
        len(stream.raw) == len(stream.indication) == rows
        and (value is None or len(value) == rows)
        and (not isinstance(fresh, tuple) or len(fresh) == rows)
        and (not isinstance(quality, tuple) or len(quality) == rows)
        and (
            not rows
            or (
                _ascends(stream.sequence, rows, MAX_COUNT)
                and _ascends(stream.at_ms, rows, MAX_AT_MS)
            )
        )
        and _contribute(stream.contributions, rows)
    )


def _ascends(column: Progression, rows: int, most: int) -> bool:
    """Whether a column goes from 0 or more up to `most` or less, and never back."""
    first, steps = column.first, column.steps
    if isinstance(steps, int):
        return first >= 0 and steps >= 0 and first + steps * (rows - 1) <= most
    if len(steps) != rows - 1 or first < 0:
        return False
    return not steps or (min(steps) >= 0 and first + sum(steps) <= most)


def _contribute(parts: tuple[Contribution, ...], rows: int) -> bool:
    """Whether no influence is named twice, and each is stated in one form that has its rows."""
    if len({part.influence.id for part in parts}) < len(parts):
        return False
    for part in parts:
        stated = part.contribution
        if (stated is None) is (part.relative is None):
            return False
        if isinstance(stated, tuple) and len(stated) != rows:
            return False
    return True


def _state(stream: Stream, numbers: list[Number]) -> None:
    """Adds all numbers of a stream that must be finite, besides its indications."""
    _describe(stream.head, numbers)
    value, fresh = stream.value, stream.fresh
    numbers += value or ()
    numbers += fresh if isinstance(fresh, tuple) else (fresh,)
    largest: Number | None = None
    for part in stream.contributions:
        stated = part.contribution
        if isinstance(stated, tuple):
            numbers += stated
        elif stated is not None:
            numbers.append(stated)
        elif part.relative is not None:
            if largest is None:
                largest = max(map(abs, value or stream.indication), default=0.0)
            numbers.append(part.relative * largest)


def _describe(head: StreamHead, numbers: list[Number]) -> None:
    stated = (head.resolution, head.rollover, head.rated_rate, head.nameplate_mpe_relative)
    numbers += [each for each in stated if each is not None]
    if head.parameters:
        numbers += head.parameters.values()
    gas = head.measurand.reference_conditions
    if gas is not None:
        numbers += (gas.temperature_K, gas.pressure_Pa)


def _finite(numbers: Iterable[Number]) -> bool:
    """A sum of finite numbers may overflow too, and then each of them is looked at."""
    return math.isfinite(sum(map(abs, numbers)))


def _exact(numbers: list[Number]) -> bool:
    return _finite(numbers) and max(map(abs, numbers), default=0) <= MAX_EXACT


def _bytes(texts: list[str]) -> bool:
    """Whether all are whole bytes in lower-case hexadecimal."""
    digits = not "".join(texts).strip(HEXADECIMAL)
    return digits and not any(size % 2 for size in set(map(len, texts)))
