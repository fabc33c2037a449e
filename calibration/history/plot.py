"""A drawing of how an instrument moved between its certificates."""

import matplotlib as mpl
from matplotlib.figure import Figure

from calibration.drawing import BLUE, STYLE, put_points, svg
from calibration.history.shift import COVERAGE_FACTOR, Shift
from calibration.series import Series


def shifts_svg(shifts: tuple[Shift, ...]) -> str:
    """As left and as found of each pair of certificates against the argument, one below another.

    The U (k = 2) drawn at the later one is that of the difference.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 2.8 * len(shifts)), layout="constrained")
        rows = figure.subplots(len(shifts), squeeze=False)[:, 0]
        for axes, shift in zip(rows, shifts, strict=True):
            at = tuple(point.at for point in shift.points)
            left = [point.as_left for point in shift.points]
            axes.plot(at, left, marker="o", color=BLUE, label=shift.before)
            put_points(axes, _found(shift, at), "black", shift.after)
            axes.set_xlabel(shift.argument_unit)
            axes.set_ylabel("e" if shift.result == "relative_error" else shift.unit)
            axes.set_title(f"{shift.serial}  {shift.begins} - {shift.ends}")
            axes.grid(visible=True, alpha=0.25)
            axes.legend()
        return svg(figure)


def _found(shift: Shift, at: tuple[float, ...]) -> Series:
    return Series(
        at=at,
        value=tuple(point.as_found for point in shift.points),
        expanded_uncertainty=tuple(
            COVERAGE_FACTOR * point.standard_uncertainty for point in shift.points
        ),
    )
