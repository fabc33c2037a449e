"""A stream's results again, from its indications and the logged certificates."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.apply import Results, apply
from calibration.function import Floats
from calibration.measurand import Accumulation
from calibration.timeline import Timeline
from calibration.uncertainty import Influence
from evidence.judging.stream import contribution_columns, instants_ns, value_column
from evidence.log.batch import Stream

RELATIVE: Final = 1e-12  # SIMD and the order of sums differ between machines, no more than that
CONTRIBUTION: Final = 2e-5  # contributions travel with 6 significant digits
MS_PER_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """Results of a stream's readings, shape (rows,) each; rows of the timeline's table.

    Attributes:
        scale: what the values' rounding is relative to. A value near 0 is the difference of
            larger numbers: what the indication gives, and the function's constant.
    """

    value: Floats
    scale: Floats
    contributions: dict[Influence, Floats]
    fresh: Floats
    rows: tuple[int, ...]


def recompute(stream: Stream, timeline: Timeline) -> Recomputed:
    """What follows from a stream's indications under `timeline`."""
    instants = instants_ns(stream)
    rows = [timeline.row(at_ns) for at_ns in instants]
    indication = np.array(stream.indication, dtype=np.float64)
    results = apply(
        timeline.table,
        np.array(rows, dtype=np.int64),
        indication,
        _argument(stream, timeline, rows, indication),
        np.array(instants, dtype=np.int64),
    )
    return Recomputed(
        value=results.value,
        scale=np.maximum(np.abs(results.value), np.abs(results.sensitivity * indication)),
        contributions=_by_influence(results, timeline, rows),
        fresh=results.fresh,
        rows=tuple(rows),
    )


def _argument(stream: Stream, timeline: Timeline, rows: list[int], indication: Floats) -> Floats:
    """The argument of each reading's function: the load of an interval amount, if it asks so."""
    if stream.head.measurand.accumulation != Accumulation.INTERVAL:
        return indication
    results = (timeline.calibrations[row].result for row in rows)
    by_load = [result is not None and result.argument == "load" for result in results]
    return np.where(by_load, indication * MS_PER_HOUR / stream.head.period_ms, indication)


def _by_influence(results: Results, timeline: Timeline, rows: list[int]) -> dict[Influence, Floats]:
    found: dict[Influence, Floats] = {}
    picked = np.array(rows)
    for row in sorted(set(rows)):
        for influence, column in zip(
            timeline.table.influences[row], results.contributions.T, strict=True
        ):
            if influence is not None:
                part = np.where(picked == row, column, 0.0)
                found[influence] = found.get(influence, 0.0) + part
    return found


def difference(stream: Stream, expected: Recomputed) -> str | None:
    """What an agent states that does not follow, in words; None if all follows."""
    stated = value_column(stream)
    if not _close(stated, expected.value, RELATIVE * expected.scale):
        worst = int(np.argmax(np.abs(stated - expected.value)))
        found, follows = float(stated[worst]), float(expected.value[worst])
        return f"value {found!r} is stated where {follows!r} follows"
    given = {influence.id: column for influence, column in contribution_columns(stream).items()}
    due = {influence.id: column for influence, column in expected.contributions.items()}
    nothing = np.zeros(stream.rows)
    for name in sorted(due.keys() | given.keys()):
        column = due.get(name, nothing)
        if not _close(given.get(name, nothing), column, CONTRIBUTION * np.abs(column)):
            return f"the contributions of '{name}' do not follow"
    return None


def _close(stated: Floats, expected: Floats, apart: Floats) -> bool:
    return bool(np.all(np.abs(stated - expected) <= apart + 1e-300))
