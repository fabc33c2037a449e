"""Instants as people read them: on the plant's clock, with the zone. Pure."""

import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo

from evidence.clock import NS_PER_S

_PARTS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_INSTANT: Final = re.compile(
    r"(?<!such as )(?<!like )(?<!如 )(?<!成 )(?<!['A-Za-z\d])"
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)(?![A-Za-z\d])"
)
_CHINESE: Final = {"d": "天", "h": "小时", "min": "分", "s": "秒"}


def instant(at_ns: int, zone: ZoneInfo) -> str:
    """An instant to the second: 2026-03-31 08:15:00."""
    return _at(at_ns, zone).strftime("%Y-%m-%d %H:%M:%S")


def minute(at_ns: int, zone: ZoneInfo) -> str:
    """An instant to the minute."""
    return _at(at_ns, zone).strftime("%Y-%m-%d %H:%M")


def day(at_ns: int, zone: ZoneInfo) -> str:
    """The day of an instant."""
    return _at(at_ns, zone).strftime("%Y-%m-%d")


def moment(at: dt.datetime, zone: ZoneInfo) -> str:
    """An aware instant to the second, as `instant` has it."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def localised(text: str, zone: ZoneInfo) -> str:
    """A text in which instants, 2026-03-31T00:15:00Z or +00:00, stand by a zone's clock.

    One in quotes stays as somebody wrote it, and so does one that shows a form ("such as").
    """

    def told(found: re.Match[str]) -> str:
        try:
            at = dt.datetime.fromisoformat(found[0])
        except ValueError:
            return found[0]  # the 31st of February, say: as somebody wrote it
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    return _INSTANT.sub(told, text)


def elapsed(seconds: float, language: str = "en") -> str:
    """A length of time in its two largest units: 3 d 4 h, 12 min 5 s; 0 s for none.

    Args:
        seconds: Of any sign; it is not told.
        language: "en" or "zh": 12 分 5 秒.
    """
    found: list[str] = []
    left = round(abs(seconds))
    for size, name in _PARTS:
        count, left = divmod(left, size)
        if count or (found and len(found) < 2):
            found.append(f"{count}\u202f{_named(name, language)}")
        if len(found) == 2:
            break
    kept = [each for each in found if not each.startswith("0")]
    return " ".join(kept) or f"0\u202f{_named('s', language)}"


def _named(unit: str, language: str) -> str:
    return _CHINESE[unit] if language == "zh" else unit


def _at(at_ns: int, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.fromtimestamp(at_ns // NS_PER_S, tz=zone)
