"""How a value moves away after calibration, and its uncertainty with it (NASA-HDBK-8739.19-5).

The deviation since calibration is a polynomial without a constant: at t = 0 nothing has moved
(table 7-2, as published with another program's tests; the handbook itself was not seen).
"""

import math
from typing import Final

import msgspec
import numpy as np
import scipy

from calibration.fit.exact import solve
from calibration.fit.result import rows_of
from calibration.function import Floats
from calibration.interval.errors import HistoryError, IntervalNumberError
from calibration.interval.history import LARGEST, Deviations

MOST_DEGREE: Final = 3


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """delta(t) = b1*t + b2*t^2 + ..., with t in days; made by `fit_growth`.

    Args:
        coefficients: b1, b2, ..., in the unit of the value per day, per day squared, ...
        covariance: of them, from the scatter about the polynomial.
        residual_standard_deviation: s_yx, over n - m degrees of freedom.
        degrees_of_freedom: n - m.
        start_standard_uncertainty: u0, of the value at calibration.
        longest_days: of the history; beyond it the polynomial is prolonged.
    """

    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    residual_standard_deviation: float
    degrees_of_freedom: int
    start_standard_uncertainty: float
    longest_days: float

    def deviation(self, days: Floats) -> Floats:
        """Delta(t), shape as `days`."""
        return np.asarray(_powers(days, len(self.coefficients)) @ np.array(self.coefficients))

    def standard_uncertainty(self, days: Floats) -> Floats:
        """U(t), with u^2 = u0^2 + s_yx^2*(1 + x^T (X^T X)^-1 x): of one value at that time."""
        powers = _powers(days, len(self.coefficients))
        fitted = np.sum((powers @ np.array(self.covariance)) * powers, axis=-1)
        fresh = self.start_standard_uncertainty**2 + self.residual_standard_deviation**2
        return np.asarray(np.sqrt(fresh + np.maximum(fitted, 0.0)))

    def one_sided_factor(self, probability: float) -> float:
        """Student's t that is not exceeded with a probability, for the degrees of freedom."""
        return float(scipy.special.stdtrit(self.degrees_of_freedom, probability))

    def two_sided_factor(self, probability: float) -> float:
        """Student's t that is not exceeded in magnitude with a probability."""
        return self.one_sided_factor((1.0 + probability) / 2.0)


def fit_growth(history: Deviations, start_standard_uncertainty: float, degree: int = 1) -> Growth:
    """The polynomial without a constant through deviations, by ordinary least squares.

    Args:
        history: n deviations, more than `degree`.
        start_standard_uncertainty: u0 at calibration, 0 < u0 <= 1e30, in the unit of the values.
        degree: m, 1 to 3.

    Raises:
        HistoryError: too few deviations, or too few different times.
        IntervalNumberError: a number is outside what it can be.
    """
    u0 = start_standard_uncertainty
    if not 0.0 < u0 <= LARGEST:
        limit = f"0 < u <= {LARGEST:g}"
        raise IntervalNumberError("growth", name="standard_uncertainty", value=u0, limit=limit)
    if not 1 <= degree <= MOST_DEGREE:
        limit = f"1 .. {MOST_DEGREE}"
        raise IntervalNumberError("growth", name="degree", value=degree, limit=limit)
    days, n = np.array(history.days), len(history.days)
    if n <= degree:
        raise HistoryError("growth", found=f"{n} deviations", limit=f">= {degree + 1}")
    return _fitted(days, np.array(history.deviation), u0, degree)


def _fitted(days: Floats, deviation: Floats, u0: float, degree: int) -> Growth:
    longest = float(np.max(days))
    unit = 2.0 ** math.ceil(math.log2(longest))  # a power of 2 changes no digit
    try:
        found = solve(_powers(days / unit, degree), deviation)
    except np.linalg.LinAlgError as cause:
        times = len(set(days.tolist()))
        raise HistoryError("growth", found=f"{times} times", limit=f">= {degree}") from cause
    nu = len(days) - degree
    variance = math.fsum(found.residuals**2) / nu
    down = unit ** -np.arange(1.0, degree + 1.0)
    return Growth(
        coefficients=tuple((found.coefficients * down).tolist()),
        covariance=rows_of(variance * found.inverse * down[:, None] * down),
        residual_standard_deviation=math.sqrt(variance),
        degrees_of_freedom=nu,
        start_standard_uncertainty=u0,
        longest_days=longest,
    )


def _powers(days: Floats, degree: int) -> Floats:
    """Columns t, t^2, ...; shape of `days` and one axis more."""
    return np.asarray(days[..., None] ** np.arange(1.0, degree + 1.0))
