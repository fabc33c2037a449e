"""Amounts of invoices and reports, over a period that they tile, cover in part, or cross. Pure.

An amount that crosses the period's end is divided by time, and nobody knows how it was spread: see
`evidence.statement.entered.spread`.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calibration.basis import UncertaintyBasis
from calibration.indication import Quality
from calibration.uncertainty import Influence, UncertaintyComponent, merge
from calibration.window import FlowWindow, Grounds, Tally, merge_grounds
from evidence.statement.entered.book import ManualEntry
from evidence.statement.entered.content import ManualAmount
from evidence.statement.entered.covered import Span
from evidence.statement.entered.register import basis_of, gain_influence
from evidence.statement.entered.spread import spread


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
    yield from spread(channel, str(piece.entry), content.value, piece.shares)


def _own_influence(channel: str, piece: _Piece) -> Influence:
    content = piece.content
    if content.deviation == "new":
        return Influence(id=f"read:{channel}/entry-{piece.entry}")
    return gain_influence(channel, content.serial, content.mpe_relative)


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
