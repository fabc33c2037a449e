"""A register that people read, over a period: what it grew by between its readings. Pure.

Where no reading was taken at the period's end, the register there is interpolated, with an
uncertainty of its own, as between the polls of an instrument: it belongs to both periods that meet
there and cancels in their sum. Of a meter that was exchanged, nothing is known of the time between
the last reading of the one and the first of the other.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.hourly import interpolated
from calibration.increment import Finding, FindingKind, RegisterReading, Step
from calibration.uncertainty import Influence, UncertaintyComponent, merge, name_of
from calibration.window import (
    Grounds,
    RegisterWindow,
    Tally,
    merge_grounds,
    read_influence,
)
from evidence.statement.entered.book import ManualEntry
from evidence.statement.entered.content import ManualReading
from evidence.statement.entered.covered import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A reading, the entry that it came by, and what was entered."""

    reading: RegisterReading
    entry: int
    content: ManualReading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a register grew by between two readings, or an end of the period."""

    opening: RegisterReading
    closing: RegisterReading
    increment: float
    ends: tuple[_Read, _Read]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What a register grew by in a period.

    Attributes:
        window: Over the whole period.
        spans: [start, end) in UTC ns that the readings cover.
        entries: Numbers of the entries that count.
    """

    window: RegisterWindow
    spans: tuple[Span, ...]
    entries: tuple[int, ...]


def grown(channel: str, standing: Sequence[ManualEntry], period: Span) -> Grown | None:
    """What a register that people read grew by in a period; None where no two readings say.

    Args:
        channel: its name.
        standing: its entries that stand, readings all.
        period: UTC ns.
    """
    reads = sorted(_reads(standing), key=lambda each: each.reading.at_ns)
    steps = [pair for pair in pairwise(reads) if pair[0].content.serial == pair[1].content.serial]
    parts = [part for pair in steps for part in _clipped(pair, period)]
    if not parts:
        return None
    entries = {end.entry for part in parts for end in part.ends}
    window = RegisterWindow(
        channel=channel,
        start_ns=period[0],
        end_ns=period[1],
        unit=parts[0].ends[0].content.unit,
        opening=parts[0].opening,
        closing=parts[-1].closing,
        uncorrected=math.fsum(each.increment for each in parts),
        value=math.fsum(each.increment for each in parts),
        components=merge(_ends(channel, parts), _gains(channel, parts)),
        fresh_variance=0.0,
        tally=_tally(parts),
        grounds=merge_grounds(_grounds(part) for part in parts),
        findings=tuple(_findings(reads, period)),
    )
    spans = tuple((each.opening.at_ns, each.closing.at_ns) for each in parts)
    return Grown(window=window, spans=spans, entries=tuple(sorted(entries)))


def _reads(standing: Sequence[ManualEntry]) -> Iterator[_Read]:
    for each in standing:
        if isinstance(each.content, ManualReading):
            reading = RegisterReading(
                key=f"entry-{each.entry}",
                at_ns=each.content.at_ns,
                value=each.content.value,
                standard_uncertainty=each.content.reading_uncertainty,
                polled=False,
            )
            yield _Read(reading=reading, entry=each.entry, content=each.content)


def _clipped(ends: tuple[_Read, _Read], period: Span) -> Iterator[_Part]:
    """The part of a step that lies in the period; its ends are interpolated where it is cut."""
    first, last = ends[0].reading, ends[1].reading
    start, end = max(first.at_ns, period[0]), min(last.at_ns, period[1])
    if start >= end:
        return
    step = Step(opening=first, closing=last, increment=_increment(ends))
    length = last.at_ns - first.at_ns
    shares = (start - first.at_ns) / length, (end - first.at_ns) / length
    opening, closing = (
        each if at == each.at_ns else interpolated(step, at, share)
        for each, at, share in ((first, start, shares[0]), (last, end, shares[1]))
    )
    increment = step.increment * (shares[1] - shares[0])
    yield _Part(opening=opening, closing=closing, increment=increment, ends=ends)


def _increment(ends: tuple[_Read, _Read]) -> float:
    growth = ends[1].content.value - ends[0].content.value
    return growth if growth >= 0.0 else growth + (ends[1].content.rollover or 0.0)


def _ends(channel: str, parts: Sequence[_Part]) -> Iterator[UncertaintyComponent]:
    """The readings at the ends of each unbroken run; inner ones cancel."""
    met = Counter(each.key for part in parts for each in (part.opening, part.closing))
    for part in parts:
        for reading, sign in ((part.opening, -1.0), (part.closing, 1.0)):
            if met[reading.key] == 1:
                yield UncertaintyComponent(
                    influence=read_influence(channel, reading.key),
                    contribution=sign * reading.standard_uncertainty,
                )


def _gains(channel: str, parts: Sequence[_Part]) -> Iterator[UncertaintyComponent]:
    """What the meter is off by: one deviation of the instrument, over all that it counted."""
    for part in parts:
        content = part.ends[1].content
        if content.relative is not None:
            yield UncertaintyComponent(
                influence=gain_influence(channel, content.serial, content.mpe_relative),
                contribution=part.increment * content.relative,
            )


def gain_influence(channel: str, serial: str, mpe_relative: float | None) -> Influence:
    """The influence of what an instrument, or a source without one, is off by.

    A class is the instrument's own: polled or read by a person, it is the same deviation.
    """
    if mpe_relative is not None:
        name = f"inst:{name_of(serial)}/class"
        return Influence(id=name, distribution=Distribution.RECTANGULAR)
    return Influence(id=f"inst:{name_of(serial or channel)}/bias")


def _grounds(part: _Part) -> Grounds:
    content = part.ends[1].content
    serials = (content.serial,) if content.serial else ()
    return Grounds(basis=basis_of(content.relative, content.mpe_relative), serials=serials)


def basis_of(relative: float | None, mpe_relative: float | None) -> UncertaintyBasis:
    """On what the uncertainty of what was entered rests."""
    if mpe_relative is not None:
        return UncertaintyBasis.NAMEPLATE
    return UncertaintyBasis.UNKNOWN if relative is None else UncertaintyBasis.STATED


def _tally(parts: Sequence[_Part]) -> Tally:
    readings = {each.key: each for part in parts for each in (part.opening, part.closing)}
    return Tally(
        expected=0,
        present=0,
        qualities=dict(Counter(each.quality.value for each in readings.values())),
    )


def _findings(reads: Sequence[_Read], period: Span) -> Iterator[Finding]:
    for before, after in pairwise(reads):
        if not period[0] < after.reading.at_ns <= period[1]:
            continue
        kind: FindingKind | None = None
        if before.content.serial != after.content.serial:
            kind = FindingKind.EXCHANGE
        elif after.content.value < before.content.value:
            kind = FindingKind.ROLLOVER
        if kind is not None:
            yield Finding(
                kind=kind,
                at_ns=after.reading.at_ns,
                before=before.content.value,
                after=after.content.value,
            )
