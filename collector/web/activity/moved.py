"""How far a statement moved, told as well as it is known. Pure."""

from typing import Final

from evidence.statement.difference import ComplianceDifference, Difference

_ROUNDING: Final = 1e-9
"""Of the U of a version: below it the U of a difference is what is left of cancelled doubles."""
_NOTHING: Final = 1e-12
"""Of a version's value: below it two versions have one value."""
_DETERMINATION: Final = "under_plan.monitored"


def moved_amount(moved: Difference) -> tuple[float, float | None]:
    """The difference of two versions and its U, in their unit; None where that is 0 or unknown."""
    size = max(abs(moved.before.value), abs(moved.after.value))
    value = 0.0 if abs(moved.difference) <= _NOTHING * size else moved.difference
    return value, _own_u(moved)


def _own_u(moved: Difference) -> float | None:
    if moved.uncertainty is None:
        return None
    known = (moved.before.expanded_uncertainty, moved.after.expanded_uncertainty)
    least = _ROUNDING * max(each or 0.0 for each in known)
    expanded = moved.uncertainty.expanded_uncertainty
    return expanded if expanded > least else None


def relative(moved: Difference) -> tuple[float, float | None] | None:
    """The same over the value before; None where that is 0."""
    if not moved.before.value:
        return None
    value, expanded = moved_amount(moved)
    share = None if expanded is None else abs(expanded / moved.before.value)
    return value / moved.before.value, share


def is_same(moved: Difference) -> bool:
    """Whether no value changed, but only what was looked at for those under a plan.

    Rules look behind a period, at hours and checks that come: then the determination is another.
    """
    value, _ = moved_amount(moved)
    complied = moved.compliance
    return (
        not value
        and moved.before.expanded_uncertainty == moved.after.expanded_uncertainty
        and (complied is None or _is_nothing(complied))
        and {each.what for each in moved.changes} == {_DETERMINATION}
    )


def _is_nothing(moved: ComplianceDifference) -> bool:
    if moved.difference is None:
        return moved.before == moved.after
    size = max(abs(moved.before or 0.0), abs(moved.after or 0.0))
    return abs(moved.difference) <= _NOTHING * size
