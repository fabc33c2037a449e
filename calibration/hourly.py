"""A register's steps cut at the hours and summed into windows."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np

from calibration.apply import Results, apply, part
from calibration.distribution import Distribution, from_half_width
from calibration.function import Floats
from calibration.grid import edge_name, hour_start, nearest_edge
from calibration.increment import NS_PER_HOUR, Finding, RegisterReading, Step
from calibration.indication import Quality
from calibration.timeline import Timeline
from calibration.uncertainty import Influence, UncertaintyComponent, merge
from calibration.window import (
    Grounds,
    RegisterWindow,
    Tally,
    merge_grounds,
    read_influence,
)

SNAP_SHARE: Final = 0.02  # of the poll period: so near an hour's edge a reading stands for it


class ChannelClock(msgspec.Struct, frozen=True, kw_only=True):
    """The clock that stamps a channel, and where the hours begin that are told of it.

    Args:
        agent: Whose clock it is.
        period_ns: Between polls.
        standard_uncertainty_s: Of its stamps.
        grid_ns: How long behind full hours of UTC hours begin; see `calibration.grid`.
    """

    agent: str
    period_ns: int
    standard_uncertainty_s: float = 0.0
    grid_ns: int = 0

    @property
    def expected_per_hour(self) -> int:
        """Polls due in an hour."""
        return round(NS_PER_HOUR / self.period_ns)

    @property
    def near_ns(self) -> int:
        """How far from an edge a reading still stands for it, ns."""
        return int(SNAP_SHARE * self.period_ns)

    def snap(self, at_ns: int) -> int:
        """The hour's edge that a reading stands for, or its own instant."""
        edge = nearest_edge(at_ns, self.grid_ns)
        return edge if abs(at_ns - edge) <= self.near_ns else at_ns


