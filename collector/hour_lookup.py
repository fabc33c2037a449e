"""Questions to the hours that were judged."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from calibration.mean import MeanWindow
from calibration.window import Window
from collector.hour_form import unpacked
from evidence.audit.grounded import GROUNDED, GroundedHour
from evidence.judging.shown import ShownInCheck
from evidence.judging.stream import NS_PER_MS
from evidence.statement.tallied import TALLIED, TalliedHour

_WINDOW: Final = msgspec.msgpack.Decoder(Window)
_MEAN: Final = msgspec.msgpack.Decoder(MeanWindow)
T = TypeVar("T")


class HourLookup:
    """Reads the hours of channels; every answer is a value of its own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def windows(self, channel: str, start_ns: int, end_ns: int) -> list[Window]:
        """Current hourly windows of a channel inside [start, end), in order of time."""
        return [_WINDOW.decode(body) for body in self._hours("window", channel, start_ns, end_ns)]

    def tallied(self, channel: str, start_ns: int, end_ns: int) -> list[TalliedHour]:
        """The polls in the hours of a channel inside [start, end), without what they come to.

        Of amounts, or of means where there are none.
        """
        return self._either(TALLIED, channel, start_ns, end_ns)

    def means(self, channel: str, start_ns: int, end_ns: int) -> list[MeanWindow]:
        """Current hourly means of a channel that has no amount, in order of time."""
        return [_MEAN.decode(body) for body in self._hours("mean", channel, start_ns, end_ns)]

    def grounded(self, channel: str, start_ns: int, end_ns: int) -> list[GroundedHour]:
        """What the hours of a channel inside [start, end) rest on, in order of time.

        Of amounts, or of means where there are none.
        """
        return self._either(GROUNDED, channel, start_ns, end_ns)

    def _either(
        self, kind: msgspec.msgpack.Decoder[T], channel: str, start_ns: int, end_ns: int
    ) -> list[T]:
        for table in ("window", "mean"):
            hours = self._hours(table, channel, start_ns, end_ns)
            found = [kind.decode(body) for body in hours]
            if found:
                return found
        return []

    def _hours(self, table: str, channel: str, start_ns: int, end_ns: int) -> Iterator[bytes]:
        rows = self._db.execute(
            f"SELECT {table}.body, pattern, pattern.body, max(version) FROM {table}"  # noqa: S608 - our own tables
            f" JOIN pattern ON id=pattern WHERE {table}.channel=? AND start_ns>=? AND start_ns<?"
            " GROUP BY start_ns ORDER BY start_ns",
            (channel, start_ns, end_ns),
        )
        return unpacked(row[:3] for row in rows)

    def latest(self, table: str, channel: str, start_ns: int) -> tuple[int, bytes] | None:
        """The last version of an hour, and what it says; None if it is not kept."""
        row = self._db.execute(
            f"SELECT {table}.body, pattern, pattern.body, version FROM {table}"  # noqa: S608 - our own tables
            f" JOIN pattern ON id=pattern WHERE {table}.channel=? AND start_ns=?"
            " ORDER BY version DESC LIMIT 1",
            (channel, start_ns),
        ).fetchone()
        return None if row is None else (int(row[3]), next(unpacked([row[:3]])))

    def shown(self, channel: str, start_ns: int, end_ns: int) -> list[tuple[ShownInCheck, int]]:
        """What an instrument showed in checks in [start, end), and when that was received.

        In order of time; UTC ns.
        """
        rows = self._db.execute(
            "SELECT at_ns, state, value, received_ns FROM shown"
            " WHERE channel=? AND at_ns>=? AND at_ns<? ORDER BY at_ns",
            (channel, start_ns, end_ns),
        )
        return [
            (ShownInCheck(channel=channel, at_ns=row[0], state=row[1], value=row[2]), int(row[3]))
            for row in rows
        ]

    def last_shown(self, channel: str) -> int | None:
        """When an instrument showed something in a check last, UTC ns; None if it never did."""
        row = self._db.execute("SELECT max(at_ns) FROM shown WHERE channel=?", (channel,))
        last = row.fetchone()[0]
        return None if last is None else int(last)

    def heard(self, channel: str, before_ns: int) -> int | None:
        """Until when a channel was heard before an instant: of a reading or a miss, UTC ns."""
        # Of the last leaves only: there are millions, and a stamp of the next century is none.
        row = self._db.execute(
            "SELECT max(last_ms) FROM (SELECT last_ms FROM reading_index"
            " WHERE channel=? AND first_ms<? ORDER BY first_ms DESC LIMIT 8)",
            (channel, -(-before_ns // NS_PER_MS)),
        )
        last = row.fetchone()[0]
        return None if last is None else min(int(last) * NS_PER_MS, before_ns - 1)

    def span(self, channel: str) -> tuple[int, int] | None:
        """Start of the first and of the last closed hour of a channel; None if none closed."""
        first, last = (
            self._db.execute(
                f"SELECT {end}(start_ns) FROM window WHERE channel=?",  # noqa: S608 - min or max
                (channel,),
            ).fetchone()[0]
            for end in ("min", "max")
        )
        return None if first is None else (int(first), int(last))

    def spans(self, channels: Iterable[str]) -> dict[str, tuple[int, int]]:
        """The same of many channels by one question; without those of which no hour is closed."""
        rows = self._db.execute(
            "SELECT value, (SELECT min(start_ns) FROM window WHERE channel=value) AS first,"
            " (SELECT max(start_ns) FROM window WHERE channel=value)"
            " FROM json_each(?) WHERE first IS NOT NULL",
            (msgspec.json.encode(list(channels)).decode(),),
        )
        return {channel: (int(first), int(last)) for channel, first, last in rows}

    def starts(self, channel: str) -> list[int]:
        """Starts of all hours that are kept of a channel, amounts and means, UTC ns."""
        rows = self._db.execute(
            "SELECT start_ns FROM window WHERE channel=?1 UNION SELECT start_ns FROM mean"
            " WHERE channel=?1 ORDER BY start_ns",
            (channel,),
        )
        return [int(start_ns) for (start_ns,) in rows]

    def first_start(self, channel: str) -> int | None:
        """Start of the first hour that is kept of a channel, amount or mean, UTC ns."""
        (first,) = self._db.execute(
            "SELECT min(start_ns) FROM (SELECT min(start_ns) AS start_ns FROM window"
            " WHERE channel=?1 UNION ALL SELECT min(start_ns) FROM mean WHERE channel=?1)",
            (channel,),
        ).fetchone()
        return None if first is None else int(first)

    def hours_by_day(self) -> dict[int, int]:
        """How many hours of all channels are kept of each UTC day, with their versions.

        Days count from 1970.
        """
        rows = self._db.execute(
            "SELECT day, sum(n) FROM ("
            " SELECT start_ns / 86400000000000 AS day, count(*) AS n FROM window"
            " INDEXED BY window_start GROUP BY day UNION ALL"
            " SELECT start_ns / 86400000000000 AS day, count(*) AS n FROM mean"
            " INDEXED BY mean_start GROUP BY day) GROUP BY day ORDER BY day"
        )
        return {int(day): int(count) for day, count in rows}

    def hours(self, start_ns: int, end_ns: int) -> Iterator[tuple[int, Window | MeanWindow]]:
        """Version and content of all hours of all channels that begin in [start, end), UTC ns.

        In the order of channel, start and version.
        """
        rows = self._db.execute(
            "SELECT window.body, pattern, pattern.body, 0, window.channel AS name, start_ns AS at,"
            " version FROM window INDEXED BY window_start JOIN pattern ON id=pattern"
            " WHERE start_ns>=?1 AND start_ns<?2 UNION ALL"
            " SELECT mean.body, pattern, pattern.body, 1, mean.channel AS name, start_ns AS at,"
            " version FROM mean INDEXED BY mean_start JOIN pattern ON id=pattern"
            " WHERE start_ns>=?1 AND start_ns<?2 ORDER BY name, at, version, 4",
            (start_ns, end_ns),
        )
        for row in rows:
            (body,) = unpacked([row[:3]])
            yield int(row[6]), (_MEAN if row[3] else _WINDOW).decode(body)
