"""Whether hours that begin at other minutes cut the readings of a channel in two. Pure."""

from calibration.grid import grid_of
from calibration.hourly import SNAP_SHARE
from calibration.measurand import Accumulation
from evidence.clock import NS_PER_S
from evidence.errors import PeriodError, Words
from evidence.judging.stream import NS_PER_MS, extent_ns
from evidence.log.batch import Stream, StreamHead

Span = tuple[int, int]


def divides(head: StreamHead, grid_ns: int) -> bool:
    """Whether a stream's readings stand for times that hours of a grid do not cut in two.

    A register is read at the edges, or between two readings; a rate or an interval amount stands
    for all of a poll's period.
    """
    is_register = head.measurand.accumulation == Accumulation.REGISTER
    return is_register or not grid_ns or grid_ns % (head.period_ms * NS_PER_MS) == 0


def begins_ns(head: StreamHead, at_ns: int) -> int:
    """From when on a poll at an instant stands for a time, UTC ns: an amount for that before it."""
    is_before = head.measurand.accumulation == Accumulation.INTERVAL
    return at_ns - head.period_ms * NS_PER_MS if is_before else at_ns


def require_whole(stream: Stream, period: Span) -> None:
    """Returns if hours that begin where a period does cut no poll in two that stands for it.

    How a channel was read before or behind the period does not matter.

    Args:
        stream: Polls of a channel.
        period: UTC ns.

    Raises:
        PeriodError: a poll that stands for some of the period is cut.
    """
    grid_ns = grid_of(period[0])
    if not divides(stream.head, grid_ns) and _stands_for_some(stream, period):
        raise _cut(stream.head, grid_ns)


def _stands_for_some(stream: Stream, period: Span) -> bool:
    """Whether any poll, missed or not, stands for some of a period."""
    polls = [*extent_ns(stream), *(each.at_ms * NS_PER_MS for each in stream.missed)]
    if not polls:
        return False
    period_ns = stream.head.period_ms * NS_PER_MS
    near_ns = int(SNAP_SHARE * period_ns)  # so far from an edge a poll still stands for it
    first_ns = begins_ns(stream.head, min(polls)) + near_ns
    last_ns = begins_ns(stream.head, max(polls)) + period_ns - near_ns
    return first_ns < period[1] and period[0] < last_ns


def _cut(head: StreamHead, grid_ns: int) -> PeriodError:
    period, into = f"{head.period_ms / 1000:g} s", f"{grid_ns / NS_PER_S:g} s"
    what = Words(
        f"a reading stands for {period}, and its hours would begin {into} behind those of UTC",
        f"每个读数代表 {period}，而各小时将比 UTC 整点晚 {into} 开始",
    )
    limit = Words("a period that divides this", "能整除该偏移的采集周期")
    return PeriodError(head.channel, what=what, limit=limit)
