"""Activity data as exchanges of Brightway, uncertainty included. Pure.

An exchange has an amount, an "uncertainty type" by the numbering of stats_arrays, `loc` and
`scale`. `scale` is the standard uncertainty, not U. What an exchange links to, and of which type it
is (technosphere, biosphere), is the analyst's to say: nothing is made up here.
"""

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, Literal

import msgspec

from calibration.measurand import Measurand, ReferenceConditions
from calibration.model.lognormal import lognormal_of
from evidence.errors import Words
from evidence.statement.covariance import unstated
from evidence.statement.datum import ActivityData, Period
from evidence.statement.entered.share import share_of
from evidence.statement.exports.errors import ExportDistributionError, ExportNumberError
from evidence.statement.exports.samples import joint_samples, require_size
from evidence.statement.total import conditions

FORMAT: Final = "carbonmeter-brightway-1"
Shape = Literal["normal", "lognormal"]
_NORMAL_STATE: Final = (273.15, 101_325.0)
_LOGNORMAL: Final = Words("lognormal", "对数正态")
_UNITS: Final = {
    "GJ": "gigajoule",
    "L": "litre",
    "MJ": "megajoule",
    "W.h": "watt hour",
    "g": "gram",
    "h": "hour",
    "kJ": "kilojoule",
    "kW.h": "kilowatt hour",
    "kg": "kilogram",
    "m3": "cubic meter",
    "t": "ton",
}
"""UCUM codes and the names that bw2io gives to the same units."""


