"""How many series each agent may have in the database: an agent that invents names fills its index.

A database holds an index of all series in memory, and one too many is paid by all readers. So what
comes beyond an agent's room is not written: it stays in the ledger, and is named here.
"""

import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from collector.views.influx_file import StateFile

MOST_NAMED: Final = 1_000
"""Channels of an agent that are named; polls of more are counted under the name ""."""


class Beyond(NamedTuple):
    """What an agent sent beyond its room, of one channel; "" stands for all that are not named.

    `epoch` and `leaf` are where the channel was met first.
    """

    agent: str
    channel: str
    epoch: str
    leaf: int
    polls: int


class SeriesKept:
    """Which series there are, in the view's file; for one thread at a time."""

    def __init__(self, file: StateFile) -> None:
        self._file = file

    def of(self, agent: str) -> set[bytes]:
        """The digests of an agent's series."""
        rows = self._file.rows("SELECT digest FROM series WHERE agent=?", (agent,))
        return {digest for (digest,) in rows}

    def add(self, fresh: Mapping[str, set[bytes]]) -> None:
        """Keeps series that are about to be written."""
        pairs = [(agent, digest) for agent, digests in fresh.items() for digest in digests]
        if pairs:
            with self._file.transaction():
                self._file.each("INSERT OR IGNORE INTO series VALUES (?,?)", pairs)

    def count(self, beyond: Mapping[tuple[str, str], Beyond]) -> None:
        """Counts what was left out, within the caller's transaction."""
        for each in beyond.values():
            self._file.rows(
                "INSERT INTO beyond VALUES (?,?,?,?,?)"
                " ON CONFLICT DO UPDATE SET polls=polls+excluded.polls",
                each._replace(channel=self._name(each.agent, each.channel)),
            )

    def _name(self, agent: str, channel: str) -> str:
        known = "SELECT 1 FROM beyond WHERE agent=? AND channel=?"
        if self._file.rows(known, (agent, channel)):
            return channel
        ((count,),) = self._file.rows("SELECT count(*) FROM beyond WHERE agent=?", (agent,))
        return channel if count < MOST_NAMED else ""

    def beyond(self, limit: int) -> list[Beyond]:
        """What was left out, by agent and channel."""
        rows = self._file.rows(
            "SELECT agent, channel, epoch, leaf, polls FROM beyond ORDER BY agent, channel LIMIT ?",
            (limit,),
        )
        return [Beyond(*row) for row in rows]

    def agents_beyond(self) -> list[tuple[str, int]]:
        """The agents of whom anything was left out, and how many polls."""
        query = "SELECT agent, sum(polls) FROM beyond GROUP BY agent ORDER BY agent"
        return [(agent, int(polls)) for agent, polls in self._file.rows(query)]


class SeriesRoom:
    """Which series are written.

    Args:
        kept: those that there are.
        most: of one agent.
    """

    def __init__(self, kept: SeriesKept, most: int) -> None:
        self._kept, self._most = kept, most
        self._known: dict[str, set[bytes]] = {}
        self._fresh: dict[str, set[bytes]] = {}

    def admits(self, agent: str, series: str) -> bool:
        """Whether a series is written: it was before, or the agent has room for one more."""
        if agent not in self._known:
            self._known[agent] = self._kept.of(agent)
        known, digest = self._known[agent], _digest(series)
        if digest in known:
            return True
        if len(known) >= self._most:
            return False
        known.add(digest)
        self._fresh.setdefault(agent, set()).add(digest)
        return True

    def keep(self) -> None:
        """Keeps what was admitted since the last time; before it is written."""
        self._kept.add(self._fresh)
        self._fresh = {}

    def forget(self) -> None:
        """Begins anew: what is kept was forgotten."""
        self._known, self._fresh = {}, {}


def _digest(series: str) -> bytes:
    return hashlib.blake2b(series.encode(), digest_size=16).digest()
