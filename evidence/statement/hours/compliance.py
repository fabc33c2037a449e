"""What a scheme puts in place of the hours of a gap: the compliance value (pure).

It follows the rule and may be far from the best estimate; the two are never mixed.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from calibration.increment import NS_PER_HOUR
from evidence.errors import Words
from evidence.statement.hours.basis import Basis
from evidence.statement.hours.errors import RuleMissingError
from evidence.statement.hours.finding import FindingKind
from evidence.statement.hours.gap import Gap
from evidence.statement.hours.observed import OUT_OF_CONTROL, ObservedHour
from evidence.statement.hours.pack import Direction, RulePack, Substitution
from evidence.statement.hours.statistic import (
    complied,
    decimal,
    extreme,
    mean_of,
    percentile,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """What stands for an hour under the rules.

    Attributes:
        value: None where the rule gives none.
        code: Method code.
        rule: Id of the rule.
    """

    value: float | None
    code: str
    rule: str


def substitutes(gap: Gap, basis: Basis) -> dict[int, Substitute]:
    """What stands for the hours of a gap, by place in the row of operating hours.

    Raises:
        RuleMissingError: the pack's table has no row for the case.
    """
    _note_gap(gap, basis)
    if _is_initial(gap, basis):
        return dict.fromkeys(gap.places, _initial(gap, basis))
    known: dict[tuple[Fraction | None, str], Substitute | None] = {}
    found = {}
    for place in gap.places:
        key = (basis.availability(gap, place), _cause(basis.ran.hours[place]))
        if key not in known:
            known[key] = _common(gap, basis, *key)
        found[place] = known[key] or _of_hour(gap, basis, place, *key)
    return found


def _cause(hour: ObservedHour) -> str:
    return "calibration" if hour.because == OUT_OF_CONTROL else "other"


def _note_gap(gap: Gap, basis: Basis) -> None:
    if gap.before is None:
        basis.find(FindingKind.OPEN_GAP, gap, "early")
    if gap.after is None:
        basis.find(FindingKind.OPEN_GAP, gap, "late")
    limit = basis.pack.notification
    hours = (gap.end_ns - gap.start_ns) // NS_PER_HOUR
    if limit is not None and hours > limit.after_hours:
        basis.find(FindingKind.NOTIFY, gap, hours, limit.after_hours)


def _is_initial(gap: Gap, basis: Basis) -> bool:
    """Whether fewer valid hours lie before the gap than a lookback has."""
    rule, settings = basis.pack.initial, basis.settings
    if rule is None:
        return False
    began_ns = settings.certified_ns
    if began_ns is None:
        began_ns = basis.hours[0].start_ns
    if gap.start_ns - began_ns >= rule.clock_hours * NS_PER_HOUR:
        return False
    needed = basis.quantity.lookback_hours or 0
    return len(basis.lookback.before(gap.start_ns, needed)) < needed


def _initial(gap: Gap, basis: Basis) -> Substitute:
    """40 CFR 75.31(b): the neighbours' mean, or the maximum potential value before any datum."""
    rule = basis.pack.initial
    assert rule is not None  # noqa: S101 - `_is_initial` holds
    value, code = (
        (_neighbours(gap, basis), rule.code)
        if gap.before is not None
        else (_potential(basis), rule.without_prior_code)
    )
    return _substitute(gap, basis, value, code, rule.id)


def rows_for(
    pack: RulePack, availability: Fraction | None, hours: int, cause: str
) -> list[Substitution]:
    """The rows of a pack's table that apply, in its order.

    Args:
        pack: the rules.
        availability: in percent; None where the scheme knows none.
        hours: of the gap.
        cause: "calibration" or "other".
    """
    return [row for row in pack.substitutions if _applies(row, availability, hours, cause)]


def _applies(row: Substitution, availability: Fraction | None, hours: int, cause: str) -> bool:
    least, below = row.availability_at_least, row.availability_below
    if least is not None and (availability is None or availability < Fraction(least)):
        return False
    if below is not None and (availability is None or availability >= Fraction(below)):
        return False
    if row.gap_over_h is not None and hours <= row.gap_over_h:
        return False
    if row.gap_up_to_h is not None and hours > row.gap_up_to_h:
        return False
    return row.because in ("any", cause)


def _common(gap: Gap, basis: Basis, availability: Fraction | None, cause: str) -> Substitute | None:
    """What stands for every hour of the gap; None where each has its own."""
    rows = rows_for(basis.pack, availability, gap.hours, cause)
    if not rows:
        found = Words(
            f"availability {availability}, {gap.hours} h, {cause}",
            f"可用率 {availability}，{gap.hours} h，{cause}",
        )
        raise RuleMissingError(basis.pack.id, found=found, limit="-")
    if rows[0].statistic in _BY_HOUR:
        return None
    return by_row(rows[0], gap, basis, availability)


