"""How much of a period entries cover, counted in full hours. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from calibration.increment import NS_PER_HOUR
from evidence.statement.completeness import Completeness

NOT_ENTERED: Final = "not_entered"
Span = tuple[int, int]
NOTHING: Final[Mapping[str, tuple[Span, ...]]] = {}


def covered(
    spans: Iterable[Span], period: Span, lacking: Mapping[str, tuple[Span, ...]] = NOTHING
) -> Completeness:
    """Completeness of a period of what people entered: an hour counts if it is covered wholly.

    Args:
        spans: [start, end) in UTC ns that entries cover; they may touch.
        period: of full hours, which are counted from its beginning on.
        lacking: spans likewise that entries reach over and cover nothing of, by the reason.
    """
    hours = (period[1] - period[0]) // NS_PER_HOUR
    reached = list(spans)
    present = known = _hours(reached, period)
    missing: dict[str, int] = {}
    for reason, own in sorted({**lacking, NOT_ENTERED: (period,)}.items(), key=_last):
        reached += own
        before, known = known, _hours(reached, period)
        missing[reason] = known - before
    return Completeness(
        expected=hours,
        present=present,
        ratio=present / hours if hours else 0.0,
        hours=hours,
        full_hours=present,
        missing={reason: count for reason, count in sorted(missing.items()) if count},
    )


def _last(reason: tuple[str, object]) -> tuple[bool, str]:
    """What nobody entered is what is left by all other reasons."""
    return reason[0] == NOT_ENTERED, reason[0]


def _hours(spans: Iterable[Span], period: Span) -> int:
    return sum(_full_hours(each, period[0]) for each in joined(spans, period))


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
