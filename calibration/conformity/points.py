"""Points as a file or a command line states them, and what is decided of each (pure)."""

from collections.abc import Iterable

import msgspec

from calibration.conformity.assessment import Assessment, Policy, RuleName, assess
from calibration.conformity.errors import ConformityError
from calibration.conformity.measured import measured
from calibration.conformity.requirement import Requirement
from calibration.conformity.risk import Prior
from calibration.conformity.rule import ErrorOfIndicationRule


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measured value with its uncertainty and its limits, all in one unit.

    Args:
        name: for people to read.
        value: measured.
        standard_uncertainty: u; or in its place
        expanded_uncertainty, coverage_factor: U with k. Beside u, k says which U is meant.
        degrees_of_freedom: of u; None stands for infinite.
        lower, upper: limits of the true value; one may be absent.
    """

    name: str = ""
    value: float
    standard_uncertainty: float | None = None
    expanded_uncertainty: float | None = None
    coverage_factor: float | None = None
    degrees_of_freedom: float | None = None
    lower: float | None = None
    upper: float | None = None


class Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file of points says.

    Args:
        points: at least one.
        rule: None where the file leaves it open.
        guard_band: of the rule guarded, as `guard.GRAMMAR` has it; a number is a length.
        prior: of the process the items come from.
        schema: 1.
    """

    points: tuple[Point, ...]
    rule: RuleName | None = None
    guard_band: str | float | None = None
    prior: Prior | None = None
    schema: int = 1


def assess_all(
    points: Iterable[Point], policy: Policy, mpe_rule: ErrorOfIndicationRule
) -> tuple[Assessment, ...]:
    """The statements for points in their order.

    Raises:
        ConformityError: a point has a number that cannot be, or the rule does not do for it; says
            which point.
    """
    return tuple(
        _assessed(place, point, policy, mpe_rule) for place, point in enumerate(points, start=1)
    )


def _assessed(
    place: int, point: Point, policy: Policy, mpe_rule: ErrorOfIndicationRule
) -> Assessment:
    name = point.name or str(place)
    try:
        found = measured(
            point.value,
            standard_uncertainty=point.standard_uncertainty,
            expanded_uncertainty=point.expanded_uncertainty,
            coverage_factor=point.coverage_factor,
            degrees_of_freedom=point.degrees_of_freedom,
        )
        requirement = Requirement(lower=point.lower, upper=point.upper)
        return assess(name, found, requirement, policy, mpe_rule)
    except ConformityError as wrong:
        raise type(wrong)(f"point {name[:80]}: {wrong.where}", **wrong.facts) from wrong
