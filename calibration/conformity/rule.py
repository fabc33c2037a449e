"""Decision rules: from a measured value to a statement of conformity (pure)."""

from enum import StrEnum
from typing import Literal

import msgspec

from calibration.conformity.errors import RequirementError
from calibration.conformity.guard import acceptance_of
from calibration.conformity.measured import Measured
from calibration.conformity.requirement import Interval, Requirement, as_written, drawn_in


class Outcome(StrEnum):
    """What a rule decides; a confirmation's `decision` is one of the first two."""

    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    UNDETERMINED = "undetermined"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome, and the rule it follows from (ISO/IEC 17025:2017, 7.8.6).

    Args:
        outcome: pass, fail or undetermined.
        rule: by name.
        source: standard and clause.
        source_status: of numbers that the rule takes from its source: "S" seen in the primary
            text, "K" known second-hand and unconfirmed; None of a rule without such numbers.
        guard_band: w, in the unit of the value; negative where it guards rejection.
        acceptance: limits of values that pass.
        rejection: limits beyond which values fail.
    """

    outcome: Outcome
    rule: str
    source: str
    source_status: Literal["S", "K"] | None = None
    guard_band: float = 0.0
    acceptance: Interval
    rejection: Interval


class ErrorOfIndicationRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The numbers of a rule that weighs U against maximum permissible errors.

    Args:
        id: of the standard, with its edition.
        clause, source: where the numbers stand, and where they were read.
        status: "S" seen in the primary text, "K" known second-hand and unconfirmed.
        coverage_factor: k of the U that is compared.
        least_mpe_over_expanded_uncertainty: from this ratio on U is left out of the decision.
    """

    id: str
    clause: str
    source: str
    status: Literal["S", "K"]
    coverage_factor: float
    least_mpe_over_expanded_uncertainty: float


def decide_simply(measured: Measured, requirement: Requirement) -> Decision:
    """Simple acceptance: a value within or on the limits passes (JCGM 106:2012, 8.2).

    The consumer and the producer share the risk: on a limit it is one half.
    """
    return _binary("simple_acceptance", "JCGM 106:2012, 8.2", 0.0, measured, requirement)


def decide_guarded(measured: Measured, requirement: Requirement, guard_band: float) -> Decision:
    """Guarded acceptance for w > 0, guarded rejection for w < 0 (JCGM 106:2012, 8.3.2, 8.3.3).

    Args:
        measured: The value.
        requirement: Limits of the true value.
        guard_band: w, in the unit of the value.

    Raises:
        GuardBandError: the guard band leaves nothing to accept.
    """
    if guard_band < 0.0:
        source = "JCGM 106:2012, 8.3.3"
        return _binary("guarded_rejection", source, guard_band, measured, requirement)
    source = "JCGM 106:2012, 8.3.2"
    return _binary("guarded_acceptance", source, guard_band, measured, requirement)


def decide_by_mpe(
    measured: Measured, requirement: Requirement, rule: ErrorOfIndicationRule
) -> Decision:
    """The outcome for an error of indication against +-MPEV, as JJF 1094 has it.

    With delta the deviation from the middle of the limits, MPEV half their width and U = k*u for
    the rule's k: where U <= MPEV/3, |delta| <= MPEV passes and all else fails; otherwise
    |delta| <= MPEV - U passes, |delta| >= MPEV + U fails, and between them the outcome is open.
    Recalled from the standard; the numbers come from a data file with their status.

    Args:
        measured: An error of indication, or a value that should be the middle of the limits.
        requirement: Both limits.
        rule: Its numbers.

    Raises:
        RequirementError: a limit is missing.
    """
    if requirement.width is None:
        given = {"lower": requirement.lower, "upper": requirement.upper}
        raise RequirementError(rule.id, **given, limit="lower, upper")
    w = _guard_of(measured, requirement.width, rule)
    acceptance, rejection = drawn_in(requirement, w), drawn_in(requirement, -w)
    return Decision(
        outcome=_outcome(measured.value, acceptance, rejection, w),
        rule="error_of_indication",
        source=f"{rule.id}, {rule.clause}",
        source_status=rule.status,
        guard_band=w,
        acceptance=acceptance,
        rejection=rejection,
    )


def _guard_of(measured: Measured, width: float, rule: ErrorOfIndicationRule) -> float:
    """U, or 0 where it is small enough; compared in decimals as written, as limits are."""
    own = measured.coverage_factor == rule.coverage_factor
    expanded = (
        measured.expanded_uncertainty
        if own
        else rule.coverage_factor * measured.standard_uncertainty
    )
    least = 2 * as_written(rule.least_mpe_over_expanded_uncertainty) * as_written(expanded)
    return 0.0 if least <= as_written(width) else expanded


def _outcome(value: float, acceptance: Interval, rejection: Interval, w: float) -> Outcome:
    if acceptance.holds(value):
        return Outcome.PASS
    if w == 0.0 or value <= rejection.low or value >= rejection.high:
        return Outcome.FAIL
    return Outcome.UNDETERMINED


def _binary(
    rule: str, source: str, guard_band: float, measured: Measured, requirement: Requirement
) -> Decision:
    acceptance = acceptance_of(requirement, guard_band)
    return Decision(
        outcome=Outcome.PASS if acceptance.holds(measured.value) else Outcome.FAIL,
        rule=rule,
        source=source,
        guard_band=guard_band,
        acceptance=acceptance,
        rejection=acceptance,
    )
