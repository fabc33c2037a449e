"""Amounts of invoices and reports, over a period that they tile, cover in part, or cross. Pure.

An amount that crosses the period's end is divided by time. Nobody knows how it was spread, so the
part has an uncertainty of its own: at each instant the rate lies between 0 and twice the mean, a
rectangle. What flowed more at one time flowed less at another, so that all parts add up to the
amount as it was entered.

Both say what a part may deviate by. Let d(t) be the deviation of what flowed until t, in as many
independent influences as it takes. That parts add up makes it a closed curve, from nothing to
nothing; the rectangle makes its speed at most mean/sqrt(3). A curve that goes straight out and back
has parts in its middle that deviate by nothing. Of all closed curves of one length the
circle has the greatest mean square of the chord over every share of time, and chords of one share
are all alike. So u of a part with a share p of the time is amount/sqrt(3) * sin(pi*p)/pi: the whole
rectangle of a short part, and never more than that of the part or of the rest.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution, from_half_width
from calibration.indication import Quality
from calibration.uncertainty import Influence, UncertaintyComponent, merge, name_of
from calibration.window import FlowWindow, Grounds, Tally, merge_grounds
from evidence.statement.entered.book import ManualEntry
from evidence.statement.entered.content import ManualAmount
from evidence.statement.entered.covered import Span
from evidence.statement.entered.register import basis_of, gain_influence

_SPREAD: Final = re.compile(
    r"substitution:(?P<channel>[^/\s]+/~[^/\s]+/[^/\s]+) (?P<entry>\d+) (halves|ends)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """What amounts come to in a period.

    Attributes:
        window: Over the whole period.
        spans: [start, end) in UTC ns that the amounts cover.
        entries: Numbers of the entries that count.
    """

    window: FlowWindow
    spans: tuple[Span, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The part of an amount in the period; `shares` are those of its time before both edges."""

    entry: int
    content: ManualAmount
    span: Span
    shares: tuple[float, float]

    @property
    def value(self) -> float:
        return self.content.value * (self.shares[1] - self.shares[0])


def summed(channel: str, standing: Sequence[ManualEntry], period: Span) -> Summed | None:
    """What the amounts of a channel come to in a period; None where none lies in it.

    Args:
        channel: its name.
        standing: its entries that stand, amounts all.
        period: UTC ns.
    """
    pieces = sorted(_pieces(standing, period), key=lambda each: each.span)
    if not pieces:
        return None
    value = math.fsum(each.value for each in pieces)
    window = FlowWindow(
        channel=channel,
        start_ns=period[0],
        end_ns=period[1],
        unit=pieces[0].content.unit,
        uncorrected=value,
        value=value,
        components=merge(part for each in pieces for part in _components(channel, each)),
        fresh_variance=0.0,
        tally=_tally(pieces),
        grounds=merge_grounds(_grounds(each.content) for each in pieces),
    )
    spans, entries = (each.span for each in pieces), (each.entry for each in pieces)
    return Summed(window=window, spans=tuple(spans), entries=tuple(sorted(entries)))


def _pieces(standing: Sequence[ManualEntry], period: Span) -> Iterator[_Piece]:
    for each in standing:
        if not isinstance(each.content, ManualAmount):
            continue
        first, last = each.content.span
        start, end = max(first, period[0]), min(last, period[1])
        if start < end:
            shares = (start - first) / (last - first), (end - first) / (last - first)
            yield _Piece(entry=each.entry, content=each.content, span=(start, end), shares=shares)


def _components(channel: str, piece: _Piece) -> Iterator[UncertaintyComponent]:
    content = piece.content
    share = piece.shares[1] - piece.shares[0]
    u = content.standard_uncertainty
    whole = content.value * (content.relative or 0.0) if u is None else u
    if whole > 0.0:
        yield UncertaintyComponent(
            influence=_own_influence(channel, piece), contribution=share * whole
        )
    yield from _spread(channel, piece)


def _spread(channel: str, piece: _Piece) -> Iterator[UncertaintyComponent]:
    """That nobody knows how the amount was spread over its time: the chord of the part."""
    if piece.shares == (0.0, 1.0):
        return
    radius = from_half_width(piece.content.value, Distribution.RECTANGULAR) / math.tau
    first, last = (math.tau * share for share in piece.shares)
    chord = {"halves": math.cos(last) - math.cos(first), "ends": math.sin(last) - math.sin(first)}
    for where, part in chord.items():
        if radius * part != 0.0:
            yield UncertaintyComponent(
                influence=_spread_influence(channel, piece.entry, where),
                contribution=radius * part,
            )


def _own_influence(channel: str, piece: _Piece) -> Influence:
    content = piece.content
    if content.deviation == "new":
        return Influence(id=f"read:{channel}/entry-{piece.entry}")
    return gain_influence(channel, content.serial, content.mpe_relative)


def _spread_influence(channel: str, entry: int, where: str) -> Influence:
    """Less in the first of both halves than in the second; more at both ends than between."""
    name = name_of(f"{channel} {entry} {where}")
    return Influence(id=f"substitution:{name}", distribution=Distribution.RECTANGULAR)


def divided_entry(influence: str) -> tuple[str, int] | None:
    """The channel and the number of the entry that an influence says the spread over time of.

    Args:
        influence: Its id.

    Returns:
        None of any other influence.
    """
    found = _SPREAD.fullmatch(unquote(influence))
    return None if found is None else (found["channel"], int(found["entry"]))


def _tally(pieces: Sequence[_Piece]) -> Tally:
    counted = Counter(
        (Quality.GOOD if each.shares == (0.0, 1.0) else Quality.INTERPOLATED).value
        for each in pieces
    )
    return Tally(expected=0, present=0, qualities=dict(counted))


def _grounds(content: ManualAmount) -> Grounds:
    basis = basis_of(content.relative, content.mpe_relative)
    if content.standard_uncertainty is not None:
        basis = UncertaintyBasis.STATED
    serials = (content.serial,) if content.serial else ()
    return Grounds(basis=basis, serials=serials)
