"""A drawing of how an instrument moved; matplotlib is imported here and nowhere else."""

from pathlib import Path

from matplotlib.figure import Figure

from calibration.history.shift import COVERAGE_FACTOR, Shift


def draw(shifts: tuple[Shift, ...], path: Path) -> None:
    """Writes an SVG: as left and as found of each pair of certificates against the argument.

    Only symbols, units and ids are written, so that no font of any language is needed.
    """
    figure = Figure(figsize=(8.0, 3.2 * len(shifts)), layout="constrained")
    for axes, shift in zip(figure.subplots(len(shifts), squeeze=False)[:, 0], shifts, strict=True):
        at = [point.at for point in shift.points]
        found = [point.as_found for point in shift.points]
        wide = [COVERAGE_FACTOR * point.standard_uncertainty for point in shift.points]
        axes.plot(at, [point.as_left for point in shift.points], marker="o", label=shift.before)
        axes.errorbar(at, found, yerr=wide, marker="s", capsize=3, label=shift.after)
        axes.set_xlabel(shift.argument_unit)
        axes.set_ylabel("e" if shift.result == "relative_error" else shift.unit)
        axes.set_title(f"{shift.serial}  {shift.begins} - {shift.ends}")
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    figure.savefig(path, format="svg")
