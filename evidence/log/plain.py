"""Whether streams are plainly sound: one look at all their numbers, to spare a look at each. Pure.

A batch of 1,000 readings may have a thousand streams, and what can be wrong in each is a dozen
things. A norm tells of all numbers together whether one of them is not finite, or too large; only
where one may be, or anything else is unusual, does `evidence.log.batch.check` go through the
columns one by one.
"""

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from evidence.log.column import MAX_AT_MS, MAX_COUNT, MAX_EXACT, Progression
from evidence.log.heads import told_by_text
from evidence.log.leaf import Contribution, Number, Stream, StreamHead

_NO_COURSE: Final = Progression(first=0, steps=())


class _Told(NamedTuple):
    """What streams tell, all together."""

    shown: list[Number]
    numbers: list[Number]
    factors: list[Number]
    raw: list[str]


def plainly_sound(streams: Iterable[Stream]) -> bool:
    """True only if `evidence.log.batch.check` finds nothing wrong with any of `streams`.

    False says nothing but that it has to look.
    """
    told = _Told([], [], [], [])
    try:
        return _fit(streams, told) and _sound(told)
    except (OverflowError, ValueError):  # a whole number that no float holds; no hexadecimal
        return False


def _fit(streams: Iterable[Stream], told: _Told) -> bool:
    """Whether all columns have their rows, and count what can be counted.

    Streams of channels that were read at once share their courses, and stand together.
    """
    rows, sequence, at_ms = 0, _NO_COURSE, _NO_COURSE
    for stream in streams:
        if not (stream.rows == rows and stream.sequence is sequence and stream.at_ms is at_ms):
            rows, sequence, at_ms = stream.rows, stream.sequence, stream.at_ms
            if rows and not (
                _ascends(sequence, rows, MAX_COUNT) and _ascends(at_ms, rows, MAX_AT_MS)
            ):
                return False
        if not (_columns_fit(stream, rows, told) and _contribute(stream.contributions, rows, told)):
            return False
    return True


def _sound(told: _Told) -> bool:
    shown = _largest(told.shown)
    factors = _largest(told.factors)
    return (
        shown <= MAX_EXACT
        and math.isfinite(factors * (shown + _largest(told.numbers)))
        and _bytes(told.raw)
    )


def _largest(numbers: Iterable[Number]) -> float:
    """At least the largest of numbers without sign; not finite if one of them is not."""
    return 2.0 * math.hypot(*numbers)


def _columns_fit(stream: Stream, rows: int, told: _Told) -> bool:
    shown, numbers, _, raw = told
    value, fresh, quality = stream.value, stream.fresh, stream.quality
    shown += stream.indication
    raw += stream.raw
    if value is not None:
        numbers += value
    if stream.missed:
        raw += [miss.raw for miss in stream.missed]
        shown += [miss.indication or 0 for miss in stream.missed]
    if told_by_text(id(stream.head)) is not stream.head:  # else each of its numbers is finite
        _describe(stream.head, numbers)
    return (
        len(stream.raw) == len(stream.indication) == rows
        and (value is None or len(value) == rows)
        and (not isinstance(quality, tuple) or len(quality) == rows)
        and _states(fresh, rows, numbers)
    )


def _states(column: Number | tuple[Number, ...], rows: int, numbers: list[Number]) -> bool:
    """Whether what is one number, or one a row, has its rows."""
    if not isinstance(column, tuple):
        numbers.append(column)
        return True
    numbers += column
    return len(column) == rows


def _ascends(column: Progression, rows: int, most: int) -> bool:
    """Whether a column goes from 0 or more up to `most` or less, and never back."""
    first, steps = column.first, column.steps
    if not isinstance(steps, tuple):
        return first >= 0 and steps >= 0 and first + steps * (rows - 1) <= most
    if len(steps) != rows - 1 or first < 0:
        return False
    return first + sum(steps) <= most and (not steps or min(steps) >= 0)


def _contribute(parts: tuple[Contribution, ...], rows: int, told: _Told) -> bool:
    """Whether no influence is named twice, and each is stated in one form that has its rows."""
    _, numbers, factors, _ = told
    for part in parts:
        stated, relative = part.contribution, part.relative
        if stated is None:
            if relative is None:
                return False
            factors.append(relative)
        elif relative is not None or not _states(stated, rows, numbers):
            return False
    return len(parts) < 2 or len({part.influence.id for part in parts}) == len(parts)


def _describe(head: StreamHead, numbers: list[Number]) -> None:
    stated = (head.resolution, head.rollover, head.rated_rate, head.nameplate_mpe_relative)
    numbers += [each for each in stated if each is not None]
    if head.parameters:
        numbers += head.parameters.values()
    gas = head.measurand.reference_conditions
    if gas is not None:
        numbers += (gas.temperature_K, gas.pressure_Pa)


def _bytes(texts: list[str]) -> bool:
    """Whether all are whole bytes in lower-case hexadecimal.

    Raises:
        ValueError: one is no hexadecimal, or ends within a byte: a space may not stand there.
    """
    return bytes.fromhex(" ".join(texts)).hex() == "".join(texts)
