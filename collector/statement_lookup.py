"""Questions to the statements that were given."""

import sqlite3
from collections.abc import Iterator
from typing import Final

import msgspec

from evidence.statement.datum import ActivityData
from evidence.statement.locks import Place

_STATED: Final = (
    '(SELECT digest, channel, start, "end", under_plan, body, stated_ns FROM activity UNION ALL'
    ' SELECT a.digest, a.channel, a.start, a."end", a.under_plan, a.body, b.stated_ns'
    " FROM activity_again AS b JOIN activity AS a ON a.digest=b.digest)"
)
"""Statements with the instants at which they were given: one may be given again, after another."""


class StatementLookup:
    """Reads the statements that were given; every answer is a value of its own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def stated_ns(self, digest: str) -> int | None:
        """When a statement was made first, POSIX ns; None if it was not made here."""
        row = self._db.execute(
            "SELECT stated_ns FROM activity WHERE digest=?", (digest,)
        ).fetchone()
        return None if row is None else int(row[0])

    def activity(self, digest: str) -> ActivityData | None:
        """A statement by its digest; earlier versions stay readable."""
        row = self._db.execute("SELECT body FROM activity WHERE digest=?", (digest,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=ActivityData)

    def stated(self, channel: str, start: str, end: str) -> list[ActivityData]:
        """What was stated of periods within [start, end), the newest of each; RFC 3339 in UTC.

        What was stated under the plan too comes behind what was not.
        """
        rows = self._db.execute(
            f'SELECT body, max(stated_ns) FROM {_STATED} WHERE channel=? AND start>=? AND "end"<=?'  # noqa: S608 - ours
            ' GROUP BY start, "end", under_plan ORDER BY start, "end", under_plan',
            (channel, start, end),
        )
        return [msgspec.json.decode(body, type=ActivityData) for body, _ in rows]

    def newest(self, place: Place) -> tuple[str, int] | None:
        """Digest and instant (POSIX ns) of the last version of a statement."""
        row = self._db.execute(
            f"SELECT digest, max(stated_ns) FROM {_STATED}"  # noqa: S608 - ours
            ' WHERE channel=? AND start=? AND "end"=? AND under_plan=?',
            place,
        ).fetchone()
        return None if row[0] is None else (row[0], int(row[1]))

    def stated_before(self, at_ns: int) -> Iterator[ActivityData]:
        """The last statement of each channel and period that was given before an instant, UTC ns.

        In order of channel and time.
        """
        rows = self._db.execute(
            f"SELECT body, max(stated_ns) FROM {_STATED} WHERE stated_ns<?"  # noqa: S608 - ours
            ' GROUP BY channel, start, "end", under_plan'
            ' ORDER BY channel, start, "end", under_plan',
            (at_ns,),
        )
        for body, _ in rows:
            yield msgspec.json.decode(body, type=ActivityData)

    def statements(self) -> Iterator[tuple[str, bytes]]:
        """Channel and JSON of every statement that was given, in order of channel and time."""
        query = 'SELECT channel, body FROM activity ORDER BY channel, start, "end", stated_ns'
        yield from self._db.execute(query)
