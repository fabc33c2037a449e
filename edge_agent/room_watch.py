"""What the agent does as the spool fills: it says so, thins, stops with a signed gap, resumes."""

import logging
from typing import Final

from edge_agent import records
from edge_agent.custody_errors import SpoolError, SpoolFullError
from edge_agent.spool import Spool
from edge_agent.spool_room import Level, kept_when_thin
from evidence.log.batch import Record

LOG = logging.getLogger("carbonmeter.agent")
_SAID: Final = {Level.ROOMY: "roomy", Level.WARN: "warn", Level.THIN: "thin", Level.STOP: "stop"}
CAUSE: Final = "spool_limit"


class RoomWatch:
    """Follows a spool's level.

    Args:
        spool: Whose.
        limit_MiB: Its limit, for the records.
    """

    def __init__(self, spool: Spool, limit_MiB: float) -> None:
        self._spool, self._limit_bytes = spool, round(limit_MiB * 1_048_576)
        self._level, self._said = Level.ROOMY, Level.ROOMY
        self._stopped_ms: int | None = None
        self._refused_ms: int | None = None
        self._disk_full = False
        self._unsaid: list[Record] = []
        self._last_kept_ns: dict[str, int] = {}
        self._spool.files.ballast.take()

    @property
    def level(self) -> Level:
        """What is done now."""
        return Level.STOP if self._disk_full else self._spool.level

    def wants(self, device: str, at_ns: int) -> bool:
        """Whether a poll is made: all, the first of each hour, or none."""
        if self.level is Level.STOP:
            return False
        thin = self.level is Level.THIN
        if thin and not kept_when_thin(at_ns, self._last_kept_ns.get(device)):
            return False
        self._last_kept_ns[device] = at_ns
        return True

    def disk_full(self, wrong: SpoolError, at_ms: int | None = None) -> None:
        """The disk refused a commit: the ballast makes room for the last word.

        Args:
            wrong: What it said.
            at_ms: The first instant (UTC) of what was read and could not be kept.
        """
        if at_ms is not None and self._stopped_ms is not None:
            # It was being read when the stop was said: the gap that is told at its end has it.
            self._stopped_ms = min(self._stopped_ms, at_ms)
        elif at_ms is not None:
            self._refused_ms = at_ms if self._refused_ms is None else min(self._refused_ms, at_ms)
        if not self._disk_full:
            LOG.error("%s", wrong.say("en"))
        self._disk_full = True
        self._spool.files.ballast.release()

    def unsaid(self, *said: Record) -> None:
        """Records that could not be kept; they are made again when there is room."""
        self._unsaid.extend(said)

    def changes(self, now_ms: int) -> list[Record]:
        """The records that follow from the level, if it changed since the last call."""
        made, self._unsaid = self._unsaid, []
        self._follow_disk(said=not made)
        level = self.level
        if level == self._said:
            return made
        LOG.warning("spool: %s, at %d of %d bytes", _SAID[level], *self._figures().values())
        made += self._resumed(now_ms) if self._said is Level.STOP else []
        if level is Level.STOP:
            self._stopped_ms = now_ms if self._refused_ms is None else min(now_ms, self._refused_ms)
            self._refused_ms = None
            made.append(records.gap(self._stopped_ms, None, CAUSE))
        else:
            made.append(records.spool_at(_SAID[level], self._figures(), now_ms))
        self._said = level
        return made

    def _follow_disk(self, *, said: bool) -> None:
        """Stops before a disk without ballast is full; goes on where there is room again.

        Room that receipts free inside the database counts as much as that of the disk. Nobody
        goes on before all is said: that shows that commits succeed.
        """
        ballast = self._spool.files.ballast
        if self._disk_full:
            self._give_back()
            roomy = self._room_bytes() >= 2 * ballast.size_bytes
            if said and self._said is Level.STOP and roomy:
                self._disk_full = False
        if not self._disk_full and not ballast.take():
            self._disk_full = self._room_bytes() < ballast.size_bytes

    def _room_bytes(self) -> int:
        return self._spool.free_bytes + self._spool.files.ballast.disk_free_bytes()

    def _give_back(self) -> None:
        """Deletes what receipts cover, at once."""
        try:
            self._spool.flush()
        except SpoolFullError:
            self._spool.files.ballast.release()

    def _resumed(self, now_ms: int) -> list[Record]:
        started_ms, self._stopped_ms = self._stopped_ms, None
        return [] if started_ms is None else [records.gap(started_ms, now_ms, CAUSE)]

    def _figures(self) -> dict[str, int]:
        return {"used_bytes": self._spool.used_bytes, "limit_bytes": self._limit_bytes}
