"""How long no receipt has come, and what follows: an alarm, now and then a new connection. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from edge_agent.outbox import NS_PER_S

ALARM_NS: Final = 30 * NS_PER_S
_LEAST_OFTEN: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Since when leaves have waited without a word about them.

    Attributes:
        since_ns: When it began, or was last named; monotonic. None while nothing waits.
        alarms: How often it was named since the last receipt.
    """

    since_ns: int | None = None
    alarms: int = 0

    @property
    def asks_for_a_new_link(self) -> bool:
        """Whether, at this alarm, the link may be taken for deaf: the 1st, 3rd, 7th, 15th ...

        After half a minute first, then ever less often, and at least every eight minutes.
        """
        following = self.alarms + 1
        return not following & self.alarms or not following % _LEAST_OFTEN

    def after(self, now_ns: int, *, waiting: bool) -> tuple["Silence", bool]:
        """The silence at an instant, and whether it is to be named: once each half minute."""
        if not waiting or self.since_ns is None:
            return replace(self, since_ns=now_ns), False
        if now_ns - self.since_ns < ALARM_NS:
            return self, False
        return Silence(since_ns=now_ns, alarms=self.alarms + 1), True

    def heard(self, now_ns: int | None = None) -> "Silence":
        """It begins again at `now_ns`, or with the next leaf; what was counted stays."""
        return replace(self, since_ns=now_ns)
