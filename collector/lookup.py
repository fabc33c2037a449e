"""Questions to what was derived from the ledger."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from calibration.mean import MeanWindow
from calibration.window import Window
from collector.document_list import DocumentList
from collector.hour_form import unpacked
from collector.place import Place
from collector.shown import ShownInCheck
from evidence.audit.grounded import GROUNDED, GroundedHour
from evidence.judging.judgement import Fault
from evidence.judging.kept import ChannelRow
from evidence.log.batch import Record, RecordKind, StreamHead
from evidence.statement.datum import ActivityData
from evidence.statement.tallied import TALLIED, TalliedHour

__all__ = ["ChannelRow", "Lookup", "Place"]
_WINDOW: Final = msgspec.msgpack.Decoder(Window)
_CHANNEL: Final = "SELECT channel, agent, head, last_ms, last_value, last_quality FROM channel"
_STATED: Final = (
    '(SELECT digest, channel, start, "end", body, stated_ns FROM activity UNION ALL'
    ' SELECT a.digest, a.channel, a.start, a."end", a.body, b.stated_ns'
    " FROM activity_again AS b JOIN activity AS a ON a.digest=b.digest)"
)
"""Statements with the instants at which they were given: one may be given again, after another."""
_HEAD: Final = msgspec.json.Decoder(StreamHead)
MOST_HEADS: Final = 20_000
_MEAN: Final = msgspec.msgpack.Decoder(MeanWindow)


@lru_cache(maxsize=MOST_HEADS)
def _head(data: bytes) -> StreamHead:
    """What a stream is; it seldom changes, and ten thousand of them stand on some pages."""
    return _HEAD.decode(data)


def _row(row: tuple[Any, ...]) -> ChannelRow:
    return ChannelRow(
        channel=row[0],
        agent=row[1],
        head=_head(row[2]),
        last_ms=row[3],
        last_value=row[4],
        last_quality=row[5],
    )


def _record(body: bytes) -> Record:
    return msgspec.msgpack.decode(body, type=Record)


class Lookup:
    """Reads the derived data; every answer is a value of its own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._documents = DocumentList(db)

    def windows(self, channel: str, start_ns: int, end_ns: int) -> list[Window]:
        """Current hourly windows of a channel inside [start, end), in order of time."""
        return [_WINDOW.decode(body) for body in self._hours("window", channel, start_ns, end_ns)]

    def tallied(self, channel: str, start_ns: int, end_ns: int) -> list[TalliedHour]:
        """The polls in these windows, without what they come to."""
        return [TALLIED.decode(body) for body in self._hours("window", channel, start_ns, end_ns)]

    def means(self, channel: str, start_ns: int, end_ns: int) -> list[MeanWindow]:
        """Current hourly means of a channel that has no amount, in order of time."""
        return [_MEAN.decode(body) for body in self._hours("mean", channel, start_ns, end_ns)]

    def grounded(self, channel: str, start_ns: int, end_ns: int) -> list[GroundedHour]:
        """What the hours of a channel inside [start, end) rest on, in order of time.

        Of amounts, or of means where there are none.
        """
        for table in ("window", "mean"):
            hours = self._hours(table, channel, start_ns, end_ns)
            found = [GROUNDED.decode(body) for body in hours]
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

    def channel(self, channel: str) -> ChannelRow | None:
        """One channel as last seen; None if it was not."""
        row = self._db.execute(f"{_CHANNEL} WHERE channel=?", (channel,)).fetchone()
        return None if row is None else _row(row)

    def channels(self) -> list[ChannelRow]:
        """All channels, as last seen, by name."""
        return [_row(row) for row in self._db.execute(f"{_CHANNEL} ORDER BY channel")]

    def places(self, channel: str, from_ms: int, to_ms: int, limit: int) -> list[Place]:
        """Leaves that hold readings of a channel in [from, to), in order of time."""
        rows = self._db.execute(
            "SELECT agent, epoch, sequence FROM reading_index WHERE channel=? AND last_ms>=?"
            " AND first_ms<? ORDER BY first_ms LIMIT ?",
            (channel, from_ms, to_ms, limit),
        )
        return [Place(agent=row[0], epoch=row[1], sequence=row[2]) for row in rows]

    def places_before(self, channel: str, at_ms: int) -> Iterator[Place]:
        """Leaves whose readings of a channel begin before an instant, the latest first."""
        return self._places("first_ms<? ORDER BY first_ms DESC", channel, at_ms)

    def places_from(self, channel: str, at_ms: int) -> Iterator[Place]:
        """Leaves whose readings of a channel begin at an instant or later, the first first."""
        return self._places("first_ms>=? ORDER BY first_ms", channel, at_ms)

    def _places(self, where: str, channel: str, at_ms: int) -> Iterator[Place]:
        query = f"SELECT agent, epoch, sequence FROM reading_index WHERE channel=? AND {where}"  # noqa: S608 - ours
        for agent, epoch, sequence in self._db.execute(query, (channel, at_ms)):
            yield Place(agent=agent, epoch=epoch, sequence=sequence)

    def exchange_places(self, channels: frozenset[str]) -> list[Place]:
        """Leaves with a record of an exchange of an instrument of one of these channels."""
        rows = self._db.execute("SELECT agent, epoch, sequence, body FROM record")
        decoded = ((Place(agent=a, epoch=e, sequence=s), _record(body)) for a, e, s, body in rows)
        return [
            place
            for place, record in decoded
            if record.kind == RecordKind.EXCHANGE and record.channel in channels
        ]

    def stated_ns(self, digest: str) -> int | None:
        """When a statement was made first, POSIX ns; None if it was not made here."""
        row = self._db.execute(
            "SELECT stated_ns FROM activity WHERE digest=?", (digest,)
        ).fetchone()
        return None if row is None else int(row[0])

    def faults(self, limit: int) -> list[tuple[Place, Fault]]:
        """What was quarantined, latest first."""
        rows = self._db.execute(
            "SELECT agent, epoch, sequence, subject, code, message FROM fault"
            " ORDER BY received_ns DESC LIMIT ?",
            (limit,),
        )
        return [
            (
                Place(agent=row[0], epoch=row[1], sequence=row[2]),
                Fault(subject=row[3], code=row[4], message=row[5]),
            )
            for row in rows
        ]

    def fault_at(self, place: Place, subject: str, code: str) -> bool:
        """Whether this was quarantined there."""
        row = self._db.execute(
            "SELECT 1 FROM fault WHERE agent=? AND epoch=? AND sequence=? AND subject=? AND code=?",
            (place.agent, place.epoch, place.sequence, subject, code),
        ).fetchone()
        return row is not None

    def faults_after(
        self, mark: tuple[int, str, str, int, str, str] | None, limit: int
    ) -> list[tuple[int, Place, Fault]]:
        """What was quarantined and when it was received (UTC ns), latest first, after a mark.

        Args:
            mark: Of the row before: received_ns, agent, epoch, sequence, subject, code.
            limit: How many.
        """
        where = (
            ""
            if mark is None
            else "WHERE (-received_ns, agent, epoch, sequence, subject, code) > (-?, ?, ?, ?, ?, ?)"
        )
        rows = self._db.execute(
            "SELECT received_ns, agent, epoch, sequence, subject, code, message FROM fault"  # noqa: S608 - a constant is put in
            f" {where} ORDER BY received_ns DESC, agent, epoch, sequence, subject, code LIMIT ?",
            (*(mark or ()), limit),
        )
        return [
            (
                int(row[0]),
                Place(agent=row[1], epoch=row[2], sequence=row[3]),
                Fault(subject=row[4], code=row[5], message=row[6]),
            )
            for row in rows
        ]

    def records(self, agent: str, limit: int) -> list[Record]:
        """What an agent said of itself, latest first."""
        rows = self._db.execute(
            "SELECT body FROM record WHERE agent=? ORDER BY at_ms DESC LIMIT ?", (agent, limit)
        )
        return [msgspec.msgpack.decode(body, type=Record) for (body,) in rows]

    def last_records(self, agent: str, epoch: str, limit: int) -> list[Record]:
        """What an agent said of itself in one of its logs, the last said first."""
        rows = self._db.execute(
            "SELECT body FROM record WHERE agent=? AND epoch=?"
            " ORDER BY sequence DESC, place DESC LIMIT ?",
            (agent, epoch, limit),
        )
        return [_record(body) for (body,) in rows]

    def exchanges(self) -> list[Record]:
        """All exchanges of instruments that agents recorded, in order of time."""
        rows = self._db.execute("SELECT body FROM record ORDER BY at_ms, agent, epoch, sequence")
        records = (msgspec.msgpack.decode(body, type=Record) for (body,) in rows)
        return [record for record in records if record.kind == RecordKind.EXCHANGE]

    def faulty(self) -> frozenset[tuple[str, str, int, str]]:
        """(agent, epoch, sequence, subject) of all that was found wrong."""
        rows = self._db.execute("SELECT agent, epoch, sequence, subject FROM fault")
        return frozenset((row[0], row[1], int(row[2]), row[3]) for row in rows)

    def faulty_in(self, place: Place) -> frozenset[str]:
        """Subjects of what was found wrong in one leaf."""
        rows = self._db.execute(
            "SELECT subject FROM fault WHERE agent=? AND epoch=? AND sequence=?",
            (place.agent, place.epoch, place.sequence),
        )
        return frozenset(subject for (subject,) in rows)

    def documents(self, kinds: Sequence[str]) -> list[tuple[str, str, Place]]:
        """(kind, SHA-256, place) of documents of these kinds, in order of arrival."""
        return self._documents.all(kinds)

    def documents_mark(self) -> tuple[int, int]:
        """What is another one as soon as a document came."""
        return self._documents.mark()

    def documents_of(self, agent: str, kinds: Sequence[str]) -> list[tuple[str, str, Place]]:
        """The same of one agent alone; those of all others are not read for it."""
        return self._documents.of(agent, kinds)

    def activity(self, digest: str) -> ActivityData | None:
        """A statement by its digest; earlier versions stay readable."""
        row = self._db.execute("SELECT body FROM activity WHERE digest=?", (digest,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=ActivityData)

    def stated(self, channel: str, start: str, end: str) -> list[ActivityData]:
        """What was stated of periods within [start, end), the newest of each; RFC 3339 in UTC."""
        rows = self._db.execute(
            f'SELECT body, max(stated_ns) FROM {_STATED} WHERE channel=? AND start>=? AND "end"<=?'  # noqa: S608 - ours
            ' GROUP BY start, "end" ORDER BY start, "end"',
            (channel, start, end),
        )
        return [msgspec.json.decode(body, type=ActivityData) for body, _ in rows]

    def newest(self, place: tuple[str, str, str]) -> tuple[str, int] | None:
        """Digest and instant (POSIX ns) of the last statement of a channel, start and end."""
        row = self._db.execute(
            f'SELECT digest, max(stated_ns) FROM {_STATED} WHERE channel=? AND start=? AND "end"=?',  # noqa: S608 - ours
            place,
        ).fetchone()
        return None if row[0] is None else (row[0], int(row[1]))

    def stated_before(self, at_ns: int) -> Iterator[ActivityData]:
        """The last statement of each channel and period that was given before an instant, UTC ns.

        In order of channel and time.
        """
        rows = self._db.execute(
            f"SELECT body, max(stated_ns) FROM {_STATED} WHERE stated_ns<?"  # noqa: S608 - ours
            ' GROUP BY channel, start, "end" ORDER BY channel, start, "end"',
            (at_ns,),
        )
        for body, _ in rows:
            yield msgspec.json.decode(body, type=ActivityData)

    def statements(self) -> Iterator[tuple[str, bytes]]:
        """Channel and JSON of every statement that was given, in order of channel and time."""
        query = 'SELECT channel, body FROM activity ORDER BY channel, start, "end", stated_ns'
        yield from self._db.execute(query)

    def recorded(self, agent: str, from_ms: int, to_ms: int) -> list[Record]:
        """What an agent said of itself in [from, to), in order of time."""
        rows = self._db.execute(
            "SELECT body FROM record WHERE agent=? AND at_ms>=? AND at_ms<? ORDER BY at_ms",
            (agent, from_ms, to_ms),
        )
        return [msgspec.msgpack.decode(body, type=Record) for (body,) in rows]
