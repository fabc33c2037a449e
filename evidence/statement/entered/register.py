"""A register that people read, over a period: what it grew by between its readings. Pure.

Where no reading was taken at the period's end, the register there lies on the straight line between
the readings, and nobody knows how what it counted was spread over their time: see
`evidence.statement.entered.spread`. Both periods that meet there deviate by the same, and it
cancels in their sum. Of a meter that was exchanged, nothing is known of the time between the last
reading of the one and the first of the other. Where a register stands lower than before and did not
roll over, nobody knows what it counted: that time lacks, and is no negative growth.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.grid import edge_name
from calibration.increment import Finding, FindingKind, RegisterReading, Step
from calibration.indication import Quality
from calibration.uncertainty import Influence, UncertaintyComponent, merge, name_of
from calibration.window import (
    Grounds,
    RegisterWindow,
    Tally,
    merge_grounds,
    read_influence,
)
from evidence.statement.entered.book import ManualEntry, reads_of
from evidence.statement.entered.covered import Span
from evidence.statement.entered.spread import Shares, deviation, spread
from evidence.statement.entered.succession import Read, Succession, growth, succession

FELL: Final = "register_fell"
UNCLEAR: Final = "meter_unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a register grew by between two readings, or an end of the period.

    `counted` is the growth between the readings `ends`, and `shares` those of their time.
    """

    opening: RegisterReading
    closing: RegisterReading
    counted: float
    shares: Shares
    ends: tuple[Read, Read]

    @property
    def share(self) -> float:
        """Of the time between both readings."""
        return self.shares[1] - self.shares[0]

    @property
    def increment(self) -> float:
        return self.counted * self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What a register grew by in a period.

    Attributes:
        window: Over the whole period.
        spans: [start, end) in UTC ns that the readings cover.
        lacking: Likewise, of which nothing is known though readings reach over them, by reason.
        entries: Numbers of the entries that count.
    """

    window: RegisterWindow
    spans: tuple[Span, ...]
    lacking: Mapping[str, tuple[Span, ...]]
    entries: tuple[int, ...]


def grown(channel: str, standing: Sequence[ManualEntry], period: Span) -> Grown | None:
    """What a register that people read grew by in a period; None where no two readings say.

    Args:
        channel: its name.
        standing: its entries that stand, readings all.
        period: UTC ns.
    """
    followed = succession(reads_of(standing))
    parts = [part for step in followed.steps for part in _clipped(step, period)]
    if not parts:
        return None
    window = RegisterWindow(
        channel=channel,
        start_ns=period[0],
        end_ns=period[1],
        unit=parts[0].ends[0].content.unit,
        opening=parts[0].opening,
        closing=parts[-1].closing,
        uncorrected=math.fsum(each.increment for each in parts),
        value=math.fsum(each.increment for each in parts),
        components=merge(_ends(channel, parts), _spreads(channel, parts), _gains(channel, parts)),
        fresh_variance=0.0,
        tally=_tally(parts),
        grounds=merge_grounds(_grounds(part) for part in parts),
        findings=tuple(_findings(followed, period)),
    )
    spans = tuple((each.opening.at_ns, each.closing.at_ns) for each in parts)
    lacking = {FELL: tuple(_fallen(followed)), UNCLEAR: followed.unclear}
    entries = {end.entry for part in parts for end in part.ends}
    return Grown(window=window, spans=spans, lacking=lacking, entries=tuple(sorted(entries)))


def _reading(read: Read) -> RegisterReading:
    return RegisterReading(
        key=f"entry-{read.entry}",
        at_ns=read.content.at_ns,
        value=read.content.value,
        standard_uncertainty=read.content.reading_uncertainty,
        polled=False,
    )


def _fallen(followed: Succession) -> Iterator[Span]:
    for first, then in followed.fallen():
        yield first.content.at_ns, then.content.at_ns


def _clipped(ends: tuple[Read, Read], period: Span) -> Iterator[_Part]:
    """The part of a step that lies in the period; its ends are interpolated where it is cut."""
    first, last = _reading(ends[0]), _reading(ends[1])
    start, end = max(first.at_ns, period[0]), min(last.at_ns, period[1])
    counted = growth(ends[0].content, ends[1].content)
    if start >= end or counted is None:
        return
    step = Step(opening=first, closing=last, increment=counted)
    length = last.at_ns - first.at_ns
    shares = (start - first.at_ns) / length, (end - first.at_ns) / length
    opening, closing = (
        each if at == each.at_ns else _between(step, at, share)
        for each, at, share in ((first, start, shares[0]), (last, end, shares[1]))
    )
    yield _Part(opening=opening, closing=closing, counted=counted, shares=shares, ends=ends)


def _between(step: Step, at_ns: int, share: float) -> RegisterReading:
    """The register at an instant between two readings."""
    u_ends = (
        (1.0 - share) * step.opening.standard_uncertainty,
        (share * step.closing.standard_uncertainty),
    )
    return RegisterReading(
        key=f"{step.opening.key}~{step.closing.key}~{edge_name(at_ns)}",
        at_ns=at_ns,
        value=step.opening.value + share * step.increment,
        standard_uncertainty=math.hypot(deviation(step.increment, share), *u_ends),
        quality=Quality.INTERPOLATED,
        polled=False,
    )


def _ends(channel: str, parts: Sequence[_Part]) -> Iterator[UncertaintyComponent]:
    """What the readings are off by, each by the share of the growth that it bears on.

    One that closes a step and opens the next bears on both, and cancels where both are whole.
    """
    off: dict[str, float] = {}
    for part in parts:
        for read, sign in zip(part.ends, (-1.0, 1.0), strict=True):
            reading = _reading(read)
            u = sign * part.share * reading.standard_uncertainty
            off[reading.key] = off.get(reading.key, 0.0) + u
    for key, contribution in off.items():
        if contribution:
            yield UncertaintyComponent(
                influence=read_influence(channel, key), contribution=contribution
            )


def _spreads(channel: str, parts: Sequence[_Part]) -> Iterator[UncertaintyComponent]:
    """That nobody knows how what was counted was spread over the time between two readings."""
    for part in parts:
        entries = "~".join(str(each.entry) for each in part.ends)
        yield from spread(channel, entries, part.counted, part.shares)


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


def _findings(followed: Succession, period: Span) -> Iterator[Finding]:
    """What the register did in the period that is not growth, in order of time."""
    exchanged = (each for each in pairwise(followed.reads) if _kind(each) is FindingKind.EXCHANGE)
    pairs = chain(followed.steps, exchanged)
    for before, after in sorted(pairs, key=lambda each: each[1].content.at_ns):
        kind = _kind((before, after))
        if kind is not None and period[0] < after.content.at_ns <= period[1]:
            yield Finding(
                kind=kind,
                at_ns=after.content.at_ns,
                before=before.content.value,
                after=after.content.value,
            )


def _kind(pair: tuple[Read, Read]) -> FindingKind | None:
    first, then = (each.content for each in pair)
    if first.serial != then.serial:
        return FindingKind.EXCHANGE
    if then.value >= first.value:
        return None
    return FindingKind.RESET if growth(first, then) is None else FindingKind.ROLLOVER
