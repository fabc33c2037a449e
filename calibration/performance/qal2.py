"""QAL2: the calibration function of an installed AMS and its variability (EN 14181, 6) (pure)."""

from collections.abc import Sequence

import msgspec

from calibration.errors import Words
from calibration.performance.criterion import Outcome
from calibration.performance.errors import NotDefinedError, PerformanceCountError
from calibration.performance.limits import LimitsUsed, Qal2Test
from calibration.performance.line import Line, Method, line_of, within
from calibration.performance.pairs import Pair, Requirement, ZeroReading
from calibration.performance.variability import Variability, variability


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which method the values of the SRM ask for.

    Args:
        method: the one that was used.
        prescribed: the one that the rules ask for.
        spread: largest less smallest value of the SRM, at standard conditions.
        least: smallest value.
        threshold: from this spread on, method "a".
    """

    method: Method
    prescribed: Method
    spread: float
    least: float
    threshold: float


class Qal2(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration of an installed AMS.

    Args:
        outcome: "pass" where the variability is permitted; "not_valid" where pairs or days are
            missing.
        findings: why it is no pass, by name.
        requirement: that was judged by.
        choice: of the method.
        line: the calibration function with the covariance of its coefficients; its measuring
            interval is the valid range.
        variability: of the differences at standard conditions.
        valid_range: of calibrated values at standard conditions.
        number_of_days: with measurements; None where the file does not say.
        estimates, differences: of each parallel pair, at standard conditions.
        test: the parameters of the test.
        limits: the file behind the outcome.
    """

    outcome: Outcome
    findings: tuple[str, ...]
    requirement: Requirement
    choice: Choice
    line: Line
    variability: Variability
    valid_range: tuple[float, float]
    number_of_days: int | None
    estimates: tuple[float, ...]
    differences: tuple[float, ...]
    test: Qal2Test
    limits: LimitsUsed


def qal2(
    pairs: Sequence[Pair],
    requirement: Requirement,
    test: Qal2Test,
    limits: LimitsUsed,
    *,
    zero: ZeroReading | None = None,
    method: Method | None = None,
) -> Qal2:
    """The calibration of an AMS by parallel measurements.

    Args:
        pairs: 3 or more parallel ones; the standard asks for 15 on three days.
        requirement: What legislation permits.
        test: The parameters of the standard.
        limits: Where they come from.
        zero: What the AMS shows at zero; needed for method "b".
        method: In place of the one that the rules ask for.

    Raises:
        FitError: the points do not determine a line.
        PerformanceError: something that the method needs is missing, or no value is > 0.
    """
    parallel = [each for each in pairs if each.kind == "parallel"]
    if len(parallel) < 3:
        raise PerformanceCountError("pairs", name="parallel", found=len(parallel), limit=">= 3")
    choice = _choice(parallel, requirement, test, method)
    line = line_of(choice.method, pairs, zero)
    estimates = tuple(line.estimate(each.x) * each.ams_factor for each in parallel)
    differences = [each.standard_y - value for each, value in zip(parallel, estimates, strict=True)]
    permitted = requirement.permissible_uncertainty / test.half_width_factor
    found = variability(differences, permitted, test.factor_decimals)
    days = _days(parallel)
    findings = _findings(len(parallel), days, test, found)
    top = _top(estimates, requirement, test)
    return Qal2(
        outcome=_outcome(findings),
        findings=findings,
        requirement=requirement,
        choice=choice,
        line=within(line, 0.0, top / _factor_at_top(parallel, estimates)),
        variability=found,
        valid_range=(0.0, top),
        number_of_days=days,
        estimates=estimates,
        differences=tuple(differences),
        test=test,
        limits=limits,
    )


def _choice(
    parallel: Sequence[Pair], requirement: Requirement, test: Qal2Test, method: Method | None
) -> Choice:
    """Method a for a wide spread; else b, or c where values are low (EN 14181, 6)."""
    values = [each.standard_y for each in parallel]
    spread, least = max(values) - min(values), min(values)
    of_limit = test.spread_of == "emission_limit"
    whole = requirement.emission_limit if of_limit else requirement.permissible_uncertainty
    threshold = test.spread_share * whole
    low = test.method_c_below
    prescribed: Method = "a"
    if spread < threshold:
        prescribed = "c" if low is not None and least < low * requirement.emission_limit else "b"
    return Choice(
        method=method or prescribed,
        prescribed=prescribed,
        spread=spread,
        least=least,
        threshold=threshold,
    )


def _top(estimates: Sequence[float], requirement: Requirement, test: Qal2Test) -> float:
    """The upper end of the valid range, at standard conditions."""
    if not max(estimates) > 0.0:
        value = max(estimates)
        raise NotDefinedError(
            "pairs", name=Words("largest estimate", "最大估计值"), value=value, limit="> 0"
        )
    least = (test.least_range or 0.0) * requirement.emission_limit
    return max(test.range_extension * max(estimates), least)


def _factor_at_top(parallel: Sequence[Pair], estimates: Sequence[float]) -> float:
    """The factor to standard conditions where the estimate was largest."""
    return max(zip(estimates, parallel, strict=True), key=lambda both: both[0])[1].ams_factor


def _days(parallel: Sequence[Pair]) -> int | None:
    days = {each.day for each in parallel}
    return None if None in days else len(days)


def _findings(size: int, days: int | None, test: Qal2Test, found: Variability) -> tuple[str, ...]:
    said = {
        "too_few_pairs": size < test.least_pairs,
        "too_few_days": days is not None and days < test.least_days,
        "variability_too_large": not found.passed,
    }
    return tuple(name for name, applies in said.items() if applies)


def _outcome(findings: Sequence[str]) -> Outcome:
    if {"too_few_pairs", "too_few_days"} & set(findings):
        return "not_valid"
    return "fail" if findings else "pass"
