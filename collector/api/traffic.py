"""How many requests were answered, and how long that took."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficSeen:
    """A copy of the counts at an instant.

    Attributes:
        requests: By (method, route, status).
        seconds: Total duration by route.
    """

    requests: Mapping[tuple[str, str, int], int]
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counts of answered requests; any thread may add."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _ns: Counter[str] = field(default_factory=Counter)

    def add(self, method: str, route: str, status: int, duration_ns: int) -> None:
        """Counts one answered request."""
        with self._lock:
            self._requests[method, route, status] += 1
            self._ns[route] += duration_ns

    def seen(self) -> TrafficSeen:
        """The counts now."""
        with self._lock:
            return TrafficSeen(
                requests=dict(self._requests),
                seconds={route: ns / 1e9 for route, ns in self._ns.items()},
            )
