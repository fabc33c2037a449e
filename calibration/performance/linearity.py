"""Linearity: mean readings of certified gases at several levels (pure).

40 CFR 75, Appendix A, 6.2 and 7.1: LE = |R - A|/R; HJ 75-2017, indication error (示值误差).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from calibration.performance.criterion import Judged, Measure, Outcome, Rule, judge
from calibration.performance.drift import percent, require_full_scale, worst
from calibration.performance.errors import PerformanceCountError, PerformanceValueError
from calibration.performance.exact import decimal_of, total
from calibration.performance.limits import LimitsUsed, LinearityTest


class Injection(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of a certified gas.

    Args:
        level: such as "low", "mid", "high".
        reference: certified value.
        reading: what the analyser shows, in the same unit.
    """

    level: str
    reference: Decimal
    reading: Decimal


class LevelOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A level that was judged.

    Args:
        level, reference: as given.
        number: of readings.
        mean_reading: of them.
        deviation: mean reading - reference.
        percent_of_reference: None for a reference of 0.
        percent_of_full_scale: None without a full scale.
        outcome, criteria: by the limits that hold; "not_judged" where none does, as of zero gas.
    """

    level: str
    reference: float
    number: int
    mean_reading: float
    deviation: float
    percent_of_reference: float | None
    percent_of_full_scale: float | None
    outcome: Outcome
    criteria: tuple[Judged, ...]


class Linearity(msgspec.Struct, frozen=True, kw_only=True):
    """A linearity test; the outcome is that of the worst level."""

    outcome: Outcome
    findings: tuple[str, ...]
    measurand: str
    full_scale: float | None
    levels: tuple[LevelOutcome, ...]
    test: LinearityTest
    limits: LimitsUsed


def linearity(
    injections: Sequence[Injection],
    test: LinearityTest,
    rule: Rule,
    full_scale: Decimal | None,
    limits: LimitsUsed,
) -> Linearity:
    """The deviation at each level.

    Args:
        injections: In any order; those of one level have one reference.
        test: How many levels and readings are needed.
        rule: The limits of the measurand.
        full_scale: Of the analyser, > 0; may be None where no limit goes by it.
        limits: Where test and rule come from.

    Raises:
        PerformanceCountError: there is no injection.
        PerformanceValueError: one level has two references.
        PerformanceOptionError: the full scale is missing, or not > 0.
    """
    if not injections:
        raise PerformanceCountError("injections", name="injections", found=0, limit=">= 1")
    require_full_scale(full_scale)
    levels = _by_level(injections)
    judged = tuple(_judged(level, some, rule, full_scale) for level, some in levels.items())
    missing = _missing(judged, test, full_scale)
    return Linearity(
        outcome="not_valid" if missing else worst([each.outcome for each in judged]),
        findings=missing,
        measurand=rule.measurand,
        full_scale=None if full_scale is None else float(full_scale),
        levels=judged,
        test=test,
        limits=limits,
    )


def _by_level(injections: Sequence[Injection]) -> Mapping[str, Sequence[Injection]]:
    levels: dict[str, list[Injection]] = {}
    for place, each in enumerate(injections, start=1):
        some = levels.setdefault(each.level, [])
        if some and some[0].reference != each.reference:
            limit = f"{some[0].reference}"
            value = each.reference
            raise PerformanceValueError(
                "injections", name="reference", place=place, value=value, limit=limit
            )
        some.append(each)
    return levels


def _judged(
    level: str, some: Sequence[Injection], rule: Rule, full_scale: Decimal | None
) -> LevelOutcome:
    reference = some[0].reference
    mean = decimal_of(sum((Fraction(each.reading) for each in some), Fraction(0)) / len(some))
    deviation = total(mean, -reference)
    measured: dict[Measure, Decimal] = {"deviation": deviation}
    if reference != 0:
        measured["relative_deviation"] = percent(deviation, reference)
    if full_scale is not None:
        measured["full_scale_deviation"] = percent(deviation, full_scale)
    found = judge(rule, measured, full_scale)
    return LevelOutcome(
        level=level,
        reference=float(reference),
        number=len(some),
        mean_reading=float(mean),
        deviation=float(deviation),
        percent_of_reference=_float(measured.get("relative_deviation")),
        percent_of_full_scale=_float(measured.get("full_scale_deviation")),
        outcome=found.outcome if found.criteria else "not_judged",
        criteria=found.criteria,
    )


def _missing(
    levels: Sequence[LevelOutcome], test: LinearityTest, full_scale: Decimal | None
) -> tuple[str, ...]:
    """What keeps the injections from being a test."""
    found = {each.level: each for each in levels}
    said = {
        "level_missing": not {each.level for each in test.levels} <= found.keys(),
        "too_few_readings": any(each.number < test.least_readings for each in levels),
        "level_misplaced": full_scale is not None
        and any(
            not each.holds(found[each.level].reference, float(full_scale))
            for each in test.levels
            if each.level in found
        ),
    }
    return tuple(name for name, applies in said.items() if applies)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