_BY_HOUR = ("totaliser", "check_meter", "balance", "invoice", "same_hours", "mean_plus")


def _of_hour(
    gap: Gap, basis: Basis, place: int, availability: Fraction | None, cause: str
) -> Substitute:
    """The first policy that says something about the hour."""
    rows = rows_for(basis.pack, availability, gap.hours, cause)
    start_ns = basis.ran.hours[place].start_ns
    for row in rows:
        if row.statistic not in _BY_HOUR:
            return by_row(row, gap, basis, availability)
        value = _told(row, basis, start_ns)
        if value is not None:
            value = complied(value, basis.quantity)
            return Substitute(value=value, code=row.code, rule=row.id)
    return _substitute(gap, basis, None, rows[-1].code, rows[-1].id)


def _told(row: Substitution, basis: Basis, start_ns: int) -> float | None:
    """What a row says of an hour; None where it says nothing."""
    if row.statistic == "mean_plus":
        return basis.conservative(row.factor or 0.0, start_ns)
    return basis.told.get(row.statistic, {}).get(start_ns)


def by_row(row: Substitution, gap: Gap, basis: Basis, availability: Fraction | None) -> Substitute:
    """What a row of the table puts in place of a gap."""
    if row.statistic == "not_usable":
        basis.find(FindingKind.NOT_USABLE, gap, f"{float(availability or 0):.4f}")
        return Substitute(value=None, code=row.code, rule=row.id)
    if row.statistic == "neighbours":
        return _substitute(gap, basis, _neighbours(gap, basis), row.code, row.id)
    if row.statistic == "maximum_potential":
        return _substitute(gap, basis, _potential(basis), row.code, row.id)
    return _looking_back(row, gap, basis)


def _looking_back(row: Substitution, gap: Gap, basis: Basis) -> Substitute:
    """A percentile or the extreme of the hours before, not below the neighbours where so ruled."""
    direction = basis.quantity.direction
    values = _hours_before(row, gap, basis)
    if not values:
        return _substitute(gap, basis, None, row.code, row.id)
    if row.statistic == "extreme":
        return _substitute(gap, basis, extreme(values, direction), row.code, row.id)
    value = percentile(values, row.percent or 0, direction)
    around = _neighbours(gap, basis)
    if row.neighbours_code and around is not None and _is_worse(float(around), value, direction):
        return _substitute(gap, basis, around, row.neighbours_code, row.id)
    return _substitute(gap, basis, value, row.code, row.id)


def _is_worse(value: float, than: float, direction: Direction) -> bool:
    return value > than if direction == "high" else value < than


def _hours_before(row: Substitution, gap: Gap, basis: Basis) -> Sequence[float]:
    most = row.hours or basis.quantity.lookback_hours or 0
    rule = basis.pack.availability
    clock_hours = None if rule is None else rule.clock_hours
    end_ns = gap.start_ns
    if row.before == "last_calibration":
        end_ns = _last_calibration_ns(gap, basis)
    values = basis.lookback.before(end_ns, most, clock_hours)
    if len(values) < most:
        basis.find(FindingKind.SHORT_LOOKBACK, gap, len(values), most)
    return values


def _last_calibration_ns(gap: Gap, basis: Basis) -> int:
    known = sorted(basis.settings.calibrations_ns)
    place = bisect_right(known, gap.start_ns)
    if place:
        return known[place - 1]
    basis.find(FindingKind.CALIBRATION_UNKNOWN, gap)
    return gap.start_ns


def _neighbours(gap: Gap, basis: Basis) -> Decimal | None:
    """Mean of the hour before and the hour after; of one where the other is not there."""
    sides = [place for place in (gap.before, gap.after) if place is not None]
    return mean_of([basis.lookback.by_place[place] for place in sides]) if sides else None


def _potential(basis: Basis) -> float | None:
    stated = basis.settings.maximum_potential
    return basis.quantity.maximum_potential if stated is None else stated


def _substitute(
    gap: Gap, basis: Basis, value: Decimal | float | None, code: str, rule: str
) -> Substitute:
    if value is None:
        basis.find(FindingKind.NO_SUBSTITUTE, gap, rule)
        return Substitute(value=None, code=basis.pack.without, rule=rule)
    return Substitute(value=complied(decimal(value), basis.quantity), code=code, rule=rule)
