"""What the InfluxDB view remembers: how far it is, what it wrote, what was refused.

A small SQLite file of its own. Nothing in it is evidence: deleted, the view is written anew.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from collector.views.influx_file import StateFile
from collector.views.influx_hours import NS_PER_DAY, Counted, Difference, Key, Sign
from collector.views.influx_series import Beyond, SeriesKept

MOST_ASIDE: Final = 10_000
"""Refused lines that are kept by name; older ones are only counted."""
MOST_HEALED: Final = 10_000
"""Hours that differed and were mended, kept by name."""
WAITING, CHANGED, DUE = 0, 1, 2
_TABLES: Final = ("tally", "day", "aside", "difference", "series", "beyond", "cursor")


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

    Every method raises InfluxFileError if the file cannot be read or written.

    Raises:
        InfluxStateError: the file was written by a newer version.
        InfluxFileDamagedError: it is damaged.
    """

    def __init__(self, state_dir: Path) -> None:
        self._file = StateFile(state_dir)
        self.series = SeriesKept(self._file)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def cursor(self, target: str) -> Cursor:
        """How far `target` is written; it begins anew if another one was written before."""
        rows = self._file.rows("SELECT target, next, root FROM cursor")
        if not rows or rows[0][0] != target:
            self.forget(target)
            return Cursor(0, b"")
        return Cursor(rows[0][1], rows[0][2])

    def next(self, target: str) -> int:
        """How many leaves of the ledger `target` was given; nothing is changed."""
        rows = self._file.rows("SELECT next FROM cursor WHERE target=?", (target,))
        return int(rows[0][0]) if rows else 0

    def forget(self, target: str) -> None:
        """Begins anew: everything will be written again."""
        with self._file.transaction():
            for name in _TABLES:
                self._file.rows(f"DELETE FROM {name}")  # noqa: S608 - our own tables
            self._file.rows("INSERT INTO cursor VALUES (1,?,0,x'')", (target,))

    def move_on(
        self,
        before: Cursor,
        after: Cursor,
        written: Mapping[Key, Counted],
        aside: Iterable[Aside],
        beyond: Mapping[tuple[str, str], Beyond] = MappingProxyType({}),
    ) -> bool:
        """Notes what was written from `before` to `after`, all or nothing.

        Returns:
            False, and nothing is noted, if another process has moved the cursor.
        """
        with self._file.transaction():
            moved = self._file.changed(
                "UPDATE cursor SET next=?, root=? WHERE next=? AND root=?",
                (after.next, after.root, before.next, before.root),
            )
            if not moved:
                return False
            self._file.each(
                "INSERT INTO tally VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET"
                " polls=polls+excluded.polls, readings=readings+excluded.readings,"
                " total=total+excluded.total, magnitude=magnitude+excluded.magnitude,"
                " aside=aside+excluded.aside",
                _tallies(written),
            )
            self._mark({_day(start_ns) for _, start_ns in written}, CHANGED)
            self._keep_aside(aside)
            self.series.count(beyond)
        return True

    def rewritten(self, at: Cursor, written: Mapping[Key, Counted], aside: Iterable[Aside]) -> bool:
        """Notes what hours come to that were written again as a whole, from leaves before `at`.

        Returns:
            False, and nothing is noted, if another process has moved the cursor: what it wrote
            of these hours was not counted.
        """
        with self._file.transaction():
            if not self._file.rows("SELECT 1 FROM cursor WHERE next=? AND root=?", at):
                return False
            self._file.each("DELETE FROM aside WHERE channel=? AND start_ns=?", list(written))
            self._file.each(
                "INSERT OR REPLACE INTO tally VALUES (?,?,?,?,?,?,?,?)", _tallies(written)
            )
            self._mark({_day(start_ns) for _, start_ns in written}, CHANGED)
            self._keep_aside(aside)
        return True

    def _mark(self, days: Iterable[int], due: int) -> None:
        self._file.each(
            "INSERT INTO day VALUES (?,?,0) ON CONFLICT DO UPDATE SET due=max(due, excluded.due)",
            [(day, due) for day in days],
        )

    def _keep_aside(self, aside: Iterable[Aside]) -> None:
        self._file.each(
            "INSERT OR REPLACE INTO aside (agent, epoch, leaf, poll, channel, start_ns, code,"
            " message) VALUES (?,?,?,?,?,?,?,?)",
            aside,
        )
        self._file.rows(
            "DELETE FROM aside WHERE id <= (SELECT max(id) FROM aside) - ?", (MOST_ASIDE,)
        )

    def begin_round(self, others: int) -> None:
        """Makes days due: those that changed, differed or hold what was refused, and some more.

        Args:
            others: how many of the days that were not compared for longest.
        """
        with self._file.transaction():
            self._file.rows(
                "UPDATE day SET due=? WHERE due=? OR day_ns IN (SELECT day_ns FROM tally"
                " WHERE aside>0) OR day_ns IN (SELECT start_ns - start_ns % ? FROM difference"
                " WHERE healed=0)",
                (DUE, CHANGED, NS_PER_DAY),
            )
            self._file.rows(
                "UPDATE day SET due=? WHERE day_ns IN (SELECT day_ns FROM day WHERE due=?"
                " ORDER BY checked, day_ns DESC LIMIT ?)",
                (DUE, WAITING, others),
            )

    def all_due(self) -> None:
        """Makes all days due: something was lost."""
        self._file.rows("UPDATE day SET due=?", (DUE,))

    def days(self) -> list[int]:
        """The days that hold anything, in order of time, UTC ns."""
        return [row[0] for row in self._file.rows("SELECT day_ns FROM day ORDER BY day_ns")]

    def due_day(self, passed_over: Collection[int] = ()) -> int | None:
        """A day to compare now, latest first, none of those passed over; None if there is none."""
        rows = self._file.rows(
            "SELECT day_ns FROM day WHERE due=? ORDER BY day_ns DESC LIMIT ?",
            (DUE, len(passed_over) + 1),
        )
        return next((int(day) for (day,) in rows if day not in passed_over), None)

    def expected(self, day_ns: int) -> dict[Key, Counted]:
        """What the hours of a day came to in the ledger when they were written."""
        rows = self._file.rows(
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
        with self._file.transaction():
            self._file.rows(
                "UPDATE difference SET healed=1 WHERE healed=0 AND start_ns>=? AND start_ns<?",
                (day_ns, day_ns + NS_PER_DAY),
            )
            self._file.each(
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
            self._file.rows(
                "UPDATE day SET due=?, checked=(SELECT max(checked)+1 FROM day) WHERE day_ns=?",
                (WAITING, day_ns),
            )
            if named:
                self._forget_healed()

    def _forget_healed(self) -> None:
        self._file.rows(
            "DELETE FROM difference WHERE healed AND seen_ns < (SELECT seen_ns FROM difference"
            " WHERE healed ORDER BY seen_ns DESC LIMIT 1 OFFSET ?)",
            (MOST_HEALED - 1,),
        )

    def foreign(self, day_ns: int) -> dict[Key, int]:
        """Hours of a day that had too many polls when it was compared last, and how many."""
        rows = self._file.rows(
            "SELECT channel, start_ns, found FROM difference WHERE healed=0 AND sign=?"
            " AND start_ns>=? AND start_ns<?",
            (Sign.FOREIGN.value, day_ns, day_ns + NS_PER_DAY),
        )
        return {(channel, start_ns): found for channel, start_ns, found in rows}

    def forget_aside(self, before_ns: int) -> None:
        """Forgets what was refused of hours that begin before an instant, UTC ns."""
        with self._file.transaction():
            self._file.rows("UPDATE tally SET aside=0 WHERE aside>0 AND start_ns<?", (before_ns,))
            self._file.rows("DELETE FROM aside WHERE start_ns<?", (before_ns,))

    def aside_count(self) -> int:
        """How many polls the database does not take."""
        ((count,),) = self._file.rows("SELECT coalesce(sum(aside), 0) FROM tally WHERE aside>0")
        return int(count)

    def unhealed_count(self) -> int:
        """How many hours of channels still differ."""
        ((count,),) = self._file.rows("SELECT count(*) FROM difference WHERE healed=0")
        return int(count)

    def aside(self, limit: int) -> list[Aside]:
        """What was set aside, latest first."""
        rows = self._file.rows(
            "SELECT agent, epoch, leaf, poll, channel, start_ns, code, message FROM aside"
            " ORDER BY id DESC LIMIT ?",
            (limit,),
        )
        return [Aside(*row) for row in rows]

    def differed(self, limit: int) -> list[Differed]:
        """The hours that differed, those that still do first, then the latest."""
        rows = self._file.rows(
            "SELECT channel, start_ns, sign, expected, found, healed FROM difference"
            " ORDER BY healed, seen_ns DESC, channel, start_ns LIMIT ?",
            (limit,),
        )
        return [Differed(*row) for row in rows]


def _day(start_ns: int) -> int:
    return start_ns - start_ns % NS_PER_DAY


def _tallies(written: Mapping[Key, Counted]) -> list[tuple[object, ...]]:
    return [(channel, start, _day(start), *told) for (channel, start), told in written.items()]
