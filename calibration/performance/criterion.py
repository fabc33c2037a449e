"""Limits of a test with the clause of each, and the judgement by them (pure)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from calibration.performance.errors import LimitsFileError, PerformanceOptionError
from calibration.performance.exact import is_usable, rounded

Test = Literal["accuracy", "linearity", "drift", "response_time", "velocity_field"]
Status = Literal["S", "K"]
Outcome = Literal["pass", "adjust", "fail", "out_of_control", "not_valid", "not_judged"]
Measure = Literal[
    "relative_accuracy",
    "mean_difference",
    "relative_difference",
    "relative_deviation",
    "deviation",
    "full_scale_deviation",
    "response_time",
    "relative_standard_deviation",
]

MEASURES: Final[Mapping[Test, tuple[Measure, ...]]] = {
    "accuracy": ("relative_accuracy", "mean_difference", "relative_difference"),
    "linearity": ("relative_deviation", "deviation", "full_scale_deviation"),
    "drift": ("deviation", "full_scale_deviation"),
    "response_time": ("response_time",),
    "velocity_field": ("relative_standard_deviation",),
}


class Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A datum of a standard.

    Args:
        clause: where it stands.
        status: "S" seen there or in the authority's own programme; "K" recalled, to be confirmed.
    """

    clause: str
    status: Status


class Criterion(Sourced, frozen=True, kw_only=True):
    """A limit, and the band of the test in which it holds.

    Args:
        measure: the figure that is limited, by its absolute value. "relative_accuracy",
            "relative_difference" (of the mean reference) and "relative_deviation" (of the
            reference) in percent, "full_scale_deviation" in percent of full scale,
            "mean_difference" and "deviation" in the unit of the readings, "response_time" in s,
            "relative_standard_deviation" in percent.
        at_most: the limit, > 0.
        decimals: the figure is rounded to so many before it is compared; None: not at all.
        above, at_least, below, up_to: bounds of the band, by the mean reference value of an
            accuracy test, by the mean coefficient of a velocity field and by the full scale of any
            other; each may be left out.
        alternative: holds only under the alternative performance specification of low emitters.
    """

    measure: Measure
    at_most: Decimal
    decimals: int | None = None
    above: Decimal | None = None
    at_least: Decimal | None = None
    below: Decimal | None = None
    up_to: Decimal | None = None
    alternative: bool = False

    def __post_init__(self) -> None:
        if not (is_usable(self.at_most) and self.at_most > 0):
            raise LimitsFileError("limits", found=f"at_most = {self.at_most}", limit="at_most > 0")
        if self.decimals is not None and not 0 <= self.decimals <= 12:
            found = f"decimals = {self.decimals}"
            raise LimitsFileError("limits", found=found, limit="0 <= decimals <= 12")
        for bound in self.bounds:
            if not is_usable(bound):
                raise LimitsFileError("limits", found=f"a bound {bound}", limit="-inf < v < inf")

    @property
    def bounds(self) -> tuple[Decimal, ...]:
        """Those of the band that are given."""
        return tuple(
            bound
            for bound in (self.above, self.at_least, self.below, self.up_to)
            if bound is not None
        )

    def holds_at(self, place: Decimal) -> bool:
        """Whether a mean reference value, or a full scale, lies in the band."""
        return (
            (self.above is None or place > self.above)
            and (self.at_least is None or place >= self.at_least)
            and (self.below is None or place < self.below)
            and (self.up_to is None or place <= self.up_to)
        )


