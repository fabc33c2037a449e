"""Dates and times of M-Bus, both ways: types G, F, I and J, told by their length (EN 13757-3).

They are the device's own local time; no zone travels with them, so they stay text and are
never taken for an instant.
"""

from datetime import date, datetime, time

from device_profiles.formats import NotAvailable
from device_profiles.register_errors import FitError

DATE_BYTES = frozenset({2, 3, 4, 6})

_INVALID = 0x80
_PIVOT_YEAR = 80


def read_date(raw: bytes) -> str | NotAvailable:
    """The date, time or both that 2, 4, 6 or 3 bytes state, in ISO 8601 without a zone.

    Years 0 to 80 are 2000 to 2080, as both libraries read them, unless the century travels too.
    """
    if len(raw) in {4, 6} and raw[len(raw) // 3 - 1] & _INVALID:
        return NotAvailable()
    try:
        return _READ[len(raw)](raw)
    except ValueError:  # no such day or no such hour
        return NotAvailable(reason="digits")


def write_date(text: str, size: int) -> bytes:
    """The bytes of a date or time as `read_date` tells it.

    Raises:
        FitError: no such date, or one that `size` bytes cannot carry.
    """
    try:
        raw = _written(text, size)
    except (ValueError, OverflowError) as cause:
        raise FitError("m-bus date", found=text[:40], format=f"{size} bytes") from cause
    if read_date(raw) != text:
        raise FitError("m-bus date", found=text[:40], format=f"{size} bytes")
    return raw


def _written(text: str, size: int) -> bytes:
    if size == 3:
        clock = time.fromisoformat(text)
        return bytes((clock.second, clock.minute, clock.hour))
    stamp = datetime.fromisoformat(text)
    day = _day_bytes(stamp.date())
    if size == 2:
        return day
    if size == 4:
        century = (stamp.year // 100 - 19) << 5
        return bytes((stamp.minute, stamp.hour | century)) + day
    return bytes((stamp.second, stamp.minute, stamp.hour)) + day + b"\0"


def _day_bytes(day: date) -> bytes:
    year = day.year % 100
    return bytes((day.day | (year & 0x07) << 5, day.month | (year >> 3) << 4))


def _day(raw: bytes, century: int = 0) -> date:
    year = raw[0] >> 5 | raw[1] >> 4 << 3
    if year > 99:
        raise ValueError(year)
    century = century or (1 if year <= _PIVOT_YEAR else 0)
    return date(1900 + 100 * century + year, raw[1] & 0x0F, raw[0] & 0x1F)


def _read_day(raw: bytes) -> str:
    return _day(raw).isoformat()


def _read_time(raw: bytes) -> str:
    return time(raw[2] & 0x1F, raw[1] & 0x3F, raw[0] & 0x3F).isoformat()


def _read_minute(raw: bytes) -> str:
    day = _day(raw[2:], raw[1] >> 5 & 0x03)
    return f"{day.isoformat()}T{time(raw[1] & 0x1F, raw[0] & 0x3F).isoformat('minutes')}"


def _read_second(raw: bytes) -> str:
    return f"{_day(raw[3:5]).isoformat()}T{_read_time(raw)}"


_READ = {2: _read_day, 3: _read_time, 4: _read_minute, 6: _read_second}
