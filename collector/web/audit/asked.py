"""Which channel and which period somebody asks for, with what stands there if they say nothing."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from calibration.increment import NS_PER_HOUR
from collector.api.period import HOURS_PER_YEAR, hours_around, instant, require_order
from collector.api.refusal import RangeLimitError
from evidence.clock import NS_PER_S
from evidence.errors import Words

MOST_NAMES: Final = 200
MOST_MATCHES: Final = 50
LONGEST: Final = 200
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A channel and a period, as they were said.

    Attributes:
        channel: Its name, or what it contains.
        start, end: Days in the reader's zone, or instants; the end is excluded.
    """

    channel: str
    start: str
    end: str

    @property
    def query(self) -> str:
        """The same, for an address."""
        return urlencode({"channel": self.channel, "start": self.start, "end": self.end})

    def span(self, zone: ZoneInfo) -> Span:
        """The hours of the period, UTC ns.

        Raises:
            CodedError: it is none, or longer than a year.
        """
        span = instant(self.start, "start", zone), instant(self.end, "end", zone)
        require_order(*span, self.start, self.end)
        whole = hours_around(span)
        hours = (whole[1] - whole[0]) // NS_PER_HOUR
        if hours > HOURS_PER_YEAR:
            name = Words("hours", "小时")
            raise RangeLimitError("start, end", found=hours, name=name, limit=HOURS_PER_YEAR)
        return whole


def asked_of(query: Mapping[str, str], zone: ZoneInfo, last_ns: int) -> Asked:
    """What was asked for; the month of the last hour where no period was.

    Args:
        query: Of the address.
        zone: Whose days count.
        last_ns: An instant of the month that stands there if none was asked for, UTC ns.
    """
    first, following = month_of(last_ns, zone)
    return Asked(
        channel=query.get("channel", "").strip()[:LONGEST],
        start=query.get("start", "").strip()[:64] or first.isoformat(),
        end=query.get("end", "").strip()[:64] or following.isoformat(),
    )


def month_of(at_ns: int, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
    """The first day of an instant's month, and of the month that follows."""
    first = dt.datetime.fromtimestamp(at_ns // NS_PER_S, tz=zone).date().replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1)


def matching(names: Iterable[str], words: str) -> list[str]:
    """The names that contain all of some words, in any case and order."""
    parts = words.lower().split()
    return [each for each in names if all(part in each.lower() for part in parts)]
