"""Sums and differences of channels, with what their uncertainties have in common. Pure."""

import math
from collections.abc import Collection, Sequence

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.uncertainty import merge, scaled
from collector.api.refusal import DoubleCountError
from evidence.statement.activity import combined
from evidence.statement.boundary.used import BoundaryUsed
from evidence.statement.correlation import StatedUncertainty
from evidence.statement.datum import ActivityData, Period, StatedComponent, component_of, state
from evidence.statement.double_count import DoubleCount, double_counts
from evidence.statement.entered.share import entered_share
from evidence.statement.total import common_influences, in_one_unit, weakest


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One channel's part in a sum, and the statement it is taken from; in the unit of that.

    Args:
        unit: "" from a collector that adds up one unit alone: that of the sum.
    """

    channel: str
    factor: float
    value: float
    unit: str = ""
    digest: str
    completeness_ratio: float


class CombinedActivityData(msgspec.Struct, frozen=True, kw_only=True):
    """A sum of factor*value over channels in one period.

    Args:
        unit: that of the first term unless another was asked for; all are converted.
        value, uncorrected_value: in `unit`.
        uncertainty: of `value`; what influences have in common is added with its sign.
        u_basis: the weakest of the terms.
        components: of `value`, one per influence.
        common_influences: those that act on more than one term.
        terms: as they were stated.
        entered_share: what people entered of the |factor*value|, 0 to 1; not there where nothing.
        double_counted: channels of one group that were added all the same, because that was asked.
        boundary: that was asked for by its name; not there where channels were named.
    """

    period: Period
    unit: str
    value: float
    uncorrected_value: float
    uncertainty: StatedUncertainty
    u_basis: UncertaintyBasis
    components: tuple[StatedComponent, ...]
    common_influences: tuple[str, ...]
    terms: tuple[Term, ...]
    entered_share: float | msgspec.UnsetType = msgspec.UNSET
    double_counted: tuple[DoubleCount, ...] | msgspec.UnsetType = msgspec.UNSET
    boundary: BoundaryUsed | msgspec.UnsetType = msgspec.UNSET


def combination(
    data: Sequence[ActivityData],
    factors: Sequence[float],
    allowed: Collection[str] = (),
    unit: str = "",
) -> CombinedActivityData:
    """The sum of factor*value over activity data of one period; at least one.

    Args:
        data: As they were stated.
        factors: Of each, not 0.
        allowed: Groups of which several channels may be added up.
        unit: Of the sum, UCUM; else that of the first.

    Raises:
        DoubleCountError: it adds what channels of another group measure both.
        UnitMismatchError: kinds of units or reference conditions differ.
        PeriodError: the uncertainty of one of them is unknown.
        InfluenceConflictError: one influence is described in two ways.
    """
    weights = in_one_unit(data, factors, unit)
    twice = _allowed(double_counts(data, factors), allowed)
    pairs = list(zip(data, weights, strict=True))
    parts = [scaled(map(component_of, datum.components), factor) for datum, factor in pairs]
    return CombinedActivityData(
        period=data[0].period,
        unit=unit or data[0].unit,
        value=math.fsum(factor * datum.value for datum, factor in pairs),
        uncorrected_value=math.fsum(factor * datum.uncorrected_value for datum, factor in pairs),
        uncertainty=combined(data, weights),
        u_basis=weakest(data),
        components=tuple(state(part) for part in merge(*parts)),
        common_influences=common_influences(data),
        terms=tuple(map(_term, data, factors)),
        entered_share=entered_share(data, weights) or msgspec.UNSET,
        double_counted=twice or msgspec.UNSET,
    )


def _allowed(found: Sequence[DoubleCount], allowed: Collection[str]) -> tuple[DoubleCount, ...]:
    for each in found:
        if each.group not in allowed:
            raise DoubleCountError("channels", group=each.group, channels=", ".join(each.channels))
    return tuple(found)


def _term(datum: ActivityData, factor: float) -> Term:
    return Term(
        channel=datum.channel,
        factor=factor,
        value=datum.value,
        unit=datum.unit,
        digest=datum.digest,
        completeness_ratio=datum.completeness.ratio,
    )
