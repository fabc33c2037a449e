"""Times of HJ 212: digits of local time without a zone, and what they say in UTC.

A packet says nothing of its zone; China's is UTC+8 the whole year. Whoever turns a text into an
instant names the offset. Data of an interval (2031, 2041, 2051, 2061) are stamped with its START:
the hour 08:00 to 09:00 carries 080000 and is sent at 09:00. Real-time data (2011, 2021) are
stamped with the instant of sampling (table 4).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from device_profiles.hj212.load import commands
from device_profiles.wire_errors import WireValueError

CHINA: Final = timezone(timedelta(hours=8), "UTC+8")
MINUTE_INTERVALS: Final = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
"""The minutes that MinInterval may say."""

_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a DataTime covers, in UTC; real-time data begin and end at one instant."""

    begin: datetime
    end: datetime


def is_time(text: str) -> bool:
    """Whether `text` is a time YYYYMMDDhhmmss of the years 1970 to 2199."""
    return _naive(text) is not None


def is_request_number(text: str) -> bool:
    """Whether `text` is a QN: a time and three digits of milliseconds."""
    return len(text) == 17 and text[14:].isascii() and text[14:].isdigit() and is_time(text[:14])


def utc(text: str, zone: timezone) -> datetime:
    """The instant in UTC of `text`, YYYYMMDDhhmmss as local time of `zone`.

    >>> utc("20260115083000", CHINA).isoformat()
    '2026-01-15T00:30:00+00:00'

    Raises:
        WireValueError: the text is no time of the years 1970 to 2199.
    """
    naive = _naive(text)
    if naive is None:
        raise WireValueError(
            "HJ 212",
            raw=text.encode("utf-8", "backslashreplace"),
            key="DataTime",
            limit="YYYYMMDDhhmmss",
            what="no time of 14 digits",
            what_zh="不是 14 位时间",
        )
    return naive.replace(tzinfo=zone).astimezone(UTC)


def span(command: str, data_time: str, zone: timezone, *, interval_min: int) -> Span:
    """What data of `command` stamped `data_time` cover.

    Args:
        command: CN of an upload.
        data_time: the packet's DataTime.
        zone: the offset of the logger's local time.
        interval_min: minutes of one 2051 record, as the logger's MinInterval says (1..30); no
            packet repeats it, and it counts for minute data only.

    Raises:
        WireValueError: `data_time` is no time.
    """
    begin = utc(data_time, zone)
    known = commands().get(command)
    lengths = {"minute": interval_min, "hour": 60, "day": 24 * 60}
    minutes = lengths.get(known.covers, 0) if known else 0
    return Span(begin=begin, end=begin + timedelta(minutes=minutes))


def data_time(instant: datetime, zone: timezone) -> str:
    """`instant` as YYYYMMDDhhmmss in local time of `zone`.

    >>> data_time(datetime(2026, 1, 15, 0, 30, tzinfo=UTC), CHINA)
    '20260115083000'
    """
    return instant.astimezone(zone).strftime("%Y%m%d%H%M%S")


def request_number(instant: datetime, zone: timezone) -> str:
    """`instant` as a QN, YYYYMMDDhhmmsszzz in local time of `zone`.

    >>> request_number(datetime(2026, 1, 15, 0, 30, 1, 123456, tzinfo=UTC), CHINA)
    '20260115083001123'
    """
    return f"{data_time(instant, zone)}{instant.microsecond // 1000:03d}"


def next_request_number(qn: str) -> str:
    """The QN one millisecond after `qn`, as the parts of a message are numbered (C.49)."""
    at = datetime.strptime(qn[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    later = at + timedelta(milliseconds=int(qn[14:]) + 1)
    return request_number(later, UTC)


def _naive(text: str) -> datetime | None:
    """The time without a zone that 14 digits name."""
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        return None
    year = int(text[:4])
    month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # zone: the caller's
    except ValueError:
        return None
