"""The range of a question: days or instants, as texts, dates or datetimes. Pure."""

import datetime as dt

from carbonmeter.client.errors import QuestionError
from evidence.errors import Words

When = str | dt.date | dt.datetime


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
