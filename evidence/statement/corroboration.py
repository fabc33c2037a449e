"""A measured amount held against a calculated one of the same period (EU 2018/2066, Art. 46). Pure.

What both rest on, such as one weighbridge or one flow meter, cancels in their difference: it can
explain no disagreement. So E_n is taken over the uncertainty of the difference itself, not over
the two uncertainties as if nothing were shared.
"""

from collections.abc import Sequence

import msgspec

from calibration.errors import UnitMismatchError
from evidence.errors import PeriodError, Words
from evidence.statement.activity import combined
from evidence.statement.correlation import StatedUncertainty
from evidence.statement.datum import ActivityData, Period


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two statements."""

    channel: str
    value: float
    standard_uncertainty: float | None
    completeness_ratio: float
    digest: str


class Corroboration(msgspec.Struct, frozen=True, kw_only=True):
    """How a measured and a calculated amount agree.

    Args:
        difference: measured less calculated, in `unit`.
        relative_difference: over the measured amount; None where that is 0.
        uncertainty: of the difference.
        e_n: |difference| over its expanded uncertainty; None where that is 0.
        agrees: whether e_n is at most 1; None where there is none.
        shared_influences: those that act on both.
    """

    period: Period
    unit: str
    measured: Side
    calculated: Side
    difference: float
    relative_difference: float | None
    uncertainty: StatedUncertainty
    e_n: float | None
    agrees: bool | None
    shared_influences: tuple[str, ...]


def corroboration(measured: ActivityData, calculated: ActivityData) -> Corroboration:
    """How two statements of one period agree.

    Raises:
        PeriodError: the periods differ, or the uncertainty of one is unknown.
        UnitMismatchError: the units differ.
        InfluenceConflictError: one influence is described in two ways.
    """
    _require_alike(measured, calculated)
    stated = combined((measured, calculated), (1.0, -1.0))
    difference = measured.value - calculated.value
    expanded = stated.expanded_uncertainty
    e_n = abs(difference) / expanded if expanded else None
    return Corroboration(
        period=measured.period,
        unit=measured.unit,
        measured=_side(measured),
        calculated=_side(calculated),
        difference=difference,
        relative_difference=difference / measured.value if measured.value else None,
        uncertainty=stated,
        e_n=e_n,
        agrees=None if e_n is None else e_n <= 1.0,
        shared_influences=_shared(measured, calculated),
    )


def _require_alike(measured: ActivityData, calculated: ActivityData) -> None:
    if measured.unit != calculated.unit:
        raise UnitMismatchError(calculated.channel, found=calculated.unit, expected=measured.unit)
    if measured.period != calculated.period:
        what = Words("it is of another period", "其期间不同")
        start, end = measured.period.start, measured.period.end
        raise PeriodError(calculated.channel, what=what, limit=f"{start} .. {end}")


def _side(datum: ActivityData) -> Side:
    return Side(
        channel=datum.channel,
        value=datum.value,
        standard_uncertainty=datum.standard_uncertainty,
        completeness_ratio=datum.completeness.ratio,
        digest=datum.digest,
    )


def _shared(*data: ActivityData) -> tuple[str, ...]:
    named: Sequence[set[str]] = [
        {part.influence for part in datum.components if part.shared} for datum in data
    ]
    return tuple(sorted(set.intersection(*named)))
