"""A measured amount held against a calculated one of the same period (EU 2018/2066, Art. 46). Pure.

What both rest on, such as one weighbridge or one flow meter, cancels in their difference: it can
explain no disagreement. So E_n is taken over the uncertainty of the difference itself, not over
the two uncertainties as if nothing were shared. Either side may be a sum, such as the meters of
all consumers against that of the feeder.
"""

from collections.abc import Collection, Sequence

import msgspec

from calibration.unit import conversion_factor
from evidence.errors import CountedTwiceError, PeriodError, Words
from evidence.statement.activity import combined
from evidence.statement.boundary.used import BoundaryUsed
from evidence.statement.correlation import StatedUncertainty
from evidence.statement.datum import ActivityData, Period
from evidence.statement.ratio import Amounts, RatioTerm, terms_of
from evidence.statement.total import Total, in_one_unit, total


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two amounts: a statement, or a sum of several.

    Args:
        channel, digest: of the statement; empty of a sum.
        value, standard_uncertainty: in the unit of the corroboration; the statement may have
            another one of its kind.
        completeness_ratio: of a sum, the least of its terms.
        terms: of a sum, as they were stated; not there of a statement.
        boundary: whose sum it is; not there of a statement.
    """

    channel: str
    value: float
    standard_uncertainty: float | None
    completeness_ratio: float
    digest: str
    terms: tuple[RatioTerm, ...] | msgspec.UnsetType = msgspec.UNSET
    boundary: BoundaryUsed | msgspec.UnsetType = msgspec.UNSET


class Corroboration(msgspec.Struct, frozen=True, kw_only=True):
    """How a measured and a calculated amount agree.

    Args:
        unit: that of the measured amount, or of its first term; the others are converted.
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
        UnitMismatchError: kinds of units or reference conditions differ.
        InfluenceConflictError: one influence is described in two ways.
    """
    _require_one_period((measured, calculated))
    factors = in_one_unit((measured, calculated), (1.0, -1.0))
    stated = combined((measured, calculated), factors)
    sides = _side(measured), _side(calculated, -factors[1])
    return _held(measured, sides, stated, _shared((measured,), (calculated,)))


def corroboration_of_sums(
    measured: Amounts, calculated: Amounts, *, allowed: Collection[str] = ()
) -> Corroboration:
    """How two sums of statements of one period agree; a channel stands on one side alone.

    Args:
        measured: as they were stated.
        calculated: likewise.
        allowed: groups of which several channels may be added up on one side.

    Raises:
        PeriodError: the periods differ, or an uncertainty is unknown.
        CountedTwiceError: a channel stands on both sides.
        UnitMismatchError, CountedTwiceError, InfluenceConflictError: as `total`.
    """
    _require_apart(measured, calculated)
    data = (*measured.data, *calculated.data)
    _require_one_period(data)
    signed = [*measured.factors, *(-each for each in calculated.factors)]
    stated = combined(data, in_one_unit(data, signed))
    sums = [total(each.data, each.factors, allowed=allowed) for each in (measured, calculated)]
    own, one = sums[1].unit, sums[0].unit
    scale = 1.0 if own == one else conversion_factor(own, one)
    sides = _sum_side(measured, sums[0]), _sum_side(calculated, sums[1], scale)
    return _held(data[0], sides, stated, _shared(measured.data, calculated.data))


def _held(
    first: ActivityData,
    sides: tuple[Side, Side],
    stated: StatedUncertainty,
    shared: tuple[str, ...],
) -> Corroboration:
    measured, calculated = sides
    difference = measured.value - calculated.value
    expanded = stated.expanded_uncertainty
    e_n = abs(difference) / expanded if expanded else None
    return Corroboration(
        period=first.period,
        unit=first.unit,
        measured=measured,
        calculated=calculated,
        difference=difference,
        relative_difference=difference / measured.value if measured.value else None,
        uncertainty=stated,
        e_n=e_n,
        agrees=None if e_n is None else e_n <= 1.0,
        shared_influences=shared,
    )


def _require_apart(measured: Amounts, calculated: Amounts) -> None:
    both = {each.channel for each in measured.data} & {each.channel for each in calculated.data}
    if both:
        what = Words("it stands on both sides", "两侧均含该通道")
        raise CountedTwiceError(min(both), what=what)


def _require_one_period(data: Sequence[ActivityData]) -> None:
    period = data[0].period
    other = next((each for each in data if each.period != period), None)
    if other is not None:
        what = Words("it is of another period", "其期间不同")
        raise PeriodError(other.channel, what=what, limit=f"{period.start} .. {period.end}")


def _side(datum: ActivityData, scale: float = 1.0) -> Side:
    u = datum.standard_uncertainty
    return Side(
        channel=datum.channel,
        value=datum.value * scale,
        standard_uncertainty=None if u is None else u * scale,
        completeness_ratio=datum.completeness.ratio,
        digest=datum.digest,
    )


def _sum_side(side: Amounts, whole: Total, scale: float = 1.0) -> Side:
    if len(side.data) == 1 and side.factors == (1.0,):
        return _side(side.data[0], scale)
    return Side(
        channel="",
        value=whole.value * scale,
        standard_uncertainty=whole.uncertainty.standard_uncertainty * scale,
        completeness_ratio=min(each.completeness.ratio for each in side.data),
        digest="",
        terms=terms_of(side),
    )


def _shared(*sides: Sequence[ActivityData]) -> tuple[str, ...]:
    named = [
        {part.influence for datum in side for part in datum.components if part.shared}
        for side in sides
    ]
    return tuple(sorted(set.intersection(*named)))
