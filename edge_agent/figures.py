"""What calibration makes of the readings of all streams of a batch, in one numpy pass. Pure.

A stream seldom has more than ten readings, and numpy on ten numbers costs as much as on a
thousand: so every question is asked once about all streams, and only its answers are parted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from calibration.apply import Results, apply
from calibration.function import Floats
from calibration.stacked import CalibrationTable
from calibration.stacked_functions import Index
from calibration.uncertainty import Influence
from edge_agent.digits import to_digits
from evidence.log.batch import Contribution

_DIGITS: Final = 6
_FACTOR_DIGITS: Final = 13
_CONSTANT: Final = 1e-12  # how far contribution/value may scatter and still be one factor


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What calibration made of one stream's n readings.

    Attributes:
        value: n results.
        contributions: Of each influence that is not zero throughout.
        fresh: What repeatability gives each value anew; one number if all are equal.
        inside: Whether each argument lies in the measuring interval.
    """

    value: tuple[float, ...]
    contributions: tuple[Contribution, ...]
    fresh: float | tuple[float, ...]
    inside: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Contributions of all streams, shape (N, K), and what holds for each stream, (G, K).

    Contributions have 6 significant digits, and their ratios to the values 13. The first `own`
    columns are a function's; the others are shares of the value by nature.
    """

    numbers: Floats
    present: npt.NDArray[np.bool_]
    constant: npt.NDArray[np.bool_]
    ratio: Floats
    level: npt.NDArray[np.bool_]
    own: int


def figures_of(
    table: CalibrationTable,
    rows: Sequence[int],
    sizes: Sequence[int],
    readings: tuple[Floats, Floats, Index],
) -> list[Figures]:
    """The figures of G streams, in their order.

    Args:
        table: Of all calibrations.
        rows: The row of each stream's calibration in it, G.
        sizes: How many readings each stream has, all > 0.
        readings: Of all streams in a row: indications, arguments of the functions, instants
            in UTC ns; shape (N,) each.
    """
    indication, argument, at_ns = readings
    row: Index = np.repeat(np.array(rows, dtype=np.int64), sizes)
    results = apply(table, row, indication, argument, at_ns)
    influences = [table.influences[each] for each in rows]
    ends: Index = np.cumsum(sizes, dtype=np.int64)
    columns = _columns(results, ends - np.array(sizes), influences, table.terms)
    value, inside = results.value.tolist(), results.inside.tolist()
    repeated = to_digits(results.fresh, _DIGITS)
    fresh, level = repeated.tolist(), _level(repeated, ends - np.array(sizes)).tolist()
    edges = [slice(a, b) for a, b in pairwise([0, *ends.tolist()])]
    parts = _contributions(columns, edges, influences)
    return [
        Figures(
            value=tuple(value[edge]),
            contributions=part,
            fresh=_column(fresh[edge], level=even),
            inside=tuple(inside[edge]),
        )
        for edge, part, even in zip(edges, parts, level, strict=True)
    ]


def _columns(
    results: Results, starts: Index, influences: Sequence[tuple[Influence | None, ...]], own: int
) -> _Columns:
    value = results.value
    stream = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(value))))
    numbers = _merged(results.contributions, stream, influences)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = numbers / value[:, None]
        ratio = ratios[starts]
        scatter = np.abs(ratios - ratio[stream])
        even = (scatter <= _CONSTANT * np.abs(ratio[stream])) & (value != 0.0)[:, None]
    constant = np.logical_and.reduceat(even, starts, axis=0)
    rounded = to_digits(numbers, _DIGITS)
    return _Columns(
        numbers=rounded,
        present=np.logical_or.reduceat(numbers != 0.0, starts, axis=0),
        constant=constant,
        ratio=to_digits(np.where(constant, ratio, 0.0), _FACTOR_DIGITS),
        level=_level(rounded, starts),
        own=own,
    )


def _level(numbers: Floats, starts: Index) -> npt.NDArray[np.bool_]:
    """Whether the numbers of each stream are all the same."""
    highest = np.maximum.reduceat(numbers, starts, axis=0)
    return np.asarray(highest == np.minimum.reduceat(numbers, starts, axis=0))


def _merged(
    numbers: Floats, stream: Index, influences: Sequence[tuple[Influence | None, ...]]
) -> Floats:
    """The contributions, those of one influence added up in its first column."""
    for place, named in enumerate(influences):
        ids = [None if each is None else each.id for each in named]
        if len({*ids} - {None}) + ids.count(None) == len(ids):
            continue
        here = stream == place
        for k, name in enumerate(ids):
            first = ids.index(name)
            if name is not None and first < k:
                numbers[here, first] += numbers[here, k]
                numbers[here, k] = 0.0
    return numbers


def _contributions(
    columns: _Columns, edges: Sequence[slice], influences: Sequence[tuple[Influence | None, ...]]
) -> list[tuple[Contribution, ...]]:
    """One contribution per stream and influence; those that are zero throughout are left out."""
    alone = np.array([edge.stop - edge.start == 1 for edge in edges])
    as_factor = columns.constant
    as_factor[alone, : columns.own] = False  # of one reading everything is a factor
    told: list[list[Any]] = [
        each.tolist() for each in (columns.present, as_factor, columns.ratio, columns.level)
    ]
    numbers = columns.numbers.T.tolist()
    return [
        tuple(
            Contribution(influence=influence, relative=ratio[k])
            if factor[k]
            else Contribution(
                influence=influence, contribution=_column(numbers[k][edge], level=level[k])
            )
            for k, influence in enumerate(named)
            if influence is not None and present[k]
        )
        for edge, named, present, factor, ratio, level in zip(edges, influences, *told, strict=True)
    ]


def _column(numbers: Sequence[float], *, level: bool) -> float | tuple[float, ...]:
    """One number if all are equal."""
    return numbers[0] if level else tuple(numbers)
