"""Relative accuracy test audit: comparison of an analyser with the reference method (pure).

40 CFR 75, Appendix A, 7.3 to 7.6, and Appendix B, 2.3; HJ 75-2017 judges the same figures by bands
of the mean reference value.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from calibration.errors import Words
from calibration.performance.criterion import Judged, Judgement, Measure, Outcome, Rule, judge
from calibration.performance.errors import NotDefinedError, PerformanceOptionError
from calibration.performance.exact import quotient, rounded, total
from calibration.performance.limits import LimitsUsed, PairedTest
from calibration.performance.paired import Paired, Run, paired

BiasTest = Literal["passed", "failed", "not_required"]


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """The figures as they are reported: rounded once, halves away from zero.

    Args:
        mean_reference, mean_reading, mean_difference, standard_deviation,
            confidence_coefficient: in the unit of the readings.
        relative_accuracy_percent, relative_difference_percent: None where they are not defined.
        bias_adjustment_factor: that is applied; of a low emitter no larger than the rule allows.
    """

    mean_reference: Decimal
    mean_reading: Decimal
    mean_difference: Decimal
    standard_deviation: Decimal
    confidence_coefficient: Decimal
    relative_accuracy_percent: Decimal | None
    relative_difference_percent: Decimal | None
    bias_adjustment_factor: Decimal | None


class Rata(msgspec.Struct, frozen=True, kw_only=True):
    """A relative accuracy test audit, as computed and as reported.

    Args:
        outcome: "pass", "fail"; "not_valid" where runs are missing; "not_judged" without a limit.
        findings: why it is no pass, by name.
        measurand, unit, level: of the test.
        runs_used, runs_rejected: how many.
        mean_reference, mean_reading, mean_difference, standard_deviation, student_factor,
            confidence_coefficient, relative_accuracy_percent, relative_difference_percent: as in
            `Paired`.
        bias_test: "failed" where the analyser reads low by more than the confidence coefficient.
        bias_adjustment_factor: 1 + |mean difference| / mean reading where bias was found, else 1;
            1 for a measurand that is not adjusted; None where the scheme knows no such factor.
        reported: the same, rounded.
        criteria: the limits that hold, and whether they are met.
        next_test_quarters: calendar quarters until the next test at the earliest.
        due_by: last day of that quarter, where the day of the test is known. Quarters with few
            hours of operation may put it off (40 CFR 75, Appendix B, 2.3.1).
        runs: as given.
        test: the parameters of the test.
        limits: the file behind the outcome.
    """

    outcome: Outcome
    findings: tuple[str, ...]
    measurand: str | None
    unit: str | None
    level: str | None
    runs_used: int
    runs_rejected: int
    mean_reference: float
    mean_reading: float
    mean_difference: float
    standard_deviation: float
    student_factor: float
    confidence_coefficient: float
    relative_accuracy_percent: float | None
    relative_difference_percent: float | None
    bias_test: BiasTest
    bias_adjustment_factor: float | None
    reported: Reported
    criteria: tuple[Judged, ...]
    next_test_quarters: int | None
    due_by: dt.date | None
    runs: tuple[Run, ...]
    test: PairedTest
    limits: LimitsUsed


def rata(
    runs: Sequence[Run],
    test: PairedTest,
    rule: Rule | None,
    limits: LimitsUsed,
    *,
    low_emitter: bool = False,
    level: str | None = None,
    on: dt.date | None = None,
) -> Rata:
    """The audit of an analyser by runs with the reference method.

    Args:
        runs: Those that were made, the rejected ones too; 2 or more of them used.
        test: How pairs are evaluated.
        rule: The limits of the measurand; None: nothing is judged.
        limits: Where both come from.
        low_emitter: Whether the alternative performance specification is claimed.
        level: Of load or operation.
        on: Last day of the test.

    Raises:
        PerformanceCountError: fewer than 2 runs are used.
        NotDefinedError: bias was found, and the mean reading is not > 0.
        PerformanceOptionError: the day lies at the end of the calendar.
    """
    found = paired(
        [each for each in runs if each.used], test.coverage_probability, test.student_decimals
    )
    judgement = _judgement(found, rule, low_emitter=low_emitter)
    missing = _missing(len(runs), found.number, test, rule)
    bias, factor = _bias(found, rule)
    outcome = "not_valid" if missing else judgement.outcome
    quarters = judgement.next_test_quarters if outcome == "pass" else None
    return Rata(
        outcome=outcome,
        findings=(*missing, *_findings(judgement)),
        measurand=None if rule is None else rule.measurand,
        unit=None if rule is None else rule.unit,
        level=level,
        runs_used=found.number,
        runs_rejected=len(runs) - found.number,
        mean_reference=float(found.mean_reference),
        mean_reading=float(found.mean_reading),
        mean_difference=float(found.mean_difference),
        standard_deviation=float(found.standard_deviation),
        student_factor=float(found.student_factor),
        confidence_coefficient=float(found.confidence_coefficient),
        relative_accuracy_percent=_float(found.relative_accuracy_percent),
        relative_difference_percent=_float(found.relative_difference_percent),
        bias_test=bias,
        bias_adjustment_factor=_float(factor),
        reported=_reported(found, test, _applied(factor, rule, low_emitter=low_emitter)),
        criteria=judgement.criteria,
        next_test_quarters=quarters,
        due_by=None if on is None or quarters is None else due_by(on, quarters),
        runs=tuple(runs),
        test=test,
        limits=limits,
    )


def due_by(on: dt.date, quarters: int) -> dt.date:
    """The last day of the calendar quarter so many quarters after that of a day.

    Args:
        on: The day.
        quarters: >= 1.

    Raises:
        PerformanceOptionError: the calendar ends before.
    """
    years, quarter = divmod((on.month - 1) // 3 + quarters, 4)
    year, month = (on.year + years + 1, 1) if quarter == 3 else (on.year + years, 3 * quarter + 4)
    if year > dt.MAXYEAR:
        raise PerformanceOptionError("rata", name="--on", value=on, limit="<= 9900-12-31")
    return dt.date(year, month, 1) - dt.timedelta(days=1)


def _judgement(found: Paired, rule: Rule | None, *, low_emitter: bool) -> Judgement:
    if rule is None:
        return Judgement(outcome="not_judged", criteria=())
    figures: dict[Measure, Decimal | None] = {
        "relative_accuracy": found.relative_accuracy_percent,
        "mean_difference": found.mean_difference,
        "relative_difference": found.relative_difference_percent,
    }
    measured = {name: each for name, each in figures.items() if each is not None}
    return judge(rule, measured, found.mean_reference, low_emitter=low_emitter)


def _missing(made: int, used: int, test: PairedTest, rule: Rule | None) -> tuple[str, ...]:
    """What keeps the runs from being a test."""
    own = None if rule is None else rule.least_pairs
    least = test.least_pairs if own is None else own
    few = ("too_few_runs",) if used < least else ()
    return (*few, *(("too_many_rejected",) if made - used > test.most_rejected else ()))


def _findings(judgement: Judgement) -> tuple[str, ...]:
    names = {"fail": "no_limit_met", "not_valid": "no_limit_applies"}
    return tuple(name for outcome, name in names.items() if outcome == judgement.outcome)


def _bias(found: Paired, rule: Rule | None) -> tuple[BiasTest, Decimal | None]:
    """The bias test and the factor that it asks for (40 CFR 75, Appendix A, 7.6.4 and 7.6.5).

    Raises:
        NotDefinedError: the mean reading is not > 0.
    """
    if rule is None or rule.bias_test != "required":
        forced = rule is not None and rule.bias_test == "factor_is_1"
        return "not_required", Decimal(1) if forced else None
    if found.mean_difference <= found.confidence_coefficient:
        return "passed", Decimal(1)
    if found.mean_reading <= 0:
        value = float(found.mean_reading)
        raise NotDefinedError(
            "runs", name=Words("mean reading", "平均示值"), value=value, limit="> 0"
        )
    return "failed", total(Decimal(1), quotient(found.mean_difference, found.mean_reading))


def _applied(factor: Decimal | None, rule: Rule | None, *, low_emitter: bool) -> Decimal | None:
    """The factor that is applied: of a low emitter no larger than the default (7.6.5)."""
    largest = None if rule is None else rule.largest_low_emitter_factor
    if factor is None or largest is None or not low_emitter:
        return factor
    return min(factor, largest)


def _reported(found: Paired, test: PairedTest, factor: Decimal | None) -> Reported:
    means, percents = test.mean_decimals, test.percent_decimals
    return Reported(
        mean_reference=rounded(found.mean_reference, means),
        mean_reading=rounded(found.mean_reading, means),
        mean_difference=rounded(found.mean_difference, means),
        standard_deviation=rounded(found.standard_deviation, means),
        confidence_coefficient=rounded(found.confidence_coefficient, means),
        relative_accuracy_percent=_rounded(found.relative_accuracy_percent, percents),
        relative_difference_percent=_rounded(found.relative_difference_percent, percents),
        bias_adjustment_factor=_rounded(factor, test.factor_decimals),
    )


def _rounded(number: Decimal | None, decimals: int) -> Decimal | None:
    return None if number is None else rounded(number, decimals)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
