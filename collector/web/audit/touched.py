"""A statement that would be another one now, in a line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

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
        difference: And its U, in `unit`: kW.h or t where it is of one of them.
        suspected: Corrections of what is in doubt; `after` does not contain them.
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
    stated_unit: str
    difference: tuple[float, float | None]
    unit: str
    suspected: Sequence[InUnit]
    compliance: ComplianceDifference | None
    changes: Sequence[Change]
    is_locked: bool


def touched_line(touched: TouchedStatement) -> TouchedLine:
    """A touched statement in a line."""
    moved = touched.difference
    own, common = moved_amount(moved), moved.in_common_unit
    expanded = None if common is None or own[1] is None else common.expanded_uncertainty
    return TouchedLine(
        channel=moved.channel,
        start_ns=parse_utc(moved.period.start),
        end_ns=parse_utc(moved.period.end),
        digest_before=moved.before.digest,
        digest_after=moved.after.digest,
        before=(moved.before.value, moved.before.expanded_uncertainty),
        after=(moved.after.value, moved.after.expanded_uncertainty),
        stated_unit=moved.unit,
        difference=own if common is None else (common.value, expanded),
        unit=moved.unit if common is None else common.unit,
        suspected=[each for each in touched.suspected if each is not None],
        compliance=moved.compliance,
        changes=moved.changes,
        is_locked=touched.locked,
    )
