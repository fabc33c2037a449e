"""How long an agent lets another client have its client id. Pure.

An MQTT broker keeps one connection for a client id, and ends the older one. Two copies of an
agent would take it from each other for ever; so the one that lost it waits, longer each time.
"""

from dataclasses import dataclass
from typing import Final

FIRST_YIELD_S: Final = 60.0
LONGEST_YIELD_S: Final = 900.0
REFUSED_YIELD_S: Final = 3600.0
"""How long one waits whose key the collector does not know, beside one whose key it knows."""
FORGOTTEN_NS: Final = 1_800_000_000_000
"""A connection that stood longer than two copies leave each other alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yielding:
    """How often in a row a connection of ours was taken over, or left to another client.

    Attributes:
        times: How often.
        least_s: How long that client is left alone at least.
    """

    times: int = 0
    least_s: float = 0.0

    @property
    def pause_s(self) -> float:
        """How long the other is left alone: a minute, doubled each time up to 15 minutes."""
        doubled = FIRST_YIELD_S * 2.0 ** min(self.times - 1, 10)
        return max(min(doubled, LONGEST_YIELD_S), self.least_s) if self.times else 0.0

    def after(self, lasted_ns: int, *, taken_over: bool, least_s: float = 0.0) -> "Yielding":
        """The count after a connection.

        Args:
            lasted_ns: How long it stood; after half an hour what was before is forgotten.
            taken_over: Whether another client ended it, or it was left to another one.
            least_s: How long that one is left alone at least.
        """
        before = 0 if lasted_ns > FORGOTTEN_NS else self.times
        return Yielding(times=before + taken_over, least_s=least_s if taken_over else 0.0)
