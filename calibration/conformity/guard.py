"""Guard bands: how far the limits of measured values lie from those of true values (pure)."""

import math
import re
from typing import Final, Literal

import msgspec
import scipy

from calibration.conformity.errors import ConformityRuleError, GuardBandError
from calibration.conformity.measured import Measured
from calibration.conformity.probability import non_conformance_at, quantile_above
from calibration.conformity.requirement import (
    LARGEST,
    Interval,
    Requirement,
    as_written,
    drawn_in,
)
from calibration.conformity.risk import Prior, guard_band_of_global_risk
from calibration.errors import Words

GRAMMAR: Final = "LENGTH | <r>U | specific:<p> | global:<p>"
_FORM: Final = re.compile(r"(specific:|global:)?([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)(U)?")
_MOST_CHARACTERS: Final = 60
_LEAST_PROBABILITY: Final = 1e-12
"""A guard band is not placed on tails thinner than this: nobody knows them."""


class GuardBand(msgspec.Struct, frozen=True, kw_only=True):
    """How a guard band w is chosen (JCGM 106:2012, 8.3).

    Args:
        by: "length": w itself; "expanded_uncertainty": w = number*U; "specific_risk": the
            specific consumer's risk of a value on the acceptance limit; "global_risk": the global
            consumer's risk of the process.
        number: of that. Positive lengths guard acceptance, negative ones guard rejection; a
            specific risk above 1/2 gives a negative one.
    """

    by: Literal["length", "expanded_uncertainty", "specific_risk", "global_risk"]
    number: float


def parse_guard_band(text: str) -> GuardBand:
    """A guard band as it is written: `0.08`, `1U`, `-0.5U`, `specific:0.05`, `global:0.001`.

    Raises:
        GuardBandError: it is written otherwise, or a probability is not between 1e-12 and 1.
    """
    form = _FORM.fullmatch(text.strip()) if len(text) <= _MOST_CHARACTERS else None
    if form is None or (form[1] and form[3]):
        raise GuardBandError("guard band", found=f"'{text[:_MOST_CHARACTERS]}'", limit=GRAMMAR)
    try:
        number = float(form[2])
    except ValueError as cause:
        raise GuardBandError("guard band", found=f"'{text}'", limit=GRAMMAR) from cause
    if form[1] and not _LEAST_PROBABILITY <= number < 1.0:
        limit = f"{_LEAST_PROBABILITY:g} <= p < 1"
        raise GuardBandError("guard band", found=f"'{text}'", limit=limit)
    if not abs(number) <= LARGEST:
        raise GuardBandError("guard band", found=f"'{text}'", limit=f"|w| <= {LARGEST:g}")
    if form[1]:
        return GuardBand(
            by="specific_risk" if form[1] == "specific:" else "global_risk", number=number
        )
    return GuardBand(by="expanded_uncertainty" if form[3] else "length", number=number)


def length_of(
    guard_band: GuardBand, measured: Measured, requirement: Requirement, prior: Prior | None
) -> float:
    """The length w of a guard band, in the unit of the value.

    Raises:
        GuardBandError: no guard band makes the specific risk so small, or it leaves nothing to
            accept.
        ConformityRuleError: a global risk is asked for without a prior.
    """
    number, u = guard_band.number, measured.standard_uncertainty
    match guard_band.by:
        case "length":
            return number
        case "expanded_uncertainty":
            return float(as_written(number) * as_written(measured.expanded_uncertainty))
        case "specific_risk":
            return _of_specific_risk(number, measured, requirement)
        case "global_risk" if prior is not None:
            return guard_band_of_global_risk(requirement, u, prior, number)
        case _:
            limit = Words(
                "global:<p>, prior mean, prior standard deviation",
                "global:<p>、先验均值、先验标准偏差",
            )
            raise ConformityRuleError("guard band", rule="guarded", found="global:<p>", limit=limit)


def acceptance_of(requirement: Requirement, guard_band: float) -> Interval:
    """The limits of accepted values (acceptance interval, JCGM 106:2012, 3.3.9, 8.3).

    Raises:
        GuardBandError: a guard band beyond half the width leaves none.
    """
    acceptance = drawn_in(requirement, guard_band)
    if acceptance.is_empty:
        limit = f"w <= {(requirement.width or math.inf) / 2.0:g}"
        raise GuardBandError("guard band", found=f"{guard_band:g}", limit=limit)
    return acceptance


def _of_specific_risk(most: float, measured: Measured, requirement: Requirement) -> float:
    """The least w for which a value on an acceptance limit has at most this risk.

    With a single limit that is z*u. With two the other limit adds its tail; the risk falls
    until the middle.
    """
    single = quantile_above(most, measured.degrees_of_freedom) * measured.standard_uncertainty
    if requirement.width is None:
        return single
    half, upper = requirement.width / 2.0, requirement.high

    def excess(guard_band: float) -> float:
        return non_conformance_at(upper - guard_band, measured, requirement) - most

    if excess(single) <= 0.0:
        return single
    if excess(half) > 0.0:
        least = excess(half) + most
        limit = f"specific:<p>, p >= {least:.3g}"
        raise GuardBandError("guard band", found=f"specific:{most:g}", limit=limit)
    found = scipy.optimize.brentq(excess, single, half, xtol=1e-12 * measured.standard_uncertainty)
    return float(found)
