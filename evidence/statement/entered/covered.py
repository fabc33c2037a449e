"""How much of a period entries cover, counted in full hours. Pure."""

from collections.abc import Iterable

from calibration.increment import NS_PER_HOUR
from evidence.statement.completeness import Completeness

NOT_ENTERED = "not_entered"
Span = tuple[int, int]


def covered(spans: Iterable[Span], period: Span) -> Completeness:
    """Completeness of a period of what people entered: an hour counts if it is covered wholly.

    Args:
        spans: [start, end) in UTC ns that entries cover; they may touch.
        period: of full hours, which are counted from its beginning on.
    """
    hours = (period[1] - period[0]) // NS_PER_HOUR
    present = sum(_full_hours(each, period[0]) for each in joined(spans, period))
    missing = {NOT_ENTERED: hours - present} if hours > present else {}
    return Completeness(
        expected=hours,
        present=present,
        ratio=present / hours if hours else 0.0,
        hours=hours,
        full_hours=present,
        missing=missing,
    )


def joined(spans: Iterable[Span], period: Span) -> list[Span]:
    """The parts of a period that spans cover, those that touch as one, in order."""
    found: list[Span] = []
    for start, end in sorted((max(a, period[0]), min(b, period[1])) for a, b in spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _full_hours(span: Span, start_ns: int) -> int:
    first, last = -(-(span[0] - start_ns) // NS_PER_HOUR), (span[1] - start_ns) // NS_PER_HOUR
    return max(0, last - first)
