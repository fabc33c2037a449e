"""How much of a period is covered, and what is missing for which reason."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.window import Tally
from evidence.statement.tallied import Tallied

NOT_RECEIVED = "not_received"
UNEXPLAINED = "unexplained"


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """Polls due, present and missing in a period.

    Args:
        expected: polls due.
        present: polls that gave a value.
        ratio: present/expected, between 0 and 1; of a register that is read less than once an
            hour, of which no hour has a poll of its own, hours covered over hours.
        hours: of the period, and how many have all their polls.
        missing: how many by reason; `not_received` are hours of which nothing came,
            `unexplained` polls that no record accounts for.
    """

    expected: int
    present: int
    ratio: float
    hours: int
    full_hours: int
    missing: Mapping[str, int]


class Counted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Hours of which something was received, and the polls in them; as `Completeness`."""

    hours: int
    full_hours: int
    expected: int
    present: int
    missing: Mapping[str, int] = {}


def counted(windows: Sequence[Tallied]) -> Counted:
    """What there is in hourly windows of one channel."""
    full_hours = expected = present = 0
    missing: dict[str, int] = {}
    for each in windows:
        tally = each.tally
        full_hours += is_full(tally)
        expected += tally.expected
        present += min(tally.present, tally.expected)
        _add_missing(missing, tally)
    return Counted(
        hours=len(windows),
        full_hours=full_hours,
        expected=expected,
        present=present,
        missing=_named(missing),
    )


def is_full(tally: Tally) -> bool:
    """Whether an hour has all its polls; of one that has none of its own, whether it is known."""
    return tally.present >= tally.expected and bool(tally.expected or tally.qualities)


def covered(parts: Sequence[Counted], period: tuple[int, int], absent: int) -> Completeness:
    """Completeness of [start, end) in UTC ns, so many full hours.

    Args:
        parts: what was counted in parts of the period.
        period: start and end.
        absent: polls due in hours of which nothing was received.
    """
    hours = (period[1] - period[0]) // NS_PER_HOUR
    missing = Counter({NOT_RECEIVED: absent})
    for each in parts:
        missing.update(each.missing)
    expected = absent + sum(each.expected for each in parts)
    present = sum(each.present for each in parts)
    full_hours = sum(each.full_hours for each in parts)
    there, due = (present, expected) if expected else (full_hours, hours)
    return Completeness(
        expected=expected,
        present=present,
        ratio=there / due if due else 0.0,
        hours=hours,
        full_hours=full_hours,
        missing=_named(missing),
    )


def _add_missing(missing: dict[str, int], tally: Tally) -> None:
    """Adds misses by reason; what no record accounts for is said too."""
    lacking = tally.expected - tally.present
    for reason, count in tally.missed.items():
        missing[reason] = missing.get(reason, 0) + count
        lacking -= count
    if lacking > 0:
        missing[UNEXPLAINED] = missing.get(UNEXPLAINED, 0) + lacking


def _named(missing: Mapping[str, int]) -> dict[str, int]:
    return {reason: count for reason, count in sorted(missing.items()) if count}
