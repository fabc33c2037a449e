"""Whether a line keeps up with what its configuration demands of it. Pure: time is an argument."""

from dataclasses import dataclass
from typing import Final

from edge_agent.errors import AgentError
from evidence.errors import Words

NS_PER_S: Final = 1_000_000_000
PACE_NS: Final = 60 * NS_PER_S
"""A line that stays overloaded says so once in this time."""
FIRST_NS: Final = 5 * NS_PER_S
"""So long a line must be watched before it is judged: a start or a hiccup is no overload."""
KEPT_UP: Final = 0.99
"""Share of its polls that a line must do to be said to keep up."""
BUSY: Final = 0.8
"""Share of one core beyond which the agent itself is what cannot keep up."""
_AGENT: Final = Words(
    "its processor is the limit: lengthen period_s, or share the devices between agents",
    "瓶颈是代理的处理器：请加大 period_s，或由多个代理分担设备",
)
_LINE: Final = Words(
    "the line is the limit: lengthen period_s, ask for fewer channels, or share out the line",
    "瓶颈是线路：请加大 period_s、减少通道，或拆分线路",
)


class LineOverloadedError(AgentError):
    """Polls are left out, since a line or the agent needs longer than the configuration allows."""

    code = "E_LINE_OVERLOADED"
    en = (
        "{demanded} polls/s are demanded and {achieved} were done in the last {seconds} s, "
        "{skipped} were left out and recorded as not polled; the agent used {core} of one core; "
        "{remedy}"
    )
    zh = (
        "要求每秒 {demanded} 次轮询，最近 {seconds} 秒内每秒完成 {achieved} 次，"
        "{skipped} 次未轮询并已记录；代理占用单核的 {core}；{remedy}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of a line's polls.

    Attributes:
        polled, skipped: Ticks of all its devices that were polled, and that went by.
        now_ns: When it ended, monotonic.
        cpu_ns: CPU that the agent has used until then.
    """

    polled: int
    skipped: int
    now_ns: int
    cpu_ns: int


class LoadWatch:
    """Counts one line's rounds, and says when it falls behind: at most once a minute.

    Args:
        line: Its name.
        begin: When the watch begins: a round of nothing.
    """

    def __init__(self, line: str, begin: Round) -> None:
        self._line, self._begin = line, begin
        self._polled = self._skipped = 0
        self._wait_ns = FIRST_NS

    def after(self, done: Round) -> LineOverloadedError | None:
        """What is to be said after a round, if anything."""
        self._polled += done.polled
        self._skipped += done.skipped
        span_ns = done.now_ns - self._begin.now_ns
        if span_ns < self._wait_ns:
            return None
        found = self._judged(done, span_ns)
        self._begin, self._polled, self._skipped = done, 0, 0
        self._wait_ns = PACE_NS
        return found

    def _judged(self, done: Round, span_ns: int) -> LineOverloadedError | None:
        demanded = self._polled + self._skipped
        if self._polled >= KEPT_UP * demanded:
            return None
        seconds = span_ns / NS_PER_S
        core = (done.cpu_ns - self._begin.cpu_ns) / span_ns
        return LineOverloadedError(
            self._line,
            demanded=_rate(demanded / seconds),
            achieved=_rate(self._polled / seconds),
            seconds=f"{seconds:.0f}",
            skipped=self._skipped,
            core=f"{100.0 * core:.0f} %",
            remedy=_AGENT if core > BUSY else _LINE,
        )


def _rate(per_s: float) -> str:
    return f"{per_s:.0f}" if per_s >= 100 else f"{per_s:.2g}"
