"""Days of channels, summed once they are over: months and years are made of them, not of hours.

A day that an hour of it changes is due to be summed again; until that is done, whoever asks
gets it from its hours, which gives the same.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

import msgspec

from calibration.errors import CalibrationError
from collector.hour_form import packed, unpacked
from collector.lookup import Lookup
from evidence.errors import CodedError
from evidence.statement.day import NS_PER_DAY, Day, day_of, days_of

_DAY: Final = msgspec.msgpack.Decoder(Day)
MOST_DAYS: Final = 8_192
_UNSUMMED: Final = b""
"""In the place of a day whose hours do not join: they are read, and whoever asks is told."""


@lru_cache(maxsize=MOST_DAYS)
def _day(body: bytes) -> Day:
    """What a day comes to; a year and its months are made of the same days."""
    return _DAY.decode(body)


class KeptDays:
    """The days in a store's file, on its connection."""

    def __init__(self, db: sqlite3.Connection, lookup: Lookup) -> None:
        self._db, self._lookup = db, lookup

    def outdate(self, channel: str, hour_ns: int) -> None:
        """Notes that the day of an hour has to be summed again; call within a transaction."""
        self._db.execute(
            "INSERT INTO day VALUES (?,?,NULL,NULL) ON CONFLICT (channel, start_ns)"
            " DO UPDATE SET pattern=NULL, body=NULL WHERE body IS NOT NULL",
            (channel, hour_ns // NS_PER_DAY * NS_PER_DAY),
        )

    def due(self, most: int) -> list[tuple[str, int]]:
        """Channels and starts (UTC ns) of days that are over and not summed, the oldest first.

        A day is over once an hour of a later one is kept, of any channel.
        """
        (last_ns,) = self._db.execute("SELECT max(start_ns) FROM window").fetchone()
        rows = self._db.execute(
            "SELECT channel, start_ns FROM day WHERE body IS NULL AND start_ns<?"
            " ORDER BY start_ns LIMIT ?",
            ((last_ns or 0) // NS_PER_DAY * NS_PER_DAY, most),
        )
        return [(channel, int(start_ns)) for channel, start_ns in rows.fetchall()]

    def fold(self, channel: str, start_ns: int) -> None:
        """Sums a day; call within a transaction."""
        pattern, body = None, _UNSUMMED
        try:
            day = day_of(self._lookup.windows(channel, start_ns, start_ns + NS_PER_DAY))
        except (CodedError, CalibrationError):
            pass  # named when somebody asks for it
        else:
            pattern, body = packed(self._db, "day", channel, msgspec.msgpack.encode(day))
        self._db.execute(
            "UPDATE day SET pattern=?, body=? WHERE channel=? AND start_ns=?",
            (pattern, body, channel, start_ns),
        )

    def within(self, channel: str, start_ns: int, end_ns: int) -> list[Day]:
        """All hours of a channel inside [start, end), summed day by day, in order; UTC ns.

        Of a day that lies in it only in part, the hours that do.

        Raises:
            PeriodError, WindowMergeError: hours of a day do not join.
        """
        with self._at_one_instant():
            found: list[Day] = []
            for day in self._summed(channel, start_ns, end_ns):
                begin_ns = day.window.start_ns // NS_PER_DAY * NS_PER_DAY
                found += self._of_hours(channel, start_ns, begin_ns)
                found.append(day)
                start_ns = begin_ns + NS_PER_DAY
            return [*found, *self._of_hours(channel, start_ns, end_ns)]

    def _summed(self, channel: str, start_ns: int, end_ns: int) -> Sequence[Day]:
        """The days that are summed and lie wholly in it."""
        rows = self._db.execute(
            "SELECT day.body, pattern, pattern.body FROM day JOIN pattern ON id=pattern"
            " WHERE day.channel=? AND start_ns>=? AND start_ns<=? ORDER BY start_ns",
            (channel, start_ns, end_ns - NS_PER_DAY),
        )
        return [_day(body) for body in unpacked(rows.fetchall())]

    def _of_hours(self, channel: str, start_ns: int, end_ns: int) -> list[Day]:
        if start_ns >= end_ns:
            return []
        return days_of(self._lookup.windows(channel, start_ns, end_ns))

    @contextmanager
    def _at_one_instant(self) -> Iterator[None]:
        """Days and hours as they stood at one instant, whatever the judge does meanwhile."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")