class Grade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows where any one of some criteria is met.

    Args:
        outcome: of the test.
        criteria: alternatives to each other.
        next_test_quarters: calendar quarters until the next test at the earliest.
    """

    outcome: Literal["pass", "adjust"]
    criteria: tuple[Criterion, ...]
    next_test_quarters: int | None = None

    def __post_init__(self) -> None:
        quarters = self.next_test_quarters
        if quarters is not None and not 1 <= quarters <= 100:
            found = f"next_test_quarters = {quarters}"
            raise LimitsFileError("limits", found=found, limit="1 <= next_test_quarters <= 100")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one test of one measurand is judged.

    Args:
        test: of what.
        measurand: such as "so2".
        unit: UCUM code of the readings; "" where the limits are relative.
        grades: the best first; the first that is met counts.
        point: "zero" or "span", of a drift test.
        otherwise: the outcome where no grade is met.
        least_pairs: of an accuracy test, where it differs from the others of the file.
        bias_test: of an accuracy test: "required"; "factor_is_1" where the scheme knows bias but
            adjusts no such measurand for it; "none" where it does not know it.
        largest_low_emitter_factor: a low emitter's adjustment factor is no larger.
    """

    test: Test
    measurand: str
    unit: str
    grades: tuple[Grade, ...]
    point: Literal["zero", "span"] | None = None
    otherwise: Literal["fail", "out_of_control"] = "fail"
    least_pairs: int | None = None
    bias_test: Literal["required", "factor_is_1", "none"] = "none"
    largest_low_emitter_factor: Decimal | None = None

    def __post_init__(self) -> None:
        for each in (criterion for grade in self.grades for criterion in grade.criteria):
            if each.measure not in MEASURES[self.test]:
                found = f"{self.test}: measure = '{each.measure}'"
                raise LimitsFileError("limits", found=found, limit=" | ".join(MEASURES[self.test]))
        least, factor = self.least_pairs, self.largest_low_emitter_factor
        if least is not None and not 2 <= least <= 1000:
            raise LimitsFileError("limits", found=f"least_pairs = {least}", limit=">= 2")
        if factor is not None and not (is_usable(factor) and factor >= 1):
            found = f"largest_low_emitter_factor = {factor}"
            raise LimitsFileError("limits", found=found, limit=">= 1")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion that holds for the test, with the figure that was compared.

    Args:
        outcome, next_test_quarters: that meeting it would give.
        measure, value, at_most: the figure's absolute value, rounded as the criterion says.
        met: value <= at_most.
        clause, status: of the limit.
    """

    outcome: Outcome
    measure: Measure
    value: float
    at_most: float
    met: bool
    clause: str
    status: Status
    next_test_quarters: int | None = None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a test.

    Args:
        outcome: "not_valid" where no limit holds for it.
        criteria: all that hold.
        next_test_quarters: of the grade that is met.
    """

    outcome: Outcome
    criteria: tuple[Judged, ...]
    next_test_quarters: int | None = None


def judge(
    rule: Rule,
    measured: Mapping[Measure, Decimal],
    place: Decimal | None,
    *,
    low_emitter: bool = False,
) -> Judgement:
    """The first grade of a rule that the figures meet.

    Args:
        rule: For the test.
        measured: The figures by what they are; a ratio that is not defined is left out.
        place: The mean reference value, or the full scale, that the bands go by.
        low_emitter: Whether the alternative performance specification is claimed.

    Raises:
        PerformanceOptionError: a criterion needs the full scale, and there is none.
    """
    judged = [
        (grade, [_judged(grade, each, measured[each.measure]) for each in some])
        for grade in rule.grades
        for some in [_holding(grade, measured, place, low_emitter=low_emitter)]
    ]
    criteria = tuple(each for _, some in judged for each in some)
    for grade, some in judged:
        if any(each.met for each in some):
            quarters = grade.next_test_quarters
            return Judgement(outcome=grade.outcome, criteria=criteria, next_test_quarters=quarters)
    return Judgement(outcome=rule.otherwise if criteria else "not_valid", criteria=criteria)


def _holding(
    grade: Grade, measured: Mapping[Measure, Decimal], place: Decimal | None, *, low_emitter: bool
) -> Sequence[Criterion]:
    """The criteria of a grade that hold for the test."""
    found = []
    for each in grade.criteria:
        if place is None and (each.bounds or each.measure == "full_scale_deviation"):
            raise PerformanceOptionError("limits", name="--full-scale", value=None, limit="> 0")
        inside = place is None or each.holds_at(place)
        if inside and each.measure in measured and (low_emitter or not each.alternative):
            found.append(each)
    return found


def _judged(grade: Grade, limit: Criterion, figure: Decimal) -> Judged:
    value = abs(figure)
    compared = value if limit.decimals is None else rounded(value, limit.decimals)
    return Judged(
        outcome=grade.outcome,
        measure=limit.measure,
        value=float(compared),
        at_most=float(limit.at_most),
        met=compared <= limit.at_most,
        clause=limit.clause,
        status=limit.status,
        next_test_quarters=grade.next_test_quarters,
    )
