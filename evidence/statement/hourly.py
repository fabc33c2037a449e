"""A period's hours: whether they can be of it, and all of them as one. Pure."""

from collections.abc import Sequence

from calibration.grid import FINEST_NS
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


def require_period(period: tuple[int, int]) -> None:
    """Returns if a period can be told: so many full hours, from a full quarter of an hour on.

    Args:
        period: start and end in UTC ns.

    Raises:
        PeriodError: it cannot.
    """
    start, end = period
    if not start < end or start % FINEST_NS or (end - start) % NS_PER_HOUR:
        what = Words(
            "it does not run over full hours from a full quarter of an hour on",
            "并非自整刻起的若干整小时",
        )
        raise PeriodError("period", what=what, limit=Words("full hours", "整小时"))


def require_utc_hours(period: tuple[int, int], where: str) -> None:
    """Returns if a period runs from full hour to full hour of UTC, as rules and plans count them.

    Raises:
        PeriodError: it does not.
    """
    if period[0] % NS_PER_HOUR or period[1] % NS_PER_HOUR:
        what = Words(
            "it does not lie at full hours of UTC, by which rules count",
            "起止不在 UTC 整点，而规则按 UTC 整点小时计",
        )
        limit = Words(
            "full UTC hours, such as 2026-03-31T16:00:00Z", "UTC 整点，如 2026-03-31T16:00:00Z"
        )
        raise PeriodError(where, what=what, limit=limit)


def require_hours(windows: Sequence[Window], period: tuple[int, int]) -> None:
    """Returns if windows can be of a period: at least one, all inside.

    Args:
        windows: of one channel.
        period: start and end in UTC ns.

    Raises:
        PeriodError: they cannot, or the period is none that can be told.
    """
    start, end = period
    require_period(period)
    if not windows:
        what = Words("no hour of it has been received", "尚未收到其中任何小时的数据")
        raise PeriodError("period", what=what, limit=Words("one hour", "至少一小时"))
    if any(each.start_ns < start or each.end_ns > end for each in windows):
        what = Words("a window lies outside of it", "有时间窗超出该期间")
        raise PeriodError("period", what=what, limit=Words("its own hours", "期间内的小时"))
