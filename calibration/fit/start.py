"""Parameters from which the minimum of a fit lies downhill (pure)."""

from typing import Final

import numpy as np

from calibration.form import Form
from calibration.function import Floats

_EXPONENTS: Final = np.linspace(-0.9, 3.0, 40)
_GROWTHS: Final = np.concatenate((-np.geomspace(30.0, 0.03, 20), np.geomspace(0.03, 30.0, 20)))


def start_of(form: Form, x: Floats, y: Floats) -> Floats:
    """Parameters near the least sum of squares, by solving for the linear ones on a grid.

    Args:
        form: "polynomial", "power" or "exponential".
        x: Arguments, shape (n,).
        y: Values, shape (n,).
    """
    if form.name == "polynomial":
        return _linear(form.gradient(x, np.zeros(form.size)), y)[0]
    span = float(np.max(x) - np.min(x)) or 1.0
    grid = _EXPONENTS if form.name == "power" else _GROWTHS / span
    tried = [_with(form, x, y, float(bend)) for bend in grid]
    return min(tried, key=lambda each: each[1])[0]


def _with(form: Form, x: Floats, y: Floats, bend: float) -> tuple[Floats, float]:
    """The parameters for one exponent or growth, and the sum of squares they leave."""
    shape = form.gradient(x, np.array([0.0, 1.0, bend]))[:, :2]
    found, left = _linear(shape, y)
    return np.array([*found, bend]), left


def _linear(design: Floats, y: Floats) -> tuple[Floats, float]:
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(design, axis=0)
    if not np.all(np.isfinite(lengths)) or not np.all(lengths > 0.0):
        return np.zeros(design.shape[1]), np.inf
    found = np.linalg.lstsq(design / lengths, y, rcond=None)[0] / lengths
    return found, float(np.sum((y - design @ found) ** 2))
