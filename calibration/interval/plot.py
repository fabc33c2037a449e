"""Pictures of growing deviations; the only file of this folder that imports matplotlib.

Figures are made by its object interface and drawn as SVG with text as outlines, so that no
display, no window and no font is needed, and the same input gives the same bytes.
"""

import io
from collections.abc import Sequence
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from calibration.interval.errors import PlotError
from calibration.interval.growth import Growth
from calibration.interval.history import Deviations
from calibration.interval.reach import Allowed, Reach

_DRAWN: Final = 400
_BEYOND: Final = 1.1
_MOST_CHARACTERS: Final = 40


def draw_growth(
    history: Deviations, growth: Growth, allowed: Allowed, reach: Reach, unit: str = ""
) -> bytes:
    """An SVG of the deviations, the fitted growth and its band of coverage against time.

    Args:
        history: What was found.
        growth: Fitted to it.
        allowed: Probability of the band, and limits, drawn as deviations from the start.
        reach: Times that are marked.
        unit: Of the deviations, UCUM; at most 40 printable ASCII characters.

    Raises:
        PlotError: the unit cannot be drawn.
    """
    if len(unit) > _MOST_CHARACTERS or not (unit.isascii() and unit.isprintable()):
        limit = f"ASCII, <= {_MOST_CHARACTERS}"
        raise PlotError("unit", found=ascii(unit[:_MOST_CHARACTERS]), limit=limit)
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    times = [reach.uncertainty, reach.limits_two_sided, reach.limits_one_sided]
    marks = [each for each in times if each is not None]
    _draw_band(axes, growth, allowed, _BEYOND * max(growth.longest_days, *marks, 0.0))
    _draw_limits(axes, allowed, marks)
    axes.plot(history.days, history.deviation, "o", color="black", label=r"$\delta_i$")
    axes.set_xlabel("t / d", parse_math=False)
    axes.set_ylabel(f"\N{GREEK SMALL LETTER DELTA} / {unit or '1'}", parse_math=False)
    axes.legend()
    return _svg(figure)


def _draw_band(axes: Axes, growth: Growth, allowed: Allowed, longest: float) -> None:
    days = np.linspace(0.0, longest, _DRAWN)
    middle = growth.deviation(days)
    half = growth.two_sided_factor(allowed.probability) * growth.standard_uncertainty(days)
    axes.plot(days, middle, color="tab:blue", label=r"$\delta(t)$")
    label = rf"$\delta(t) \pm k\,u(t),\ p = {allowed.probability:g}$"
    axes.fill_between(days, middle - half, middle + half, alpha=0.2, color="tab:blue", label=label)


def _draw_limits(axes: Axes, allowed: Allowed, marks: Sequence[float]) -> None:
    limits = allowed.limits
    ends = {} if limits is None else {"$T_L - y_0$": limits.lower, "$T_U - y_0$": limits.upper}
    for label, end in ends.items():
        if end is not None:
            axes.axhline(end - allowed.start, color="tab:red", linestyle="--", label=label)
    for days in marks:
        axes.axvline(days, color="grey", linestyle=":")


def _svg(figure: Figure) -> bytes:
    picture = io.BytesIO()
    FigureCanvasSVG(figure)
    with mpl.rc_context({"svg.hashsalt": "carbonmeter", "svg.fonttype": "path"}):
        figure.savefig(picture, format="svg", metadata={"Date": None, "Creator": None})
    return picture.getvalue()
