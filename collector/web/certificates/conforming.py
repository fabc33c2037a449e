"""Which points of a result conform to the maximum permissible error, and how surely. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.certificate import CalibrationCertificate, CalibrationResult, Point
from calibration.confirmation import MetrologicalConfirmation
from calibration.conformity.assessment import Assessment, Policy, assess
from calibration.conformity.errors import ConformityError
from calibration.conformity.guard import GuardBand
from calibration.conformity.load import jjf_1094
from calibration.conformity.measured import measured
from calibration.conformity.requirement import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformityLine:
    """A point against its limit, decided simply and with a guard band.

    Attributes:
        at: Argument.
        deviation, expanded_uncertainty, limit, guard_band: All in one unit: a ratio for a relative
            error, else the result's own; `limit` is half the width, > 0.
        simple, guarded: "pass" or "fail"; "" where the rule leaves nothing to accept.
        probability: That the true deviation is within the limits.
    """

    at: float
    deviation: float
    expanded_uncertainty: float
    limit: float
    guard_band: float | None
    simple: str
    guarded: str
    probability: float

    @property
    def acceptance(self) -> float | None:
        """Up to which deviation the guarded rule accepts."""
        return None if self.guard_band is None else self.limit - self.guard_band


def permissible(
    certificate: CalibrationCertificate, confirmation: MetrologicalConfirmation | None
) -> float | None:
    """The maximum permissible error, relative; None where neither paper states one."""
    if confirmation is not None and confirmation.mpe_relative is not None:
        return confirmation.mpe_relative
    return None if certificate.conformity is None else certificate.conformity.mpe_relative


def conformity_lines(
    result: CalibrationResult, mpe: float, guard: GuardBand
) -> tuple[ConformityLine, ...]:
    """The points of a result that can be weighed: those with U and a limit above 0.

    Args:
        result: With points as printed.
        mpe: Relative, > 0.
        guard: Of the guarded rule.
    """
    made = (_line(result, point, mpe, guard) for point in result.points)
    return tuple(each for each in made if each is not None)


def deviation_of(result: CalibrationResult, point: Point) -> float:
    """The error of indication: as stated, or indication less reference."""
    return point.value if result.result == "relative_error" else point.at - point.value


def limit_of(result: CalibrationResult, value: float, mpe: float) -> float:
    """How large the error of indication may be where the result has a value."""
    return mpe if result.result == "relative_error" else mpe * abs(value)


def can_be_weighed(result: CalibrationResult) -> bool:
    """Whether a relative limit says anything of a result: of an error, or of like quantities."""
    return result.result == "relative_error" or result.argument_unit == result.unit


def _line(
    result: CalibrationResult, point: Point, mpe: float, guard: GuardBand
) -> ConformityLine | None:
    limit = limit_of(result, point.value, mpe)
    simple = _assessed(result, point, limit, Policy())
    if simple is None:
        return None
    guarded = _assessed(result, point, limit, Policy(rule="guarded", guard_band=guard))
    return ConformityLine(
        at=point.at,
        deviation=simple.measured.value,
        expanded_uncertainty=simple.measured.expanded_uncertainty,
        limit=limit,
        guard_band=None if guarded is None else guarded.decision.guard_band,
        simple=simple.decision.outcome.value,
        guarded="" if guarded is None else guarded.decision.outcome.value,
        probability=simple.specific.conformance_probability,
    )


def _assessed(
    result: CalibrationResult, point: Point, limit: float, policy: Policy
) -> Assessment | None:
    """None where U or the limit is 0, or the guard band leaves nothing to accept."""
    try:
        return assess(
            f"{point.at:g}",
            measured(
                deviation_of(result, point),
                expanded_uncertainty=point.expanded_uncertainty,
                coverage_factor=point.coverage_factor,
            ),
            Requirement(lower=-limit, upper=limit),
            policy,
            jjf_1094(),
        )
    except ConformityError:
        return None


def all_pass(lines: Sequence[ConformityLine], rule: str) -> bool:
    """Whether every point passes by a rule, "simple" or "guarded"."""
    return all(getattr(each, rule) == "pass" for each in lines)
