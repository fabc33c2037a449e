"""A fitted function with all that was found out about it (pure)."""

from typing import Literal

import msgspec
import numpy as np

from calibration.fit.goodness import Goodness
from calibration.form import Form, Polynomial
from calibration.function import CURVES, CalibrationFunction, Floats

Method = Literal["ols", "wls", "gls", "eiv"]
Convention = Literal["scatter", "stated", "adjusted_points", "implicit"]
FormName = Literal["polynomial", "power", "exponential"]


class Centred(msgspec.Struct, frozen=True, kw_only=True):
    """A polynomial in powers of t = (x - centre)/scale: the numbers that lose no digits.

    Args:
        centre, scale: of the arguments.
        coefficients: ascending powers of t.
        covariance: of them.
    """

    centre: float
    scale: float
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration function fitted to points.

    Args:
        form: of the function.
        method: ordinary, weighted or generalised least squares, or errors in both variables.
        coefficients: of a polynomial in ascending powers of x itself.
        covariance: of the coefficients.
        covariance_convention: what it states. "scatter": the points' own scatter, with n - p
            degrees of freedom; "stated": the stated uncertainties (ISO/TS 28037, 6 and 9); for
            errors in both variables "adjusted_points": Gauss-Newton's at the adjusted points
            (ISO/TS 28037, 7 and 10; York 2004), or "implicit": the exact first-order propagation
            of all points through the minimum. Those two differ, by 1 % for Pearson's points.
        measuring_interval: from the smallest argument to the largest.
        goodness: what the deviations say.
        condition_number: of the design, its columns of unit length.
        centred: of a polynomial.
    """

    form: FormName
    method: Method
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    covariance_convention: Convention
    measuring_interval: tuple[float, float]
    goodness: Goodness
    condition_number: float
    centred: Centred | None = None

    @property
    def standard_uncertainties(self) -> tuple[float, ...]:
        """Of the coefficients."""
        variances = np.diagonal(np.array(self.covariance))
        return tuple(np.sqrt(variances).tolist())

    @property
    def family(self) -> Form:
        """The form, as a family of functions."""
        if self.form == "polynomial":
            return Polynomial(len(self.coefficients) - 1)
        return CURVES[self.form]

    def value(self, x: Floats) -> Floats:
        """F at arguments of shape (n,)."""
        if self.centred is None:
            return self.family.value(x, np.array(self.coefficients))
        coefficients = np.array(self.centred.coefficients)
        return self.family.value((x - self.centred.centre) / self.centred.scale, coefficients)

    def sensitivity(self, x: Floats) -> Floats:
        """df/dx at arguments of shape (n,)."""
        if self.centred is None:
            return self.family.slope(x, np.array(self.coefficients))
        t = (x - self.centred.centre) / self.centred.scale
        return self.family.slope(t, np.array(self.centred.coefficients)) / self.centred.scale

    def value_covariance(self, x: Floats) -> Floats:
        """Covariance of f at arguments of shape (n,) through the coefficients, shape (n, n).

        Results read through one curve are correlated (ISO 6143:2001, 5.3).
        """
        if self.centred is None:
            gradient = self.family.gradient(x, np.array(self.coefficients))
            return np.asarray(gradient @ np.array(self.covariance) @ gradient.T)
        t = (x - self.centred.centre) / self.centred.scale
        gradient = self.family.gradient(t, np.array(self.centred.coefficients))
        return np.asarray(gradient @ np.array(self.centred.covariance) @ gradient.T)

    def function(self) -> CalibrationFunction:
        """The function that a certificate holds and an agent applies.

        The powers of a polynomial are of (x - centre), as `calibration.function` keeps them. The
        interval of a power whose slope is infinite at 0 begins at a thousandth of its end.

        Raises:
            CertificateError: the scatter gives no uncertainty, or the function is not finite.
        """
        coefficients, covariance, centre = self._about_centre()
        scatter = self.covariance_convention == "scatter"
        return CalibrationFunction(
            form=self.form,
            coefficients=tuple(coefficients.tolist()),
            covariance=rows_of(covariance),
            measuring_interval=self._applicable_interval(),
            centre=centre,
            degrees_of_freedom=float(self.goodness.degrees_of_freedom) if scatter else None,
        )

    def _about_centre(self) -> tuple[Floats, Floats, float]:
        """Coefficients of powers of (x - centre) with their covariance, or those that there are."""
        if self.centred is None:
            return np.array(self.coefficients), np.array(self.covariance), 0.0
        orders = np.arange(len(self.coefficients), dtype=np.float64)
        down = self.centred.scale**-orders
        covariance = np.array(self.centred.covariance) * down[:, None] * down
        return np.array(self.centred.coefficients) * down, covariance, self.centred.centre

    def _applicable_interval(self) -> tuple[float, float]:
        low, high = self.measuring_interval
        is_steep = self.form == "power" and self.coefficients[2] <= 0.0
        return (max(low, 1e-3 * high), high) if is_steep else (low, high)


def rows_of(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    """A matrix as it is kept."""
    return tuple(tuple(row) for row in matrix.tolist())
