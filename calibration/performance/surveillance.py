"""Annual surveillance test: whether a calibration function still holds (EN 14181, 8) (pure)."""

import math
from collections.abc import Sequence
from decimal import Decimal

import msgspec
import scipy

from calibration.performance.criterion import Outcome
from calibration.performance.errors import PerformanceOptionError
from calibration.performance.exact import rounded
from calibration.performance.limits import LimitsUsed, Qal2Test, SurveillanceTest
from calibration.performance.pairs import MOST, Pair, Requirement
from calibration.performance.variability import Variability, variability


class Surveillance(msgspec.Struct, frozen=True, kw_only=True):
    """An annual surveillance test.

    Args:
        outcome: "pass" where variability and bias are permitted; "not_valid" where pairs are
            missing.
        findings: why it is no pass, by name.
        requirement: that was judged by.
        intercept, slope: of the calibration function that was tested.
        variability: of the differences, against 1.5 times what QAL2 permits.
        student_factor: one-sided, N - 1 degrees of freedom.
        student_factor_printed: with the decimals of tables; the bias is judged by it.
        bias_limit: t * s_D / sqrt(N) + the permissible standard deviation, by the printed factor.
        bias_limit_unrounded: by the factor itself.
        bias_passed: |mean difference| <= bias_limit.
        estimates, differences: of each pair, at standard conditions.
        test: the parameters of the test.
        limits: the file behind the outcome.
    """

    outcome: Outcome
    findings: tuple[str, ...]
    requirement: Requirement
    intercept: float
    slope: float
    variability: Variability
    student_factor: float
    student_factor_printed: Decimal
    bias_limit: float
    bias_limit_unrounded: float
    bias_passed: bool
    estimates: tuple[float, ...]
    differences: tuple[float, ...]
    test: SurveillanceTest
    limits: LimitsUsed


def surveillance(
    pairs: Sequence[Pair],
    line: tuple[float, float],
    requirement: Requirement,
    tests: tuple[Qal2Test, SurveillanceTest],
    limits: LimitsUsed,
) -> Surveillance:
    """The test of a calibration function by new parallel measurements.

    Args:
        pairs: 3 or more; the standard asks for 5. Reference material is passed over.
        line: Intercept a and slope b of the function, at the conditions of the AMS.
        requirement: What legislation permits.
        tests: The parameters of QAL2 and of the surveillance test.
        limits: Where they come from.

    Raises:
        PerformanceCountError: there are fewer than 3 pairs.
        PerformanceOptionError: a coefficient is not finite.
    """
    if not all(abs(each) <= MOST for each in line):
        raise PerformanceOptionError("ast", name="--function", value=line, limit="finite a,b")
    parallel = [each for each in pairs if each.kind == "parallel"]
    estimates = tuple((line[0] + line[1] * each.x) * each.ams_factor for each in parallel)
    differences = [each.standard_y - at for each, at in zip(parallel, estimates, strict=True)]
    qal2, own = tests
    permitted = requirement.permissible_uncertainty / qal2.half_width_factor
    found = variability(differences, permitted, qal2.factor_decimals, own.variability_share)
    student = float(scipy.special.stdtrit(len(parallel) - 1, own.coverage_probability))
    printed = rounded(Decimal(student), own.student_decimals)
    bias_limit = _bias_limit(found, float(printed))
    bias_passed = abs(found.mean_difference) <= bias_limit
    findings = _findings(own, found, bias_passed=bias_passed)
    return Surveillance(
        outcome=_outcome(findings),
        findings=findings,
        requirement=requirement,
        intercept=line[0],
        slope=line[1],
        variability=found,
        student_factor=student,
        student_factor_printed=printed,
        bias_limit=bias_limit,
        bias_limit_unrounded=_bias_limit(found, student),
        bias_passed=bias_passed,
        estimates=estimates,
        differences=tuple(differences),
        test=own,
        limits=limits,
    )


def _bias_limit(found: Variability, student: float) -> float:
    """The largest mean difference that is permitted."""
    reach = student * found.standard_deviation / math.sqrt(found.number_of_pairs)
    return reach + found.permissible_standard_deviation


def _findings(test: SurveillanceTest, found: Variability, *, bias_passed: bool) -> tuple[str, ...]:
    said = {
        "too_few_pairs": found.number_of_pairs < test.least_pairs,
        "variability_too_large": not found.passed,
        "bias_too_large": not bias_passed,
    }
    return tuple(name for name, applies in said.items() if applies)


def _outcome(findings: Sequence[str]) -> Outcome:
    if "too_few_pairs" in findings:
        return "not_valid"
    return "fail" if findings else "pass"
