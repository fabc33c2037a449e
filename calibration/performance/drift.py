"""Zero and span drift, and calibration error, in percent of full scale (pure).

HJ 75-2017: Z_d = (Z_i - Z_0)/R and S_d = (S_i - S_0)/R; 40 CFR 75, Appendix A, 6.3 and 7.2.1:
|R - A|/S. The algebra is the same: `reference` is what the check began with, or the cylinder.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from calibration.performance.criterion import Judged, Measure, Outcome, Rule, judge
from calibration.performance.errors import PerformanceCountError, PerformanceOptionError
from calibration.performance.exact import is_usable, product, quotient, total
from calibration.performance.limits import LimitsUsed

Point = Literal["zero", "span"]
WORST_LAST: Final[tuple[Outcome, ...]] = (
    "not_judged",
    "pass",
    "adjust",
    "fail",
    "out_of_control",
    "not_valid",
)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A zero or span check.

    Args:
        at: when, as the file says.
        point: zero or span.
        reference: what is to be shown: the reading that drift counts from, or the cylinder's value.
        reading: what is shown.
    """

    at: str
    point: Point
    reference: Decimal
    reading: Decimal


class CheckOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A check that was judged.

    Args:
        check: as given.
        deviation: reading - reference, in their unit.
        percent_of_full_scale: None without a full scale.
        outcome: "pass"; "adjust" beyond the specification; "out_of_control" beyond the limit of
            valid data.
        criteria: the limits that hold.
    """

    check: Check
    deviation: float
    percent_of_full_scale: float | None
    outcome: Outcome
    criteria: tuple[Judged, ...]


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """All checks of a file; the outcome is the worst of them."""

    outcome: Outcome
    measurand: str
    full_scale: float | None
    checks: tuple[CheckOutcome, ...]
    limits: LimitsUsed


def drift(
    checks: Sequence[Check],
    rules: Mapping[Point, Rule],
    full_scale: Decimal | None,
    limits: LimitsUsed,
) -> Drift:
    """The drift at each check.

    Args:
        checks: At least one.
        rules: For each point that is checked.
        full_scale: Of the analyser, > 0, in the unit of the readings; may be None where no limit
            goes by it.
        limits: Where the rules come from.

    Raises:
        PerformanceCountError: there is no check.
        PerformanceOptionError: the full scale is missing, or not > 0.
    """
    if not checks:
        raise PerformanceCountError("checks", name="checks", found=0, limit=">= 1")
    require_full_scale(full_scale)
    judged = tuple(_judged(each, rules[each.point], full_scale) for each in checks)
    return Drift(
        outcome=worst([each.outcome for each in judged]),
        measurand=rules[checks[0].point].measurand,
        full_scale=None if full_scale is None else float(full_scale),
        checks=judged,
        limits=limits,
    )


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """The worst of several outcomes."""
    return max(outcomes, key=WORST_LAST.index)


def require_full_scale(full_scale: Decimal | None) -> None:
    """Refuses a full scale that is none.

    Raises:
        PerformanceOptionError: it is not > 0.
    """
    if full_scale is not None and not (is_usable(full_scale) and full_scale > 0):
        raise PerformanceOptionError("drift", name="--full-scale", value=full_scale, limit="> 0")


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """A part in percent of a whole that is not 0."""
    return product(quotient(part, whole), Decimal(100))


def _judged(check: Check, rule: Rule, full_scale: Decimal | None) -> CheckOutcome:
    deviation = total(check.reading, -check.reference)
    measured: dict[Measure, Decimal] = {"deviation": deviation}
    if full_scale is not None:
        measured["full_scale_deviation"] = percent(deviation, full_scale)
    found = judge(rule, measured, full_scale)
    share = measured.get("full_scale_deviation")
    return CheckOutcome(
        check=check,
        deviation=float(deviation),
        percent_of_full_scale=None if share is None else float(share),
        outcome=found.outcome,
        criteria=found.criteria,
    )
