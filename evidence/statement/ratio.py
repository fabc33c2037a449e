"""An amount for each unit of another one, such as energy per tonne of product. Pure.

Numerator and denominator may share influences (one weighbridge, one laboratory's standard); what
is shared cancels in part, so the two uncertainties are not combined as if nothing were shared. A
statement that stands in both is one quantity. The law of propagation is applied to q = N/D to
first order (GUM 5.1.2, 5.2.2): dq = dN/D - q*dD/D. What that leaves out of the mean is stated
beside it.
"""

from collections.abc import Collection, Sequence

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.uncertainty import scaled
from evidence.errors import PeriodError, Words
from evidence.statement.activity import combined, netted
from evidence.statement.boundary.used import BoundaryUsed
from evidence.statement.correlation import StatedUncertainty
from evidence.statement.covariance import covariance
from evidence.statement.datum import ActivityData, Period, StatedComponent, component_of, state
from evidence.statement.hours.pooled import pooled
from evidence.statement.total import Total, in_one_unit, total, weakest

FIRST_ORDER_SHARE = 0.1
"""Of u: so much the second order may move the mean before first order is said not to suffice."""


class RatioTerm(msgspec.Struct, frozen=True, kw_only=True):
    """One statement's part in the numerator or in the denominator."""

    channel: str
    factor: float
    value: float
    unit: str
    standard_uncertainty: float | None
    completeness_ratio: float
    digest: str


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """A sum of amounts over another sum of amounts of the same period.

    Args:
        unit: UCUM, such as kW.h/t.
        value, uncorrected_value: in `unit`.
        uncertainty: of `value`, to first order; shared influences counted once, with their sign.
        relative_standard_uncertainty: of `value`; None where that is 0.
        u_basis: the weakest of the terms.
        components: of `value`, one per influence.
        common_influences: those that act on numerator and denominator.
        second_order: what first order leaves out of the mean, in `unit`: q*(u(D)^2/D^2 -
            u(N,D)/(N*D)).
        first_order_suffices: whether that is at most a tenth of u.
        entered_share: what people entered of the |values|; the larger of those of numerator and
            denominator.
        complete: whether every term's period is covered wholly. A ratio of two parts of a period
            that are not the same part is not the ratio of the period.
        numerator_boundary, denominator_boundary: that were asked for by their names; not there
            where channels were named.
    """

    period: Period
    unit: str
    value: float
    uncorrected_value: float
    uncertainty: StatedUncertainty
    relative_standard_uncertainty: float | None
    u_basis: UncertaintyBasis
    components: tuple[StatedComponent, ...]
    common_influences: tuple[str, ...]
    second_order: float
    first_order_suffices: bool
    entered_share: float
    complete: bool
    numerator: tuple[RatioTerm, ...]
    denominator: tuple[RatioTerm, ...]
    numerator_boundary: BoundaryUsed | msgspec.UnsetType = msgspec.UNSET
    denominator_boundary: BoundaryUsed | msgspec.UnsetType = msgspec.UNSET


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """A sum of factor*value over statements of one period; factors are exact and not 0."""

    data: tuple[ActivityData, ...]
    factors: tuple[float, ...]


