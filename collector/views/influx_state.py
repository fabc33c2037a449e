"""What the InfluxDB view remembers: how far it is, what it wrote, what was refused.

A small SQLite file of its own. Nothing in it is evidence: deleted, the view is written anew.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from collector.views.influx_errors import InfluxStateError
from collector.views.influx_hours import NS_PER_DAY, Counted, Difference, Key

STATE: Final = "influx.sqlite"
SCHEMA_VERSION: Final = 1
MOST_ASIDE: Final = 10_000
"""Refused lines that are kept by name; older ones are only counted."""
WAITING, CHANGED, DUE = 0, 1, 2


class Cursor(NamedTuple):
    """How far the view is: the next leaf, and the ledger's root over those before."""

    next: int
    root: bytes


class Aside(NamedTuple):
    """A reading that the database, or line protocol, does not take."""

    agent: str
    epoch: str
    leaf: int
    poll: int
    channel: str
    start_ns: int
    code: str
    message: str


class Differed(NamedTuple):
    """An hour that was found to differ; `healed` if it was right once written again."""

    channel: str
    start_ns: int
    sign: str
    expected: int
    found: int
    healed: int


class InfluxState:
    """The view's memory, for one thread at a time.

    Raises:
        InfluxStateError: the file was written by a newer version.
    """

    def __init__(self, state_dir: Path) -> None:
        path = state_dir / STATE
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._require_known(str(path))
        except BaseException:
            self._db.close()
            raise

    def _require_known(self, where: str) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            what, limit = f"its version is {version}", str(SCHEMA_VERSION)
            raise InfluxStateError(where, what=what, limit=limit)
        if version < SCHEMA_VERSION:
            self._make()

    def _make(self) -> None:
        script = files("collector.views").joinpath("influx.sql").read_text("utf-8")
        with self._transaction():
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version == SCHEMA_VERSION:
                return  # somebody else was faster
            for statement in script.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def cursor(self, target: str) -> Cursor:
        """How far `target` is written; it begins anew if another one was written before."""
        row = self._db.execute("SELECT target, next, root FROM cursor").fetchone()
        if row is None or row[0] != target:
            self.forget(target)
            return Cursor(0, b"")
        return Cursor(row[1], row[2])

    def next(self, target: str) -> int:
        """How many leaves of the ledger `target` was given; nothing is changed."""
        row = self._db.execute("SELECT next FROM cursor WHERE target=?", (target,)).fetchone()
        return 0 if row is None else int(row[0])

    def forget(self, target: str) -> None:
        """Begins anew: everything will be written again."""
        with self._transaction():
            for name in ("tally", "day", "aside", "difference", "cursor"):
                self._db.execute(f"DELETE FROM {name}")  # noqa: S608 - our own tables
            self._db.execute("INSERT INTO cursor VALUES (1,?,0,x'')", (target,))

    def move_on(
        self,
        before: Cursor,
        after: Cursor,
        written: Mapping[Key, Counted],
        aside: Iterable[Aside],
    ) -> bool:
        """Notes what was written from `before` to `after`, all or nothing.

        Returns:
            False, and nothing is noted, if another process has moved the cursor.
        """
        with self._transaction():
            moved = self._db.execute(
                "UPDATE cursor SET next=?, root=? WHERE next=? AND root=?",
                (after.next, after.root, before.next, before.root),
            )
            if not moved.rowcount:
                return False
            self._db.executemany(
                "INSERT INTO tally VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET"
                " polls=polls+excluded.polls, readings=readings+excluded.readings,"
                " total=total+excluded.total, magnitude=magnitude+excluded.magnitude,"
                " aside=aside+excluded.aside",
                _tallies(written),
            )
            self._mark({_day(start_ns) for _, start_ns in written}, CHANGED)
            self._keep_aside(aside)
        return True

    def rewritten(self, written: Mapping[Key, Counted], aside: Iterable[Aside]) -> None:
        """Notes what hours come to that were written again as a whole."""
        with self._transaction():
            self._db.executemany("DELETE FROM aside WHERE channel=? AND start_ns=?", list(written))
            self._db.executemany(
                "INSERT OR REPLACE INTO tally VALUES (?,?,?,?,?,?,?,?)", _tallies(written)
            )
            self._mark({_day(start_ns) for _, start_ns in written}, CHANGED)
            self._keep_aside(aside)

    def _mark(self, days: Iterable[int], due: int) -> None:
        self._db.executemany(
            "INSERT INTO day VALUES (?,?,0) ON CONFLICT DO UPDATE SET due=max(due, excluded.due)",
            [(day, due) for day in days],
        )

    def _keep_aside(self, aside: Iterable[Aside]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO aside (agent, epoch, leaf, poll, channel, start_ns, code,"
            " message) VALUES (?,?,?,?,?,?,?,?)",
            aside,
        )
        self._db.execute(
            "DELETE FROM aside WHERE id <= (SELECT max(id) FROM aside) - ?", (MOST_ASIDE,)
        )

    def begin_round(self, others: int) -> None:
        """Makes days due: those that changed, differed or hold what was refused, and some more.

        Args:
            others: how many of the days that were not compared for longest.
        """
        with self._transaction():
            self._db.execute(
                "UPDATE day SET due=? WHERE due=? OR day_ns IN (SELECT day_ns FROM tally"
                " WHERE aside>0) OR day_ns IN (SELECT start_ns - start_ns % ? FROM difference"
                " WHERE NOT healed)",
                (DUE, CHANGED, NS_PER_DAY),
            )
            self._db.execute(
                "UPDATE day SET due=? WHERE day_ns IN (SELECT day_ns FROM day WHERE due=?"
                " ORDER BY checked, day_ns DESC LIMIT ?)",
                (DUE, WAITING, others),
            )

    def all_due(self) -> None:
        """Makes all days due: something was lost."""
        self._db.execute("UPDATE day SET due=?", (DUE,))

    def days(self) -> list[int]:
        """The days that hold anything, in order of time, UTC ns."""
        return [row[0] for row in self._db.execute("SELECT day_ns FROM day ORDER BY day_ns")]

    def due_day(self) -> int | None:
        """A day to compare now, latest first; None if there is none."""
        row = self._db.execute(
            "SELECT day_ns FROM day WHERE due=? ORDER BY day_ns DESC LIMIT 1", (DUE,)
        ).fetchone()
        return None if row is None else int(row[0])

    def expected(self, day_ns: int) -> dict[Key, Counted]:
        """What the hours of a day came to in the ledger when they were written."""
        rows = self._db.execute(
            "SELECT channel, start_ns, polls, readings, total, magnitude, aside FROM tally"
            " WHERE day_ns=?",
            (day_ns,),
        )
        return {(row[0], row[1]): Counted(*row[2:]) for row in rows}

    def compared(
        self, day_ns: int, before: Sequence[Difference], after: Sequence[Difference], now_ns: int
    ) -> None:
        """Notes that a day was compared: how it differed, and how it still does."""
        unhealed = {(each.channel, each.start_ns) for each in after}
        named = {(each.channel, each.start_ns): each for each in (*before, *after)}
        with self._transaction():
            self._db.execute(
                "UPDATE difference SET healed=1 WHERE start_ns>=? AND start_ns<?",
                (day_ns, day_ns + NS_PER_DAY),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO difference VALUES (?,?,?,?,?,?,?)",
                [
                    (
                        *key,
                        d.sign.value,
                        d.expected.polls,
                        d.found.polls,
                        now_ns,
                        key not in unhealed,
                    )
                    for key, d in named.items()
                ],
            )
            self._db.execute(
                "UPDATE day SET due=?, checked=(SELECT max(checked)+1 FROM day) WHERE day_ns=?",
                (WAITING, day_ns),
            )

    def aside_count(self) -> int:
        """How many polls the database does not take."""
        (count,) = self._db.execute("SELECT coalesce(sum(aside), 0) FROM tally").fetchone()
        return int(count)

    def unhealed_count(self) -> int:
        """How many hours of channels still differ."""
        (count,) = self._db.execute("SELECT count(*) FROM difference WHERE NOT healed").fetchone()
        return int(count)

    def aside(self, limit: int) -> list[Aside]:
        """What was set aside, latest first."""
        rows = self._db.execute(
            "SELECT agent, epoch, leaf, poll, channel, start_ns, code, message FROM aside"
            " ORDER BY id DESC LIMIT ?",
            (limit,),
        )
        return [Aside(*row) for row in rows]

    def differed(self, limit: int) -> list[Differed]:
        """The hours that differed, those that still do first, then the latest."""
        rows = self._db.execute(
            "SELECT channel, start_ns, sign, expected, found, healed FROM difference"
            " ORDER BY healed, seen_ns DESC, channel, start_ns LIMIT ?",
            (limit,),
        )
        return [Differed(*row) for row in rows]


def _day(start_ns: int) -> int:
    return start_ns - start_ns % NS_PER_DAY


def _tallies(written: Mapping[Key, Counted]) -> list[tuple[object, ...]]:
    return [(channel, start, _day(start), *told) for (channel, start), told in written.items()]