class UncertaintyType(IntEnum):
    """Numbers of stats_arrays."""

    UNDEFINED = 0
    NONE = 1
    LOGNORMAL = 2
    NORMAL = 3


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind an exchange; `digest` leads to all of it."""

    digest: str
    supersedes: str | None
    period: Period
    measurand: Measurand
    unit: str
    standard_uncertainty: float | None
    effective_degrees_of_freedom: float | None
    u_basis: str
    completeness_ratio: float
    quality: str
    certificates: tuple[str, ...]
    entered_share: float | msgspec.UnsetType = msgspec.UNSET


class Exchange(
    msgspec.Struct, frozen=True, kw_only=True, rename={"uncertainty_type": "uncertainty type"}
):
    """An exchange that is not linked yet.

    Args:
        name: of the channel.
        unit: as Brightway writes it; the UCUM code where Brightway has no word for it.
        amount: the value. Of a lognormal distribution it is the mean, not the median.
        loc: the amount; of a lognormal, the logarithm of the median.
        scale: > 0; u, or of a lognormal the standard deviation of the logarithm. Left out where
            there is no uncertainty (type 1) and where it is unknown (type 0).
        negative: of a lognormal of a negative amount.
    """

    name: str
    unit: str
    amount: float
    uncertainty_type: int
    loc: float
    scale: float | msgspec.UnsetType = msgspec.UNSET
    negative: bool | msgspec.UnsetType = msgspec.UNSET
    comment: str
    carbonmeter: Trace


class Samples(msgspec.Struct, frozen=True, kw_only=True):
    """Drawn values: a row for each exchange, a column for each draw, which is joint."""

    seed: int
    count: int
    values: tuple[tuple[float, ...], ...]


class BrightwayFile(msgspec.Struct, frozen=True, kw_only=True):
    """Exchanges, and samples if they were asked for.

    Args:
        unstated_standards: that certificates behind several exchanges name without their share;
            how these deviate together is not known, and not in the samples.
    """

    format: Literal["carbonmeter-brightway-1"] = FORMAT
    exchanges: tuple[Exchange, ...]
    unstated_standards: tuple[str, ...]
    samples: Samples | msgspec.UnsetType = msgspec.UNSET


def brightway_file(
    data: Sequence[ActivityData], shape: Shape = "normal", *, samples: int = 0, seed: int = 0
) -> BrightwayFile:
    """Activity data as exchanges, in their order.

    Args:
        data: as they were stated.
        shape: of the distribution. A sum of many influences is normal; a lognormal is for
            large relative uncertainties of what cannot be negative.
        samples: how many joint draws; 0 for none.
        seed: of the draws.

    Raises:
        ExportDistributionError: a value has no lognormal distribution.
        ExportNumberError: a value is not finite.
        SampleSizeError: there are too many samples.
        PeriodError: samples of a value whose uncertainty is unknown.
        InfluenceConflictError: one influence is described in two ways.
    """
    return BrightwayFile(
        exchanges=tuple(exchange(each, shape) for each in data),
        unstated_standards=unstated(data),
        samples=_samples(data, samples, seed) if samples else msgspec.UNSET,
    )


def exchange(datum: ActivityData, shape: Shape = "normal") -> Exchange:
    """A datum as an exchange.

    Raises:
        ExportDistributionError: its value has no lognormal distribution.
        ExportNumberError: its value is not finite.
    """
    if not math.isfinite(datum.value):
        raise ExportNumberError(datum.channel, name="value", value=datum.value)
    plain = Exchange(
        name=datum.channel,
        unit=unit_name(datum),
        amount=datum.value,
        uncertainty_type=UncertaintyType.NONE,
        loc=datum.value,
        comment=_comment(datum),
        carbonmeter=_trace(datum),
    )
    u = datum.standard_uncertainty
    if u is None:
        return msgspec.structs.replace(plain, uncertainty_type=UncertaintyType.UNDEFINED)
    if u == 0.0:
        return plain
    if shape == "lognormal":
        return _lognormal(plain, u)
    return msgspec.structs.replace(plain, uncertainty_type=UncertaintyType.NORMAL, scale=u)


def unit_name(datum: ActivityData) -> str:
    """Brightway's word for a datum's unit; the UCUM code where it has none.

    A gas that is stated for any other state than 273.15 K and 101,325 Pa keeps its code: a cubic
    metre of it is none of the cubic metres that databases name.
    """
    stated = datum.measurand.reference_conditions
    if datum.unit == "m3" and stated is not None:
        return "normal cubic meter" if _is_normal(stated) else datum.unit
    return _UNITS.get(datum.unit, datum.unit)


def _is_normal(stated: ReferenceConditions) -> bool:
    return (stated.temperature_K, stated.pressure_Pa) == _NORMAL_STATE


def _lognormal(plain: Exchange, u: float) -> Exchange:
    amount = plain.amount
    if amount == 0.0:
        raise ExportDistributionError(plain.name, value=amount, u=u, kind=_LOGNORMAL)
    found = lognormal_of(abs(amount), u)
    return msgspec.structs.replace(
        plain,
        uncertainty_type=UncertaintyType.LOGNORMAL,
        loc=found.location,
        scale=found.sigma_ln,
        negative=True if amount < 0.0 else msgspec.UNSET,
    )


def _samples(data: Sequence[ActivityData], count: int, seed: int) -> Samples:
    require_size(len(data), count, seed)
    drawn = joint_samples(data, count, seed)
    return Samples(seed=seed, count=count, values=tuple(map(tuple, drawn.tolist())))


def _comment(datum: ActivityData) -> str:
    """What a reader of the exchange sees of its origin."""
    known = "u is unknown" if datum.standard_uncertainty is None else f"u by {datum.u_basis.value}"
    parts = (
        f"{_origin(datum)} {datum.period.start} to {datum.period.end}",
        conditions(datum),
        known,
        f"{100.0 * datum.completeness.ratio:.4g} % of {'hours' if share_of(datum) else 'polls'}",
        f"statement {datum.digest}",
    )
    return "; ".join(part for part in parts if part)


def _origin(datum: ActivityData) -> str:
    """By whom is told by the statement."""
    return "entered by people for" if share_of(datum) else "measured"


def _trace(datum: ActivityData) -> Trace:
    return Trace(
        digest=datum.digest,
        supersedes=datum.supersedes,
        period=datum.period,
        measurand=datum.measurand,
        unit=datum.unit,
        standard_uncertainty=datum.standard_uncertainty,
        effective_degrees_of_freedom=datum.effective_degrees_of_freedom,
        u_basis=datum.u_basis.value,
        completeness_ratio=datum.completeness.ratio,
        quality=datum.quality.value,
        certificates=datum.certificates,
        entered_share=share_of(datum) or msgspec.UNSET,
    )
