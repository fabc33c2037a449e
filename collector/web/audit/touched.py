"""A statement that would be another one now, in a line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.unit import convert
from collector.web.activity.moved import moved_amount
from evidence.clock import parse_utc
from evidence.statement.difference import Change, ComplianceDifference, InUnit
from evidence.statement.touched import TouchedStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedLine:
    """Before, after, and the difference; times in UTC ns.

    Attributes:
        digest_before, digest_after: Of the two versions.
        before, after: Value and U of each; U None where it is not known.
        difference: And its U, in the same unit.
        suspected: Corrections of what is in doubt with their U; `after` does not contain them.
        compliance: Of statements under a plan, what that value was and would be.
        changes: What else is not as it was.
    """

    channel: str
    start_ns: int
    end_ns: int
    digest_before: str
    digest_after: str
    before: tuple[float, float | None]
    after: tuple[float, float | None]
    difference: tuple[float, float | None]
    unit: str
    suspected: Sequence[tuple[float, float | None]]
    compliance: ComplianceDifference | None
    changes: Sequence[Change]
    is_locked: bool


def touched_line(touched: TouchedStatement) -> TouchedLine:
    """A touched statement in a line."""
    moved = touched.difference
    return TouchedLine(
        channel=moved.channel,
        start_ns=parse_utc(moved.period.start),
        end_ns=parse_utc(moved.period.end),
        digest_before=moved.before.digest,
        digest_after=moved.after.digest,
        before=(moved.before.value, moved.before.expanded_uncertainty),
        after=(moved.after.value, moved.after.expanded_uncertainty),
        unit=moved.unit,
        difference=moved_amount(moved),
        suspected=[_in(moved.unit, each) for each in touched.suspected if each is not None],
        compliance=moved.compliance,
        changes=moved.changes,
        is_locked=touched.locked,
    )


def _in(unit: str, moved: InUnit) -> tuple[float, float | None]:
    """A correction and its U in the unit of the statement beside it."""
    expanded = moved.expanded_uncertainty
    told = None if expanded is None else convert(expanded, moved.unit, unit)
    return convert(moved.value, moved.unit, unit), told
