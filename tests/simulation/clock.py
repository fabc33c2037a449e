"""A machine's own clock: it runs a little fast or slow, and is set by people and time servers."""

from typing import Final

from tests.simulation.loop import VirtualLoop

NS_PER_S: Final = 1_000_000_000
PER_MILLION: Final = 1_000_000


class PlantClock:
    """A `Clock` on virtual time.

    Attributes:
        offset_ns: By how much the wall clock was set in all, which no monotonic clock shows.
    """

    def __init__(self, loop: VirtualLoop, start_ns: int, drift_ppm: int = 0) -> None:
        self._loop, self._start_ns, self._drift_ppm = loop, start_ns, drift_ppm
        self.offset_ns = 0

    @property
    def simulated(self) -> bool:
        """False: what runs here is to take it for the real time."""
        return False

    def now_ns(self) -> int:
        """What the wall clock shows, POSIX ns."""
        return self._start_ns + self.offset_ns + self.monotonic_ns()

    def monotonic_ns(self) -> int:
        """Virtual time, as fast as this machine's quartz runs."""
        elapsed_ns = self._loop.elapsed_ns
        return elapsed_ns + elapsed_ns * self._drift_ppm // PER_MILLION

    def real_seconds_until(self, at_ns: int) -> float:
        """Seconds from now to `at_ns`, at least 0."""
        return max(0, at_ns - self.now_ns()) / NS_PER_S

    def step(self, by_ns: int) -> None:
        """Sets the wall clock; no machine shows a time before 1970."""
        self.offset_ns += max(by_ns, -self.now_ns())

    def set_to(self, at_ns: int) -> None:
        """Sets the wall clock to an instant, POSIX ns."""
        self.offset_ns += at_ns - self.now_ns()
