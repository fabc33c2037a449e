"""Time that one process makes and another follows, and the collector on such time.

python -m tests.system.followed FILE run --config CONFIG
"""

import mmap
import struct
from pathlib import Path

_INSTANT = struct.Struct("<q")


class TimeFile:
    """An instant in a file of eight bytes, shared by all who have it open.

    Args:
        path: Of the file; made where it is not.
    """

    def __init__(self, path: Path) -> None:
        path.touch()
        with path.open("r+b") as file:
            file.truncate(_INSTANT.size)
            self._map = mmap.mmap(file.fileno(), _INSTANT.size)

    def show(self, at_ns: int) -> None:
        """From now on it is `at_ns`, POSIX ns."""
        _INSTANT.pack_into(self._map, 0, at_ns)

    @property
    def at_ns(self) -> int:
        """What it is now, POSIX ns."""
        return int(_INSTANT.unpack_from(self._map)[0])


class FollowedClock:
    """A `Clock` that shows what another process wrote last."""

    def __init__(self, time: TimeFile) -> None:
        self._time, self._start_ns = time, time.at_ns

    @property
    def simulated(self) -> bool:
        return True

    def now_ns(self) -> int:
        return self._time.at_ns

    def monotonic_ns(self) -> int:
        return self._time.at_ns - self._start_ns

    def real_seconds_until(self, at_ns: int) -> float:  # noqa: ARG002 - the protocol's argument
        return 0.0
