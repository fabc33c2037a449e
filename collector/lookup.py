"""Questions to what was derived from the ledger."""

import sqlite3
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec

from collector.document_list import DocumentList
from collector.hour_lookup import HourLookup
from collector.place import Place
from collector.statement_lookup import StatementLookup
from evidence.judging.judgement import Fault, Reopening
from evidence.judging.kept import ChannelRow
from evidence.log.batch import Record, RecordKind, StreamHead

__all__ = ["ChannelRow", "Lookup", "Place"]
T = TypeVar("T")
_CHANNEL: Final = "SELECT channel, agent, head, last_ms, last_value, last_quality FROM channel"
_HEAD: Final = msgspec.json.Decoder(StreamHead)
_REOPENING: Final = msgspec.msgpack.Decoder(Reopening)
MOST_HEADS: Final = 20_000


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


class Lookup(HourLookup, StatementLookup):
    """Reads the derived data; every answer is a value of its own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__(db)
        self._documents = DocumentList(db)

    def channel(self, channel: str) -> ChannelRow | None:
        """One channel as last seen; None if it was not."""
        row = self._db.execute(f"{_CHANNEL} WHERE channel=?", (channel,)).fetchone()
        return None if row is None else _row(row)

    def channels(self) -> list[ChannelRow]:
        """All channels, as last seen, by name."""
        return [_row(row) for row in self._db.execute(f"{_CHANNEL} ORDER BY channel")]

    def first_reading(self, channel: str) -> int | None:
        """When the first reading of a channel that is held was due, UTC ns; None of none."""
        query = "SELECT min(first_ms) FROM reading_index WHERE channel=?"
        (first,) = self._db.execute(query, (channel,)).fetchone()
        return None if first is None else int(first) * 1_000_000

    def places(self, channel: str, from_ms: int, to_ms: int, limit: int) -> list[Place]:
        """Leaves that hold readings of a channel in [from, to), in order of time."""
        rows = self._db.execute(
            "SELECT agent, epoch, sequence FROM reading_index WHERE channel=? AND last_ms>=?"
            " AND first_ms<? ORDER BY first_ms LIMIT ?",
            (channel, from_ms, to_ms, limit),
        )
        return [Place(agent=row[0], epoch=row[1], sequence=row[2]) for row in rows]

    def places_within(self, channel: str, from_ms: int, to_ms: int) -> Iterator[Place]:
        """All of these, one after the other, however many they are."""
        return self._places("last_ms>=? AND first_ms<? ORDER BY first_ms", channel, from_ms, to_ms)

    def count_places(self, channel: str, from_ms: int, to_ms: int) -> int:
        """How many they are."""
        query = "SELECT count(*) FROM reading_index WHERE channel=? AND last_ms>=? AND first_ms<?"
        (count,) = self._db.execute(query, (channel, from_ms, to_ms)).fetchone()
        return int(count)

    def places_before(self, channel: str, at_ms: int) -> Iterator[Place]:
        """Leaves whose readings of a channel begin before an instant, the latest first."""
        return self._places("first_ms<? ORDER BY first_ms DESC", channel, at_ms)

    def places_from(self, channel: str, at_ms: int) -> Iterator[Place]:
        """Leaves whose readings of a channel begin at an instant or later, the first first."""
        return self._places("first_ms>=? ORDER BY first_ms", channel, at_ms)

    def _places(self, where: str, channel: str, *at_ms: int) -> Iterator[Place]:
        query = f"SELECT agent, epoch, sequence FROM reading_index WHERE channel=? AND {where}"  # noqa: S608 - ours
        for agent, epoch, sequence in self._db.execute(query, (channel, *at_ms)):
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

    def faults(self, limit: int) -> list[tuple[Place, Fault]]:
        """What was quarantined, latest first."""
        rows = self._db.execute(
            "SELECT agent, epoch, sequence, subject, code, message, message_zh FROM fault"
            " ORDER BY received_ns DESC LIMIT ?",
            (limit,),
        )
        return [
            (
                Place(agent=row[0], epoch=row[1], sequence=row[2]),
                Fault(subject=row[3], code=row[4], message=row[5], message_zh=row[6]),
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
            "SELECT received_ns, agent, epoch, sequence, subject, code, message, message_zh"  # noqa: S608 - a constant is put in
            f" FROM fault {where}"
            " ORDER BY received_ns DESC, agent, epoch, sequence, subject, code LIMIT ?",
            (*(mark or ()), limit),
        )
        return [
            (
                int(row[0]),
                Place(agent=row[1], epoch=row[2], sequence=row[3]),
                Fault(subject=row[4], code=row[5], message=row[6], message_zh=row[7]),
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
        return sorted((record for _, record in self.noted_exchanges()), key=lambda each: each.at_ms)

    def noted_exchanges(self) -> list[tuple[int, Record]]:
        """The same in order of the ledger, each with the position of the leaf that tells of it."""
        rows = self._db.execute("SELECT position, body FROM record ORDER BY position, place")
        noted = ((int(position), _record(body)) for position, body in rows)
        return [(at, record) for at, record in noted if record.kind == RecordKind.EXCHANGE]

    def all_serials(self) -> dict[str, frozenset[str]]:
        """Serial numbers of all instruments that heads named before the open hours, by channel."""
        rows = self._db.execute("SELECT channel, body FROM open_hour")
        return {channel: _REOPENING.decode(body).serials for channel, body in rows}

    def serials(self, channel: str) -> frozenset[str]:
        """The same of one channel."""
        row = self._db.execute("SELECT body FROM open_hour WHERE channel=?", (channel,)).fetchone()
        return frozenset() if row is None else _REOPENING.decode(row[0]).serials

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

    def made_of_documents(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of documents, until another one comes; nobody changes it.

        Args:
            key: Says what is made, and of which documents.
            make: Called where it was not made before.
        """
        return self._documents.made(key, make)

    def documents_mark(self) -> tuple[int, int]:
        """What is another one as soon as a document came."""
        return self._documents.mark()

    def documents_of(self, agent: str, kinds: Sequence[str]) -> list[tuple[str, str, Place]]:
        """The same of one agent alone; those of all others are not read for it."""
        return self._documents.of(agent, kinds)

    def recorded(self, agent: str, from_ms: int, to_ms: int) -> list[Record]:
        """What an agent said of itself in [from, to), in order of time."""
        rows = self._db.execute(
            "SELECT body FROM record WHERE agent=? AND at_ms>=? AND at_ms<? ORDER BY at_ms",
            (agent, from_ms, to_ms),
        )
        return [msgspec.msgpack.decode(body, type=Record) for (body,) in rows]
