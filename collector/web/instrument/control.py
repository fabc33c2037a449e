"""The figure of a control chart: drift of zero or span against its limits. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from calibration.gas_check.check import GasCheck
from collector.web.figure import Frame, Scale, element, line, text, titled
from collector.web.instrument.asked import Period, Step
from collector.web.instrument.chart import step_of_ticks, ticks, told_as
from collector.web.instrument.checks import ControlChart, Limit, told_percent_to, told_to
from collector.web.numbers import beside, significant
from evidence.clock import NS_PER_S

_ASIDE: Final = 170
"""Room for the words of the limits, beside the figure: no curve crosses them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the figure says.

    Attributes:
        name, description: For whoever does not see it.
        unit: Of the figures.
        limit: Of one side of a limit, in words.
        outcome: Of a check, in words.
    """

    name: str
    description: str
    unit: str
    limit: Callable[[Limit], str]
    outcome: Callable[[GasCheck], str]


def control(chart: ControlChart, zone: ZoneInfo, words: Words) -> Markup:
    """The figure.

    Args:
        chart: With one check at least.
        zone: Of the times below.
        words: That it says.
    """
    frame = Frame(height=240, right=_ASIDE)
    first, last = chart.figures[0][0].start_ns, chart.figures[-1][0].end_ns
    room = max((last - first) // 40, 3600 * NS_PER_S)
    period = Period(start_ns=max(0, first - room), end_ns=last + room, step=Step.HOUR)
    x = Scale(
        low=period.start_ns / NS_PER_S,
        high=period.end_ns / NS_PER_S,
        first=frame.left,
        last=frame.width - frame.right,
    )
    heights = [figure for _, figure in chart.figures]
    bounds = [sign * each.at_most for each in chart.limits for sign in (-1.0, 1.0)]
    y = frame.up([*heights, *bounds, 0.0])
    content = [
        frame.axes(x, y, lambda _: "", lambda value: significant(value, 4)),
        *_times(frame, x, period, zone),
        text(frame.left, 11, words.unit, class_="name"),
        *_limits(frame, y, chart, words),
        line([(x.at(each.end_ns / NS_PER_S), y.at(value)) for each, value in chart.figures]),
        *_points(x, y, chart, words),
    ]
    return frame.sheet(content, words.name, words.description)


def _times(frame: Frame, x: Scale, period: Period, zone: ZoneInfo) -> Iterator[Markup]:
    foot, step = frame.height - frame.bottom, step_of_ticks(period.end_ns - period.start_ns)
    for at_ns in ticks(period, zone, step):
        at = x.at(at_ns / NS_PER_S)
        yield line([(at, foot), (at, foot + 4)], "axis")
        yield text(at, foot + 18, told_as(at_ns, zone, step), "middle")


def _limits(frame: Frame, y: Scale, chart: ControlChart, words: Words) -> Iterator[Markup]:
    for each in chart.limits:
        kind = "caution" if each.outcome == "pass" else "limit"
        for sign in (1.0, -1.0):
            at = y.at(sign * each.at_most)
            yield line([(frame.left, at), (frame.width - frame.right, at)], kind)
        yield text(frame.width - frame.right + 8, y.at(each.at_most) + 4, words.limit(each))


def _points(x: Scale, y: Scale, chart: ControlChart, words: Words) -> Iterator[Markup]:
    for each, value in chart.figures:
        kind = "point" if each.outcome == "pass" else "alarm"
        mark = element("circle", cx=x.at(each.end_ns / NS_PER_S), cy=y.at(value), r=4, class_=kind)
        yield titled(mark, f"{_told(chart, each, value)} {words.unit} · {words.outcome(each)}")


def _told(chart: ControlChart, check: GasCheck, value: float) -> str:
    """The figure of a check to the digits that its U allows."""
    expanded = told_percent_to(check) if chart.of_full_scale else told_to(check)
    return beside(value, expanded) if expanded else significant(value, 2)
