"""A period's hours: whether they can be of it, and all of them as one. Pure."""

from collections.abc import Sequence

from calibration.increment import NS_PER_HOUR
from calibration.window import FlowWindow, RegisterWindow, Window, merge_flow, merge_register
from evidence.errors import PeriodError, Words


def merged(windows: Sequence[Window]) -> Window:
    """One window over all of one channel's windows; at least one.

    Raises:
        PeriodError: some are of a register and some are not.
        WindowMergeError: windows of two channels, or that overlap or do not join.
    """
    registers = [each for each in windows if isinstance(each, RegisterWindow)]
    flows = [each for each in windows if isinstance(each, FlowWindow)]
    if registers and flows:
        what = Words(
            "some hours are of a register, others of a rate", "部分小时为累计值，部分为流量"
        )
        limit = Words("hours of one kind", "同一种小时数据")
        raise PeriodError(registers[0].channel, what=what, limit=limit)
    return merge_register(registers) if registers else merge_flow(flows)


def require_hours(windows: Sequence[Window], period: tuple[int, int]) -> None:
    """Returns if windows can be of a period: at least one, all inside, and at full hours.

    Args:
        windows: of one channel.
        period: start and end in UTC ns.

    Raises:
        PeriodError: they cannot.
    """
    start, end = period
    if not start < end or start % NS_PER_HOUR or end % NS_PER_HOUR:
        what = Words("it does not run from full hour to full hour", "起止不是先后两个整点")
        raise PeriodError("period", what=what, limit=Words("full UTC hours", "UTC 整点"))
    if not windows:
        what = Words("no hour of it has been received", "尚未收到其中任何小时的数据")
        raise PeriodError("period", what=what, limit=Words("one hour", "至少一小时"))
    if any(each.start_ns < start or each.end_ns > end for each in windows):
        what = Words("a window lies outside of it", "有时间窗超出该期间")
        raise PeriodError("period", what=what, limit=Words("its own hours", "期间内的小时"))