def ratio(numerator: Amounts, denominator: Amounts, *, allowed: Collection[str] = ()) -> Ratio:
    """The ratio of two sums of activity data of one period.

    Args:
        numerator: as they were stated.
        denominator: likewise.
        allowed: groups of which several channels may be added up.

    Raises:
        PeriodError: the periods differ, an uncertainty is unknown, or the denominator cannot be
            told from 0.
        CountedTwiceError, UnitMismatchError, InfluenceConflictError: as `total`.
    """
    above, below = (
        total(each.data, each.factors, allowed=allowed) for each in (numerator, denominator)
    )
    data = (*numerator.data, *denominator.data)
    _require_one_period(data)
    over, under = (_weights(each) for each in (numerator, denominator))
    _require_not_zero(denominator, below)
    value, uncorrected = above.value / below.value, _quotient(above, below)
    factors = [
        *(each / below.value for each in over),
        *(-value * each / below.value for each in under),
    ]
    stated, second = combined(data, factors), _second_order(numerator, denominator, above, below)
    u = stated.standard_uncertainty
    parts = [scaled(map(component_of, x.components), f) for x, f in netted(data, factors)]
    return Ratio(
        period=data[0].period,
        unit=unit_of(above.unit, below.unit),
        value=value,
        uncorrected_value=uncorrected,
        uncertainty=stated,
        relative_standard_uncertainty=u / abs(value) if value else None,
        u_basis=weakest(data),
        components=tuple(state(part) for part in pooled(parts)),
        common_influences=_acting_on_both(numerator, denominator),
        second_order=second,
        first_order_suffices=abs(second) <= FIRST_ORDER_SHARE * u,
        entered_share=max(above.entered_share, below.entered_share),
        complete=all(each.completeness.ratio >= 1.0 for each in data),
        numerator=terms_of(numerator),
        denominator=terms_of(denominator),
    )


def _weights(side: Amounts) -> list[float]:
    """By which its statements add up in the unit of the first."""
    return in_one_unit(side.data, side.factors)


def unit_of(above: str, below: str) -> str:
    """The UCUM code of a quotient; what has an operator of its own stands in brackets."""
    if above == below:
        return "1"
    return f"{above}/({below})" if {".", "/"} & set(below) else f"{above}/{below}"


def _quotient(above: Total, below: Total) -> float:
    """Of the uncorrected amounts; that of the corrected ones where the meter showed nothing."""
    if below.uncorrected_value == 0.0:
        return above.value / below.value
    return above.uncorrected_value / below.uncorrected_value


def _require_one_period(data: Sequence[ActivityData]) -> None:
    first = data[0].period
    for each in data[1:]:
        if each.period != first:
            what = Words("it is of another period", "其期间不同")
            raise PeriodError(each.channel, what=what, limit=f"{first.start} .. {first.end}")


def _require_not_zero(denominator: Amounts, below: Total) -> None:
    if abs(below.value) > below.uncertainty.expanded_uncertainty:
        return
    what = Words(
        f"{below.value:g} {below.unit} cannot be told from 0, so nothing can be divided by it",
        f"{below.value:g} {below.unit} 与 0 无法区分，不能作除数",
    )
    limit = Words("more than its expanded uncertainty", "大于其扩展不确定度的量")
    raise PeriodError(denominator.data[0].channel, what=what, limit=limit)


def _second_order(numerator: Amounts, denominator: Amounts, above: Total, below: Total) -> float:
    """What the second order adds to the mean of N/D: u(D)^2*N/D^3 - u(N,D)/D^2."""
    matrix = covariance([*numerator.data, *denominator.data]).matrix
    count = len(numerator.data)
    f, g = _weights(numerator), _weights(denominator)
    squared = float(g @ matrix[count:, count:] @ g)
    mixed = float(f @ matrix[:count, count:] @ g)
    return squared * above.value / below.value**3 - mixed / below.value**2


def _acting_on_both(numerator: Amounts, denominator: Amounts) -> tuple[str, ...]:
    above, below = (
        {part.influence for each in side.data for part in each.components if part.shared}
        for side in (numerator, denominator)
    )
    return tuple(sorted(above & below))


def terms_of(side: Amounts) -> tuple[RatioTerm, ...]:
    """What each statement adds to a sum."""
    return tuple(
        RatioTerm(
            channel=each.channel,
            factor=factor,
            value=each.value,
            unit=each.unit,
            standard_uncertainty=each.standard_uncertainty,
            completeness_ratio=each.completeness.ratio,
            digest=each.digest,
        )
        for each, factor in zip(side.data, side.factors, strict=True)
    )
