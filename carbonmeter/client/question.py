"""The range of a question: days or instants, as texts, dates or datetimes. Pure."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from carbonmeter.client.errors import QuestionError
from evidence.clock import parse_utc, utc_text
from evidence.errors import Words

When = str | dt.date | dt.datetime
NS_PER_HOUR: Final = 3_600_000_000_000
HOURS_A_PART: Final = 2_000
"""Statements that one answer of a collector holds."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text_of(when: When, where: str) -> str:
    """An instant in UTC, or a day, as the interface takes it.

    Raises:
        QuestionError: a datetime has no zone.
    """
    if isinstance(when, str):
        return when
    if not isinstance(when, dt.datetime):
        return when.isoformat()
    if when.tzinfo is None:
        what = Words("the time has no zone", "时间没有时区")
        raise QuestionError(where, what=what, limit="aware, or a date")
    return when.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def parts_by_hour(start: str, end: str, tz: str) -> Iterator[tuple[str, str]]:
    """The range in parts of which the hours fit into one answer each.

    Raises:
        QuestionError: there is no such zone or day.
        TimestampError: a text is no instant.
    """
    first, last = _instant(start, "start", tz), _instant(end, "end", tz)
    if first >= last or (last - first) // NS_PER_HOUR > 10 * 8784:
        yield start, end  # the collector says what is wrong with it
        return
    step = HOURS_A_PART * NS_PER_HOUR
    for at_ns in range(first, last, step):
        yield utc_text(at_ns), utc_text(min(at_ns + step, last))


def _instant(text: str, where: str, tz: str) -> int:
    if not _DAY.fullmatch(text):
        return parse_utc(text, where)
    try:
        midnight = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), tzinfo=ZoneInfo(tz))
    except (ValueError, ZoneInfoNotFoundError):
        what = Words(f"there is no {text} in '{tz}'", f"'{tz}' 中没有 {text}")
        raise QuestionError(
            where, what=what, limit="a day, in a zone such as Asia/Shanghai"
        ) from None
    return int(midnight.timestamp()) * 1_000_000_000
