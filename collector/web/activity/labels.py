"""Parts of a range as people call them. Pure."""

import datetime as dt
from zoneinfo import ZoneInfo

from collector.api.period import By
from collector.web.activity.spans import Span, around, day_of, midnight_ns
from evidence.clock import NS_PER_S


def label(span: Span, by: By, zone: ZoneInfo) -> str:
    """What a part is called: 2026-03-30 08:00, 2026-03-30, 2026-03, 2026 Q1, 2026."""
    at = dt.datetime.fromtimestamp(span[0] // NS_PER_S, tz=zone)
    if by == By.QUARTER:
        return f"{at.year} Q{(at.month + 2) // 3}"
    forms = {By.HOUR: "%Y-%m-%d %H:%M", By.MONTH: "%Y-%m", By.YEAR: "%Y"}
    return at.strftime(forms.get(by, "%Y-%m-%d"))


def short(span: Span, by: By, zone: ZoneInfo) -> str:
    """The same where there is little room: 08:00, 03-30."""
    whole = label(span, by, zone)
    return whole[11:] if by == By.HOUR else whole[5:] if by == By.DAY else whole


def is_cut(span: Span, by: By, zone: ZoneInfo) -> bool:
    """Whether a part is less than the day, month, quarter or year that it is called by."""
    if by in (By.HOUR, By.TOTAL):
        return False
    day = day_of(span[0], zone)
    first, last = (day, day + dt.timedelta(days=1)) if by == By.DAY else around(day, by)
    return span != (midnight_ns(first, zone), midnight_ns(last, zone))
