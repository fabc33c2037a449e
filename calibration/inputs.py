"""The input quantities of a result: estimate, u, sensitivity, contribution (GUM 4.1, EA-4/02 4).

They are computed from what the papers say and kept nowhere. A function's coefficients are input
quantities with a covariance; what their correlations add to the variance is a row of its own
(GUM 5.2.2, H.3), which may be negative. What no paper states is None, never 0 or 1.
"""

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec
import numpy as np

from calibration.basis import NS_PER_YEAR, Share
from calibration.function import CalibrationFunction
from calibration.uncertainty import Influence

_ROUNDING: Final = 1e-12
"""Of the variance: what the correlations add is nothing if it is no more than this."""


class InputKind(StrEnum):
    """What an input quantity is; a closed vocabulary.

    COEFFICIENT, POINT: Of the calibration function: a coefficient, or the value at a knot.
    CORRELATIONS: No quantity: what the correlations of those before add.
    CORRECTION: Of what an influence does to the result; its estimate is 0 and is not corrected.
    DRIFT: Relative change in a year.
    TEMPERATURE: Relative change for each kelvin.
    SCATTER: Of a single indication.
    RESOLUTION: What half a digit leaves open.
    DECLARED: A number that somebody decided on: a K_v, an area, a moisture.
    UNSTATED: A standard whose share no paper states: it is within the others.
    """

    COEFFICIENT = "coefficient"
    POINT = "point"
    CORRELATIONS = "correlations"
    CORRECTION = "correction"
    DRIFT = "drift"
    TEMPERATURE = "temperature"
    SCATTER = "scatter"
    RESOLUTION = "resolution"
    DECLARED = "declared"
    UNSTATED = "unstated"


RELATIVE: Final = "relative"


class InputUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as a quotient: `of` by `per` to a power; UCUM codes, "a" for a year beside them.

    `RELATIVE` stands for 1 of a part of the result, which people write in percent.
    """

    of: str
    per: str = "1"
    power: int = 1


class InputQuantity(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a budget.

    Args:
        subject: which coefficient ("0", "1"), at which knot, or the id of the influence.
        influence: id, without the number of a coefficient; "" of correlations.
        estimate, standard_uncertainty: of the quantity, in `unit`.
        unit: None where the form gives the coefficient none that could be written.
        sensitivity: unit of the result by `unit`.
        contribution: signed c*u, in the unit of the result.
        variance: what it adds to the result's variance; None where nobody says.
    """

    kind: InputKind
    subject: str
    influence: str = ""
    estimate: float | None = None
    standard_uncertainty: float | None = None
    unit: InputUnit | None = None
    sensitivity: float | None = None
    contribution: float | None = None
    variance: float | None = None
    evaluation: str = ""
    distribution: str = ""
    degrees_of_freedom: float | None = None


def quantity(
    kind: InputKind,
    influence: Influence,
    *,
    u: float,
    sensitivity: float,
    unit: InputUnit | None,
    estimate: float = 0.0,
    subject: str = "",
) -> InputQuantity:
    """An input quantity that is described as its influence is.

    Args:
        kind: What it is.
        influence: Whose distribution and degrees of freedom it has.
        u: Standard uncertainty of the estimate, in `unit`.
        sensitivity: Derivative of the result by it.
        unit: Of the estimate.
        estimate: 0 of what is not corrected.
        subject: Of the row; the influence's id if "".
    """
    return InputQuantity(
        kind=kind,
        subject=subject or influence.id,
        influence=influence.id,
        estimate=estimate,
        standard_uncertainty=u,
        unit=unit,
        sensitivity=sensitivity,
        contribution=sensitivity * u,
        variance=(sensitivity * u) ** 2,
        evaluation=influence.evaluation,
        distribution=influence.distribution.value,
        degrees_of_freedom=influence.degrees_of_freedom,
    )


