"""How much of a period is covered, and what is missing for which reason."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.window import Window

NOT_RECEIVED = "not_received"
UNEXPLAINED = "unexplained"


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """Polls due, present and missing in a period.

    Args:
        expected: polls due.
        present: polls that gave a value.
        ratio: present/expected, between 0 and 1; 0 when nothing was due.
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


def completeness(
    windows: Sequence[Window], period: tuple[int, int], expected_per_hour: int
) -> Completeness:
    """Completeness of [start, end), both at full hours in UTC ns.

    Args:
        windows: hourly, of one channel, inside the period.
        period: start and end.
        expected_per_hour: polls due in an hour of which nothing was received.
    """
    hours = (period[1] - period[0]) // NS_PER_HOUR
    absent = (hours - len(windows)) * expected_per_hour
    expected = absent + sum(each.tally.expected for each in windows)
    present = sum(min(each.tally.present, each.tally.expected) for each in windows)
    return Completeness(
        expected=expected,
        present=present,
        ratio=present / expected if expected else 0.0,
        hours=hours,
        full_hours=sum(each.tally.present >= each.tally.expected for each in windows),
        missing=_missing(windows, absent),
    )


def _missing(windows: Sequence[Window], absent: int) -> dict[str, int]:
    """Misses by reason; what no record accounts for is said too."""
    missing: Counter[str] = Counter({NOT_RECEIVED: absent})
    for each in windows:
        tally = each.tally
        known = Counter(tally.missed)
        missing.update(known)
        lacking = tally.expected - tally.present - known.total()
        missing.update({UNEXPLAINED: max(lacking, 0)})
    return {reason: count for reason, count in sorted(missing.items()) if count}
