"""Drawings as SVG; matplotlib is imported here and in what draws more than curves.

Numbers, symbols, units and ids are written as text, never as formulas, and the reader's own
font shows them.
"""

import io
import warnings
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from calibration.series import Series

STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "carbonmeter",
    "font.size": 9.0,
    "text.parse_math": False,
}
BLUE, GREY = "#1f5fa8", "#777777"


def curve_svg(curve: Series, points: Series, labels: tuple[str, str]) -> str:
    """A function with its expanded uncertainty, and the points with theirs.

    Args:
        curve: the function at many arguments.
        points: that it goes through, or by.
        labels: of the axes.
    """
    with mpl.rc_context(STYLE):
        figure, axes = axes_of(labels)
        band = list(zip(curve.value, curve.expanded_uncertainty, strict=True))
        low, high = [y - wide for y, wide in band], [y + wide for y, wide in band]
        axes.fill_between(curve.at, low, high, color=BLUE, alpha=0.18, linewidth=0.0)
        axes.plot(curve.at, curve.value, color=BLUE, linewidth=1.2)
        put_points(axes, points, "black")
        return svg(figure)


def stems_svg(at: tuple[float, ...], heights: tuple[float, ...], labels: tuple[str, str]) -> str:
    """Heights at arguments, with the lines 0 and +-2 (twice a standard uncertainty)."""
    with mpl.rc_context(STYLE):
        figure, axes = axes_of(labels)
        axes.stem(at, heights, basefmt=" ")
        for line in (-2.0, 0.0, 2.0):
            axes.axhline(line, color=GREY, linewidth=0.7, linestyle="--" if line else "-")
        return svg(figure)


def axes_of(labels: tuple[str, str]) -> tuple[Figure, Axes]:
    """An empty drawing with the names of its axes."""
    figure = Figure(figsize=(6.4, 2.8), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    axes.grid(visible=True, alpha=0.25)
    return figure, axes


def put_points(axes: Axes, points: Series, color: str, label: str | None = None) -> None:
    """Draws points with their expanded uncertainties."""
    axes.errorbar(
        points.at,
        points.value,
        yerr=points.expanded_uncertainty,
        fmt="o",
        markersize=3.5,
        capsize=3.0,
        color=color,
        linewidth=0.9,
        label=label,
    )


def svg(figure: Figure) -> str:
    """The element alone, without the XML head; the same drawing gives the same text."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that only the reader's font has
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
