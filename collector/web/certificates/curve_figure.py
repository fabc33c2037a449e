"""A calibration curve with its points, its limits and its residuals, as figures. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from calibration.unit_symbol import symbol
from collector.web.certificates.curves import Plot
from collector.web.figure import Frame, Scale, band, element, line, text, titled
from collector.web.numbers import significant, stated
from collector.web.words import say

Pair = tuple[float, float]
_LOW: Final = Frame(height=180)


def curve_figure(plot: Plot, name: str, language: str) -> Markup:
    """The function with U (k = 2), the points with theirs, and the limits that they must keep.

    Args:
        plot: What is drawn.
        name: Of the figure.
        language: Of its description.
    """
    frame = Frame()
    x = frame.across(each[0] for each in (*plot.curve, *plot.points))
    y = frame.up(_heights(plot))
    marks = [
        frame.axes(x, y, significant, significant),
        *axis_words(frame, symbol(plot.argument_unit), symbol(plot.unit)),
        *_curve(plot, x, y),
        *_limits(plot.limits, "limit", x, y),
        *_limits(plot.acceptance, "line2", x, y),
        *points_marks(plot.points, plot.unit, x, y),
    ]
    return frame.sheet(marks, name, say("certificate.curve_description", language))


def _heights(plot: Plot) -> Iterator[float]:
    for _, value, U in (*plot.curve, *plot.points):
        yield from (value - U, value + U)
    for _, half in plot.limits:
        yield from (-half, half)
    if plot.is_deviation:
        yield 0.0


def _curve(plot: Plot, x: Scale, y: Scale) -> Iterator[Markup]:
    upper = [(x.at(at), y.at(value + U)) for at, value, U in plot.curve]
    lower = [(x.at(at), y.at(value - U)) for at, value, U in plot.curve]
    yield band(upper, lower)
    yield line([(x.at(at), y.at(value)) for at, value, _ in plot.curve])


def _limits(halves: Sequence[Pair], class_: str, x: Scale, y: Scale) -> Iterator[Markup]:
    if halves:
        yield line([(x.at(at), y.at(half)) for at, half in halves], class_)
        yield line([(x.at(at), y.at(-half)) for at, half in halves], class_)


def points_marks(
    points: Sequence[tuple[float, float, float]], unit: str, x: Scale, y: Scale
) -> Iterator[Markup]:
    """Points with whiskers of U, each with its words."""
    for at, value, U in points:
        place = x.at(at)
        whisker = line([(place, y.at(value - U)), (place, y.at(value + U))], "whisker")
        point = element("circle", cx=place, cy=y.at(value), r=4, class_="point")
        yield titled(whisker + point, f"{significant(at)}: {stated(value, U)} {symbol(unit)}")


def axis_words(frame: Frame, across: str, up: str) -> Iterator[Markup]:
    """The units at the ends of the axes."""
    yield text(frame.width - frame.right, frame.height - 4, across, "end")
    yield text(6, 12, up)


def residual_figure(plot: Plot, name: str, language: str) -> Markup:
    """What is left of each point after the function, by its own u; lines at 0 and twice u."""
    frame = _LOW
    x = frame.across(each[0] for each in (*plot.curve, *plot.points))
    y = frame.up([-2.5, 2.5, *(each[1] for each in plot.residuals)])
    ends = frame.left, frame.width - frame.right
    marks = [
        frame.axes(x, y, significant, significant),
        *axis_words(frame, symbol(plot.argument_unit), "r/u"),
        *(line([(end, y.at(at)) for end in ends], "limit") for at in (-2.0, 2.0)),
        line([(end, y.at(0.0)) for end in ends], "axis"),
        *(_stem(at, by_u, x, y) for at, by_u in plot.residuals),
    ]
    return frame.sheet(marks, name, say("certificate.residual_description", language))


def _stem(at: float, by_u: float, x: Scale, y: Scale) -> Markup:
    place = x.at(at)
    stem = line([(place, y.at(0.0)), (place, y.at(by_u))], "whisker")
    point = element("circle", cx=place, cy=y.at(by_u), r=4, class_="point")
    return titled(stem + point, f"{significant(at)}: {by_u:.2f}")