def of_function(
    function: CalibrationFunction,
    certificate: str,
    argument: float,
    units: tuple[str, str],
    slope: float = 1.0,
) -> list[InputQuantity]:
    """A function's coefficients, or the values at its knots, that have a part at an argument.

    Args:
        function: That is applied.
        certificate: Id of it.
        argument: Of the function, in its unit.
        units: UCUM codes of the function's value, or `RELATIVE`, and of its argument.
        slope: Derivative of the result by the function's value.
    """
    gradient = slope * function.gradient(np.array([argument]))[0]
    covariance = np.array(function.covariance)
    influence = Influence(
        id=f"cert:{certificate}/0",
        evaluation="B" if function.degrees_of_freedom is None else "A",
        degrees_of_freedom=function.degrees_of_freedom,
    )
    rows = [
        quantity(
            InputKind.POINT if function.knots else InputKind.COEFFICIENT,
            influence,
            u=math.sqrt(covariance[k, k]),
            sensitivity=float(gradient[k]),
            unit=_unit(function, k, units),
            estimate=function.coefficients[k],
            subject=repr(function.knots[k]) if function.knots else str(k),
        )
        for k in range(len(gradient))
        if covariance[k, k] > 0.0 and gradient[k] != 0.0
    ]
    named = [msgspec.structs.replace(each, influence=f"cert:{certificate}") for each in rows]
    return [*named, *_correlations(named, float(gradient @ covariance @ gradient))]


def _unit(function: CalibrationFunction, k: int, units: tuple[str, str]) -> InputUnit | None:
    of, per = units
    if function.knots or k == 0:
        return InputUnit(of=of)
    return InputUnit(of=of, per=per, power=k) if function.form == "polynomial" else None


def _correlations(rows: Sequence[InputQuantity], variance: float) -> list[InputQuantity]:
    apart = math.fsum(each.variance or 0.0 for each in rows)
    if abs(variance - apart) <= _ROUNDING * apart:
        return []
    return [
        InputQuantity(kind=InputKind.CORRELATIONS, subject="", variance=variance - apart),
    ]


def of_shares(
    shares: Iterable[Share], value: float, unit: str, *, age_ns: int = 0, span_K: float = 0.0
) -> list[InputQuantity]:
    """What standards, drift, temperature, class and declared influences do to a result.

    Args:
        shares: Of the calibration.
        value: The result, in `unit`; 1 where the result is relative itself.
        unit: UCUM code of the result.
        age_ns: Since the calibration.
        span_K: From the temperature of the calibration to that of use; 0 if it is not known.
    """
    rows = (_of_share(each, value, unit, age_ns, span_K) for each in shares)
    return [each for each in rows if each.contribution != 0.0]


def _of_share(share: Share, value: float, unit: str, age_ns: int, span_K: float) -> InputQuantity:
    """A row of one share: where it has two parts, no single number is its sensitivity."""
    influence, ratio = share.influence, InputUnit(of=RELATIVE)
    if share.absolute and (share.relative or share.per_ns):
        both = value * (share.relative + share.per_ns * age_ns) + share.absolute
        row = quantity(InputKind.CORRECTION, influence, u=1.0, sensitivity=both, unit=None)
        return msgspec.structs.replace(
            row, estimate=None, standard_uncertainty=None, sensitivity=None
        )
    if share.absolute:
        return quantity(
            InputKind.CORRECTION,
            influence,
            u=share.absolute,
            sensitivity=1.0,
            unit=InputUnit(of=unit),
        )
    if share.per_ns:
        years = age_ns / NS_PER_YEAR
        return quantity(
            InputKind.DRIFT,
            influence,
            u=share.per_ns * NS_PER_YEAR,
            sensitivity=value * years,
            unit=InputUnit(of=RELATIVE, per="a"),
        )
    if span_K and influence.id.endswith("/temperature"):
        return quantity(
            InputKind.TEMPERATURE,
            influence,
            u=share.relative / span_K,
            sensitivity=value * span_K,
            unit=InputUnit(of=RELATIVE, per="K"),
        )
    return quantity(
        InputKind.CORRECTION, influence, u=share.relative, sensitivity=value, unit=ratio
    )


def unstated(standards: Iterable[str]) -> list[InputQuantity]:
    """Rows of standards whose share nobody states; each of them is within the function's."""
    named = sorted(set(standards))
    return [InputQuantity(kind=InputKind.UNSTATED, subject=each, influence=each) for each in named]


def variance_of(rows: Iterable[InputQuantity]) -> float:
    """What all rows together add to the variance, in the square of the result's unit."""
    return max(0.0, math.fsum(each.variance or 0.0 for each in rows))
