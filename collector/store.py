"""What was derived from the ledger: windows, an index of readings, findings, statements.

Nothing here is evidence: the file can be deleted and is rebuilt from the ledger.
A window that changes keeps its earlier versions.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from typing import Final

import msgspec

from calibration.mean import MeanWindow
from calibration.window import Window
from collector.days import KeptDays
from collector.errors import StoreError
from collector.hour_form import packed
from collector.lookup import ChannelRow, Lookup
from evidence.errors import Words
from evidence.judging.bounds import ALL_TIME, StampBounds
from evidence.judging.judgement import Fault, Judgement, Position, Reopening
from evidence.judging.kept import row_of
from evidence.judging.shown import ShownInCheck, shown_in_checks
from evidence.log.batch import Stream
from evidence.log.column import progressed
from evidence.statement.datum import ActivityData
from evidence.statement.locks import place_of

_encode: Final = msgspec.msgpack.Encoder().encode
_reopening: Final = msgspec.msgpack.Decoder(Reopening).decode
Opened = Mapping[str, tuple[int, Reopening]]
"""From which position on a channel's hours are open, and how it is taken up again from there."""
Connect = Callable[[], sqlite3.Connection]
SCHEMA_VERSION = 7


class Store:
    """The derived data, in one SQLite file.

    Raises:
        StoreError: the file was written by a newer version.
    """

    def __init__(self, connect: Connect) -> None:
        self._db = connect()
        self._db.isolation_level = None
        self._write_ahead()
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise StoreError(
                "store",
                what=Words(f"its version is {version}", f"其版本为 {version}"),
                limit=str(SCHEMA_VERSION),
            )
        if version < SCHEMA_VERSION:
            self._make()
        self._widen()
        self.lookup = Lookup(self._db)
        self.days = KeptDays(self._db, self.lookup)

    def _write_ahead(self) -> None:
        """Lets readers read beside the writer; it is a property of the file from then on."""
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise  # busy: another connection is just doing it

    def _make(self) -> None:
        """The tables, all or none: a kill must not leave some, and two may begin at once.

        What an earlier version derived goes: it is derived again, as the new one sees it.
        """
        script = files("collector").joinpath("derived.sql").read_text("utf-8")
        with self.transaction():
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version == SCHEMA_VERSION:
                return
            for name in self._derived():
                self._db.execute(f'DROP TABLE "{name}"')
            for statement in script.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _widen(self) -> None:
        """Statements of an earlier version say nothing of plans; they stay as they are."""
        columns = "SELECT count(*) FROM pragma_table_info('activity') WHERE name='under_plan'"
        if self._db.execute(columns).fetchone()[0]:
            return
        with self.transaction():
            if not self._db.execute(columns).fetchone()[0]:  # two may open it at once
                self._db.execute(
                    "ALTER TABLE activity ADD COLUMN under_plan INTEGER NOT NULL DEFAULT 0"
                )

    def _derived(self) -> list[str]:
        """The tables of what follows from the ledger."""
        query = (
            "SELECT name FROM sqlite_schema WHERE type='table'"
            " AND name NOT IN ('activity', 'activity_again')"
        )
        return [name for (name,) in self._db.execute(query).fetchall()]

    def _keep_open(self, opened: Opened) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO open_hour VALUES (?,?,?)",
            ((channel, at, _encode(reopening)) for channel, (at, reopening) in opened.items()),
        )

    def forget(self) -> None:
        """Deletes what follows from the ledger; statements that were given stay readable."""
        with self.transaction():
            for name in self._derived():
                self._db.execute(f'DELETE FROM "{name}"')  # noqa: S608 - our own tables

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk makes SQLite roll back by itself
                self._db.execute("ROLLBACK")
            raise

    def cursor(self) -> int:
        """The position in the ledger of the next leaf to be judged."""
        row = self._db.execute("SELECT next FROM cursor").fetchone()
        return 0 if row is None else int(row[0])

    def open_from(self) -> int:
        """The position from which leaves hold readings of hours that are not closed."""
        row = self._db.execute("SELECT min(position) FROM open_hour").fetchone()
        return self.cursor() if row[0] is None else int(row[0])

    def opened(self) -> dict[str, Reopening]:
        """How each channel that was judged before is taken up again."""
        rows = self._db.execute("SELECT channel, body FROM open_hour")
        return {channel: _reopening(body) for channel, body in rows}

    def is_late(self) -> bool:
        """Whether windows were made before something became known that changes them."""
        return self._db.execute("SELECT 1 FROM cursor WHERE late").fetchone() is not None

    def settle(self, opened: Opened) -> None:
        """Notes that all windows are what follows from all that is known, and what is open."""
        with self.transaction():
            self._keep_open(opened)
            self._db.execute("UPDATE cursor SET late=0")

    def keep(self, judgement: Judgement, position: Position) -> None:
        """Everything a leaf gave, and the cursor behind it; call within a transaction."""
        place = position.place
        self.keep_hours(judgement)
        for stream in judgement.streams:
            bounds = judgement.bounds or ALL_TIME
            self._keep_stream(stream, place, bounds)
            self._keep_shown(shown_in_checks(stream, bounds), position.received_ns)
        self._keep_open(judgement.opened)
        for fault in judgement.faults:
            self.keep_fault(fault, position)
        for number, record in enumerate(judgement.records):
            self._db.execute(
                "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?)",
                (*place, number, position.position, record.at_ms, _encode(record)),
            )
        for document in judgement.documents:
            self._db.execute(
                "INSERT OR REPLACE INTO document VALUES (?,?,?,?,?,?,?)",
                (document.sha256, document.kind, document.name, *place, position.received_ns),
            )
        self._db.execute(
            "INSERT INTO cursor VALUES (1,?,?) ON CONFLICT (one) DO UPDATE SET"
            " next=excluded.next, late=max(late, excluded.late)",
            (position.position + 1, judgement.late),
        )

    def keep_hours(self, judgement: Judgement) -> int:
        """Keeps the hours that a leaf completed; how many became a new version."""
        return sum(self.keep_window(each) for each in (*judgement.windows, *judgement.means))

    def keep_window(self, hour: Window | MeanWindow) -> bool:
        """Keeps an hour as a new version unless it equals the current one; whether it did."""
        table = "mean" if isinstance(hour, MeanWindow) else "window"
        row, whole = self.lookup.latest(table, hour.channel, hour.start_ns), _encode(hour)
        if row is not None and row[1] == whole:
            return False
        version = 1 if row is None else row[0] + 1
        frame = packed(self._db, "hour", hour.channel, whole)
        self._db.execute(
            f"INSERT INTO {table} VALUES (?,?,?,?,?)",  # noqa: S608 - our own tables
            (hour.channel, hour.start_ns, version, *frame),
        )
        if table == "window":
            self.days.outdate(hour.channel, hour.start_ns)
        return True

    def fold_days(self, most: int) -> int:
        """Sums up to `most` days that are over and whose hours changed; how many that were."""
        due = self.days.due(most)
        if due:
            with self.transaction():
                for channel, start_ns in due:
                    self.days.fold(channel, start_ns)
        return len(due)

    def _keep_stream(
        self, stream: Stream, place: tuple[str, str, int], bounds: StampBounds
    ) -> None:
        instants = progressed(stream.at_ms, stream.rows) if stream.rows else []
        channel, named = stream.head.channel, [*instants, *(each.at_ms for each in stream.missed)]
        if named:
            self._db.execute(
                "INSERT OR REPLACE INTO reading_index VALUES (?,?,?,?,?,?)",
                (channel, min(named), max(named), *place),
            )
        row = row_of(stream, place[0], bounds)
        if row is not None:
            self.keep_channel(row)

    def _keep_shown(self, shown: Iterable[ShownInCheck], received_ns: int) -> None:
        """Keeps what instruments showed in checks; what was known first is known since then."""
        self._db.executemany(
            "INSERT OR IGNORE INTO shown VALUES (?,?,?,?,?)",
            ((each.channel, each.at_ns, each.state, each.value, received_ns) for each in shown),
        )

    def keep_channel(self, row: ChannelRow) -> None:
        """Keeps how a channel was last seen, unless it was seen later before."""
        self._db.execute(
            "INSERT INTO channel VALUES (?,?,?,?,?,?) ON CONFLICT (channel) DO UPDATE SET"
            " agent=excluded.agent, head=excluded.head, last_ms=excluded.last_ms,"
            " last_value=excluded.last_value, last_quality=excluded.last_quality"
            " WHERE excluded.last_ms >= channel.last_ms",
            (
                row.channel,
                row.agent,
                msgspec.json.encode(row.head),
                row.last_ms,
                row.last_value,
                row.last_quality,
            ),
        )

    def keep_fault(self, fault: Fault, position: Position) -> None:
        """Keeps what is wrong, under the leaf by which it was found."""
        self._db.execute(
            "INSERT OR REPLACE INTO fault VALUES (?,?,?,?,?,?,?,?)",
            (
                position.agent,
                position.epoch,
                position.sequence,
                fault.subject,
                fault.code,
                fault.message,
                fault.message_zh,
                position.received_ns,
            ),
        )

    def state_activity(self, datum: ActivityData, stated_ns: int) -> ActivityData:
        """Keeps a statement; if the period was stated otherwise before, says what it supersedes.

        What was stated before, and is true again, stays as it was given first.
        """
        place = place_of(datum)
        digest, last_ns = self.lookup.newest(place) or (None, -1)
        held = self.lookup.activity(datum.digest)
        if held is not None and digest == datum.digest:
            return held
        at_ns = max(stated_ns, last_ns + 1)  # a clock may stand still, or be set back
        if held is not None:
            self._db.execute("INSERT INTO activity_again VALUES (?,?)", (datum.digest, at_ns))
            return held
        kept = msgspec.structs.replace(datum, supersedes=digest)
        body = msgspec.json.encode(kept)
        channel, start, end, is_under_plan = place
        row = (kept.digest, channel, start, end, at_ns, body, is_under_plan)
        self._db.execute("INSERT INTO activity VALUES (?,?,?,?,?,?,?)", row)
        return kept