class Piece(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The part of a step that lies in one hour."""

    hour_ns: int
    opening: RegisterReading
    closing: RegisterReading
    increment: float
    rate: float


def cut(step: Step, clock: ChannelClock) -> list[Piece]:
    """The pieces of a step; an hour's edge inside it gets an interpolated reading."""
    start, end = clock.snap(step.opening.at_ns), clock.snap(step.closing.at_ns)
    first = hour_start(start, clock.grid_ns)
    if end <= first + NS_PER_HOUR:
        return [_piece(step, first, step.opening, step.closing)]
    edges = range(first + NS_PER_HOUR, end, NS_PER_HOUR)
    shares = [(edge - start) / (end - start) for edge in edges]
    inner = [interpolated(step, edge, share) for edge, share in zip(edges, shares, strict=True)]
    return [
        _piece(step, hour, opening, closing, until - since)
        for hour, (opening, closing), (since, until) in zip(
            (first, *edges),
            pairwise((step.opening, *inner, step.closing)),
            pairwise((0.0, *shares, 1.0)),
            strict=True,
        )
    ]


def _piece(
    step: Step,
    hour_ns: int,
    opening: RegisterReading,
    closing: RegisterReading,
    share: float = 1.0,
) -> Piece:
    return Piece(
        hour_ns=hour_ns,
        opening=opening,
        closing=closing,
        increment=step.increment * share,
        rate=step.rate,
    )


def interpolated(step: Step, edge_ns: int, share: float) -> RegisterReading:
    """A reading at an hour's edge where none was taken: it lies between its neighbours.

    Between the edge and the nearer neighbour the rate is taken to lie between 0 and twice
    the step's mean, so the deviation from the straight line is rectangular with half-width
    D*min(share, 1 - share): for an edge in the middle that is the whole step. Both hours
    use the same reading, so it cancels in any period that holds both.
    """
    growth = step.increment
    return RegisterReading(
        key=f"{step.opening.key}~{step.closing.key}~{edge_name(edge_ns)}",
        at_ns=edge_ns,
        value=step.opening.value + share * growth,
        standard_uncertainty=math.hypot(
            from_half_width(abs(growth) * min(share, 1.0 - share), Distribution.RECTANGULAR),
            (1.0 - share) * step.opening.standard_uncertainty,
            share * step.closing.standard_uncertainty,
        ),
        quality=Quality.INTERPOLATED,
        polled=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """Pieces of a register's steps, and the results of their increments, in one pass.

    Attributes:
        pieces: in order of time.
        rows: of the timeline's table, one a piece.
        results: likewise.
        timeline: what was applied.
    """

    pieces: Sequence[Piece]
    rows: Sequence[int]
    results: Results
    timeline: Timeline

    def by_hour(self) -> Iterator["Corrected"]:
        """The pieces of each hour, in order."""
        hours = [piece.hour_ns for piece in self.pieces]
        starts = [n for n, hour in enumerate(hours) if not n or hour != hours[n - 1]]
        for start, end in pairwise([*starts, len(hours)]):
            cut = slice(start, end)
            yield Corrected(
                pieces=self.pieces[cut],
                rows=self.rows[cut],
                results=part(self.results, cut),
                timeline=self.timeline,
            )


def corrected(pieces: Sequence[Piece], timeline: Timeline) -> Corrected:
    """The increments of pieces, each under the calibration in force at its opening."""
    rows = [timeline.row(piece.opening.at_ns) for piece in pieces]
    results = apply(
        timeline.table,
        np.array(rows, dtype=np.int64),
        np.array([piece.increment for piece in pieces], dtype=np.float64),
        np.array([piece.rate for piece in pieces], dtype=np.float64),
        np.array([piece.closing.at_ns for piece in pieces], dtype=np.int64),
    )
    return Corrected(pieces=pieces, rows=rows, results=results, timeline=timeline)


def register_window(
    channel: str,
    hour: Corrected,
    clock: ChannelClock,
    *,
    missed: Iterable[str] = (),
    findings: Sequence[Finding] = (),
    follows_break: bool = False,
) -> RegisterWindow:
    """The window of one hour's pieces, in order; at least one.

    E = sum of dR_i/(1 + e(load_i)); the reading at the opening acts with -, the one at the
    closing with +.
    """
    pieces, rows, results, timeline = hour.pieces, hour.rows, hour.results, hour.timeline
    ends, left_over = _ends(channel, pieces, results.sensitivity.tolist())
    first, last = pieces[0], pieces[-1]
    return RegisterWindow(
        channel=channel,
        start_ns=first.hour_ns,
        end_ns=first.hour_ns + NS_PER_HOUR,
        unit=timeline.unit,
        opening=first.opening,
        closing=last.closing,
        uncorrected=math.fsum(piece.increment for piece in pieces),
        value=math.fsum(results.value.tolist()),
        components=merge(
            summed(results.contributions, rows, timeline), ends, _clock_part(pieces, clock)
        ),
        fresh_variance=left_over,
        tally=_tally(pieces, results, clock, missed),
        grounds=grounds_of(rows, timeline),
        findings=tuple(findings),
        follows_break=follows_break,
    )


def summed(
    contributions: Floats, rows: Sequence[int], timeline: Timeline
) -> list[UncertaintyComponent]:
    """Signed sums per influence of contributions of shape (n, K), row by row of the table."""
    used = sorted(set(rows))
    parts = [contributions] if len(used) == 1 else [contributions[np.equal(rows, n)] for n in used]
    return [
        UncertaintyComponent(influence=influence, contribution=total)
        for row, of_row in zip(used, parts, strict=True)
        for influence, total in zip(timeline.table.influences[row], _added_up(of_row), strict=True)
        if influence is not None
    ]


def _added_up(contributions: Floats) -> list[float]:
    """Sums over n results, of shape (n, K): one after the other, however they lie in memory."""
    total: list[float] = np.add.reduce(np.ascontiguousarray(contributions), axis=0).tolist()
    return total


def _ends(
    channel: str, pieces: Sequence[Piece], gain: Sequence[float]
) -> tuple[list[UncertaintyComponent], float]:
    """Components of the readings that stand alone, and the variance inner ones leave.

    An inner reading acts with the gain of the piece before and, negatively, of the one
    after; only their difference is left, and it is shared with nothing.
    """
    ends = [_end(channel, pieces[0].opening, -gain[0])]
    left_over = 0.0
    for k, (before, after) in enumerate(pairwise(pieces)):
        if before.closing == after.opening:
            rest = (gain[k] - gain[k + 1]) * before.closing.standard_uncertainty
            left_over += rest**2
        else:
            ends.append(_end(channel, before.closing, gain[k]))
            ends.append(_end(channel, after.opening, -gain[k + 1]))
    ends.append(_end(channel, pieces[-1].closing, gain[-1]))
    return ends, left_over


def _end(channel: str, reading: RegisterReading, gain: float) -> UncertaintyComponent:
    return UncertaintyComponent(
        influence=read_influence(channel, reading.key),
        contribution=gain * reading.standard_uncertainty,
    )


def _clock_part(pieces: Sequence[Piece], clock: ChannelClock) -> list[UncertaintyComponent]:
    """A clock that is off moves both edges: what counts is how much the rate differs there."""
    if clock.standard_uncertainty_s == 0.0:
        return []
    per_hour = pieces[-1].rate - pieces[0].rate
    return [
        UncertaintyComponent(
            influence=Influence(id=f"clock:{clock.agent}"),
            contribution=per_hour * clock.standard_uncertainty_s / 3600.0,
        )
    ]


def _tally(
    pieces: Sequence[Piece], results: Results, clock: ChannelClock, missed: Iterable[str]
) -> Tally:
    closing = [piece.closing for piece in pieces]
    return Tally(
        expected=clock.expected_per_hour,
        present=sum([each.polled for each in closing]),
        missed=counts(missed),
        qualities=counts(
            Quality.OUTSIDE_MEASURING_INTERVAL.value
            if each.quality == Quality.GOOD and not inside
            else each.quality.value
            for each, inside in zip(closing, results.inside.tolist(), strict=True)
        ),
    )


def counts(names: Iterable[str]) -> dict[str, int]:
    """How often each name stands, in the order of first standing."""
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def grounds_of(rows: Iterable[int], timeline: Timeline) -> Grounds:
    """What results of these rows of the table rest on."""
    used = [timeline.grounds[row] for row in sorted(set(rows))]
    return used[0] if len(used) == 1 else merge_grounds(used)
