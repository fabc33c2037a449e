"""When the clock was last known to be right, kept for the next start.

A restart must not make a clock look better: without this file an agent that is started while
nothing keeps its clock would not know for how long that has been so. It is no evidence, and
its loss costs no more than that.
"""

import contextlib
from pathlib import Path
from typing import Annotated, Final

import msgspec

from evidence.clock import NS_PER_S
from evidence.clock_standing import Heard

SELDOM_NS: Final = 600 * NS_PER_S
NAME: Final = "clock.json"


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """What the clock showed when it was last known to be right, and to within what."""

    wall_ns: int
    bound_s: Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class ClockMemory:
    """The file in an agent's state directory.

    Args:
        directory: The state directory.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME
        self._written: Heard | None = None

    def recall(self, wall_ns: int, mono_ns: int) -> Heard | None:
        """What was kept, by the monotonic clock of now; None if nothing usable was.

        Args:
            wall_ns: What the clock shows; it bounds how long ago that was.
            mono_ns: Monotonic reading.
        """
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=Remembered)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        ago_ns = wall_ns - kept.wall_ns
        if ago_ns < 0:
            return None
        return Heard(mono_ns=mono_ns - ago_ns, wall_ns=kept.wall_ns, bound_s=kept.bound_s)

    def keep(self, heard: Heard | None) -> None:
        """Keeps it, at most every ten minutes; a disk that fails does not matter here."""
        if heard is None or heard == self._written:
            return
        if self._written is not None and heard.mono_ns - self._written.mono_ns < SELDOM_NS:
            return
        self._written = heard
        kept = Remembered(wall_ns=heard.wall_ns, bound_s=heard.bound_s)
        fresh = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            fresh.write_bytes(msgspec.json.encode(kept))
            fresh.replace(self._path)
