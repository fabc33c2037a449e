"""The drawings of a certificate's page as SVG; matplotlib is imported here and nowhere else.

Only numbers, symbols and units are written, so that no font of any language is needed.
"""

import io
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calibration.report.content import Curve, PointRow

_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "carbonmeter",
    "font.size": 9.0,
}
_BLUE, _GREY = "#1f5fa8", "#777777"


def curve_svg(curve: Curve, points: tuple[PointRow, ...], x_unit: str, y_unit: str) -> str:
    """The function with its expanded uncertainty, and the points with theirs."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes(x_unit, y_unit)
        low = [y - wide for y, wide in zip(curve.value, curve.expanded_uncertainty, strict=True)]
        high = [y + wide for y, wide in zip(curve.value, curve.expanded_uncertainty, strict=True)]
        axes.fill_between(curve.at, low, high, color=_BLUE, alpha=0.18, linewidth=0.0)
        axes.plot(curve.at, curve.value, color=_BLUE, linewidth=1.2)
        axes.errorbar(
            [point.at for point in points],
            [point.value for point in points],
            yerr=[point.expanded_uncertainty for point in points],
            fmt="o",
            markersize=3.5,
            capsize=3.0,
            color="black",
            linewidth=0.9,
        )
        return _svg(figure)


def residuals_svg(points: tuple[PointRow, ...], x_unit: str) -> str:
    """The points' residuals divided by their standard uncertainties, with the lines +-2."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes(x_unit, "r/u")
        shown = [(point.at, point.by_u) for point in points if point.by_u is not None]
        axes.stem([at for at, _ in shown], [by_u for _, by_u in shown], basefmt=" ")
        for line in (-2.0, 0.0, 2.0):
            axes.axhline(line, color=_GREY, linewidth=0.7, linestyle="--" if line else "-")
        return _svg(figure)


def _axes(x_label: str, y_label: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.4, 2.8), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(visible=True, alpha=0.25)
    return figure, axes


def _svg(figure: Figure) -> str:
    """The element alone, without the XML head, so that it stands within a page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
