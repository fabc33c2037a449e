"""What the agent does as the spool fills: it says so, thins, stops with a signed gap, resumes."""

import logging
from typing import Final

from edge_agent import records
from edge_agent.custody_errors import SpoolError
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

    def disk_full(self, wrong: SpoolError) -> None:
        """The disk refused a commit: the ballast makes room for the last word."""
        if not self._disk_full:
            LOG.error("%s", wrong.say("en"))
        self._disk_full = True
        self._spool.files.ballast.release()

    def unsaid(self, record: Record) -> None:
        """A record that could not be kept; it is made again when there is room."""
        self._unsaid.append(record)

    def changes(self, now_ms: int) -> list[Record]:
        """The records that follow from the level, if it changed since the last call."""
        made, self._unsaid = self._unsaid, []
        ballast = self._spool.files.ballast
        if self._disk_full and self._said is Level.STOP and ballast.has_room():
            self._disk_full = not ballast.take()
        level = self.level
        if level == self._said:
            return made
        LOG.warning("spool: %s, at %d of %d bytes", _SAID[level], *self._figures().values())
        made += self._resumed(now_ms) if self._said is Level.STOP else []
        if level is Level.STOP:
            self._stopped_ms = now_ms
            made.append(records.gap(now_ms, None, CAUSE))
        else:
            made.append(records.spool_at(_SAID[level], self._figures(), now_ms))
        self._said = level
        return made

    def _resumed(self, now_ms: int) -> list[Record]:
        started_ms, self._stopped_ms = self._stopped_ms, None
        return [] if started_ms is None else [records.gap(started_ms, now_ms, CAUSE)]

    def _figures(self) -> dict[str, int]:
        return {"used_bytes": self._spool.used_bytes, "limit_bytes": self._limit_bytes}
