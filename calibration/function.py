"""Calibration functions: value, sensitivity and components at an argument (VIM 4.31).

A polynomial is kept in ascending powers of (x - centre); a piecewise linear function by its
values at knots; a power and an exponential as ISO 6143 writes them. With the derivatives of f by
the coefficients, u(f)^2 = gradient V gradient^T, V being the coefficients' covariance. Ignoring
V's off-diagonal part is the classic mistake: in GUM H.3 it gives 0.0073 where 0.0041 is right.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

import msgspec
import numpy as np

from calibration import form as forms
from calibration.curves import Carried, Curve, Exponential, Power
from calibration.errors import CertificateError, Words
from calibration.uncertainty import Influence, UncertaintyComponent

Floats = forms.Floats
FormName = Literal["polynomial", "piecewise_linear", "power", "exponential"]
CURVES: Final[Mapping[str, Curve]] = {"power": Power(), "exponential": Exponential()}
"""The forms that beyond the measuring interval go on along their tangents."""


class CalibrationFunction(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True
):
    """A function fitted to a calibration's results, with its coefficients' covariance.

    Args:
        form: "polynomial" in powers of (x - centre), "piecewise_linear" with values at knots,
            "power" b0 + b1*x^(1 + b2), or "exponential" b0 + b1*exp(b2*x) (ISO 6143:2001).
        coefficients: ascending powers, the values at the knots, or b0, b1, b2.
        covariance: of the coefficients, symmetric and positive semi-definite.
        measuring_interval: arguments for which the certificate holds (VIM 4.7); of a power, from
            0 on, and above 0 where b2 <= 0. Beyond it a power and an exponential go on along
            their tangents at its ends.
        centre: of a polynomial.
        knots: of a piecewise linear function, strictly ascending.
        degrees_of_freedom: of the fit's scatter; None stands for infinite.

    Raises:
        CertificateError: lengths, order, symmetry or definiteness are wrong.
    """

    form: FormName
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    measuring_interval: tuple[float, float]
    centre: float = 0.0
    knots: tuple[float, ...] = ()
    degrees_of_freedom: float | None = None

    def __post_init__(self) -> None:
        _check_shape(self)
        _check_finite(self)
        _check_form(self)
        _ = self.factor  # refuses a covariance that cannot be one

    @cached_property
    def factor(self) -> Floats:
        """A matrix L with L L^T = covariance, shape (p, p), columns in declared order."""
        return factor_of(np.array(self.covariance, dtype=np.float64))

    @cached_property
    def shape(self) -> forms.Form:
        """The form, as a family of functions."""
        if self.form == "polynomial":
            return forms.Polynomial(len(self.coefficients) - 1, self.centre)
        if self.form == "piecewise_linear":
            return forms.PiecewiseLinear(self.knots)
        return Carried(CURVES[self.form], *self.measuring_interval)

    @cached_property
    def parameters(self) -> Floats:
        """The coefficients, shape (p,)."""
        return np.array(self.coefficients)

    def value(self, x: Floats) -> Floats:
        """F at arguments of shape (n,)."""
        return self.shape.value(x, self.parameters)

    def sensitivity(self, x: Floats) -> Floats:
        """df/dx at arguments of shape (n,); of a piecewise linear function, of the piece."""
        return self.shape.slope(x, self.parameters)

    def gradient(self, x: Floats) -> Floats:
        """Derivatives of f(x) by each coefficient, shape (n, p), for arguments of shape (n,)."""
        return self.shape.gradient(x, self.parameters)

    @cached_property
    def slopes(self) -> Floats:
        """Of a polynomial, the coefficients of f'; of a piecewise linear function, each piece's."""
        if self.form == "polynomial":
            return np.asarray(self.parameters[1:] * np.arange(1, len(self.coefficients)))
        return np.asarray(np.diff(self.parameters) / np.diff(np.array(self.knots)))

    def contributions(self, x: Floats) -> Floats:
        """Signed contributions c*u of the function's influences, shape (n, p)."""
        return np.asarray(self.gradient(x) @ self.factor)

    def value_covariance(self, x: Floats) -> Floats:
        """Covariance of f at arguments of shape (n,) through the coefficients, shape (n, n)."""
        parts = self.contributions(x)
        return np.asarray(parts @ parts.T)

    def influences(self, certificate: str) -> tuple[Influence, ...]:
        """The influences `cert:<id>/<k>`, one for each column of `factor`."""
        return tuple(
            Influence(
                id=f"cert:{certificate}/{k}",
                evaluation="B" if self.degrees_of_freedom is None else "A",
                degrees_of_freedom=self.degrees_of_freedom,
                dof_source=f"cert:{certificate}",
            )
            for k in range(len(self.coefficients))
        )

    def components(self, x: float, certificate: str) -> tuple[UncertaintyComponent, ...]:
        """The components of f at one argument."""
        row = self.contributions(np.array([x], dtype=np.float64))[0]
        return tuple(
            UncertaintyComponent(influence=influence, contribution=float(part))
            for influence, part in zip(self.influences(certificate), row, strict=True)
        )


def factor_of(covariance: Floats) -> Floats:
    """Lower triangular L with L L^T = covariance, also for a semi-definite one, shape (p, p).

    Cholesky's method; a pivot that vanishes within rounding leaves a column of zeros.

    Raises:
        CertificateError: the matrix is not symmetric, or not positive semi-definite.
    """
    if not np.allclose(covariance, covariance.T, rtol=1e-9, atol=0.0):
        _refuse(Words("the covariance is not symmetric", "协方差矩阵不对称"))
    if not _is_semi_definite(covariance):
        _refuse(Words("the covariance is not positive semi-definite", "协方差矩阵不是半正定的"))
    size = len(covariance)
    lower = np.zeros((size, size))
    for k in range(size):
        pivot = float(covariance[k, k] - lower[k, :k] @ lower[k, :k])
        if pivot <= 1e-14 * float(covariance[k, k]):
            continue
        lower[k, k] = math.sqrt(pivot)
        rest = covariance[k + 1 :, k] - lower[k + 1 :, :k] @ lower[k, :k]
        lower[k + 1 :, k] = rest / lower[k, k]
    return lower


def _is_semi_definite(covariance: Floats) -> bool:
    """Whether no combination of the coefficients has a negative variance, within rounding.

    Judged on the correlations, since coefficients differ by many orders of magnitude.
    """
    variance = np.diagonal(covariance)
    if np.any(variance < 0.0) or np.any(covariance[variance == 0.0] != 0.0):
        return False
    u = np.sqrt(np.where(variance > 0.0, variance, 1.0))
    return bool(np.all(np.linalg.eigvalsh(covariance / u[:, None] / u) > -1e-9))


def _check_shape(function: CalibrationFunction) -> None:
    size = len(function.coefficients)
    low, high = function.measuring_interval
    if size == 0 or not low < high:
        _refuse(
            Words(
                "a function needs coefficients and an ascending measuring interval",
                "函数须有系数与升序的测量区间",
            )
        )
    if len(function.covariance) != size or any(len(row) != size for row in function.covariance):
        _refuse(
            Words(
                f"the covariance of {size} coefficients must be {size} by {size}",
                f"{size} 个系数的协方差矩阵必须为 {size} 阶",
            )
        )
    nu = function.degrees_of_freedom
    if nu is not None and not nu > 0.0:
        _refuse(Words(f"degrees of freedom are {nu}, and must be > 0", f"自由度为 {nu}，必须 > 0"))


def _check_finite(function: CalibrationFunction) -> None:
    rows: Sequence[Sequence[float]] = (
        function.coefficients,
        function.knots,
        function.measuring_interval,
        (function.centre,),
        *function.covariance,
    )
    if not all(math.isfinite(number) for row in rows for number in row):
        _refuse(
            Words(
                "every number of a calibration function must be finite", "校准函数的各数值必须有限"
            )
        )


def _check_form(function: CalibrationFunction) -> None:
    if function.form != "piecewise_linear" and function.knots:
        _refuse(Words(f"a {function.form} has no knots", f"{function.form} 形式没有节点"))
    if function.form != "polynomial" and function.centre != 0.0:
        _refuse(
            Words(
                f"a {function.form.replace('_', ' ')} has no centre",
                f"{function.form} 形式没有中心",
            )
        )
    if function.form == "piecewise_linear":
        _check_knots(function)
    elif function.form in CURVES:
        _check_curve(function)


def _check_knots(function: CalibrationFunction) -> None:
    ascending = all(a < b for a, b in pairwise(function.knots))
    if len(function.knots) != len(function.coefficients) or len(function.knots) < 2:
        _refuse(
            Words(
                "a piecewise linear function needs one value per knot, and two knots or more",
                "分段线性函数每个节点须有一个值，且至少两个节点",
            )
        )
    if not ascending:
        _refuse(Words("knots must ascend strictly", "节点必须严格升序"))


def _check_curve(function: CalibrationFunction) -> None:
    """Value, slope and their derivatives are finite within, where they are at both ends."""
    if len(function.coefficients) != 3:
        _refuse(
            Words(
                f"a {function.form} has three coefficients, b0, b1 and b2",
                f"{function.form} 形式有三个系数 b0、b1 与 b2",
            )
        )
    low, bend = function.measuring_interval[0], function.coefficients[2]
    if function.form == "power" and (low < 0.0 or (low == 0.0 and bend <= 0.0)):
        _refuse(
            Words(
                "the measuring interval of a power must begin above 0, or at 0 if b2 > 0",
                "幂函数的测量区间须从大于 0 处开始；b2 > 0 时可从 0 开始",
            )
        )
    ends, curve = np.array(function.measuring_interval), CURVES[function.form]
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = [
            each(ends, function.parameters)
            for each in (curve.value, curve.slope, curve.gradient, curve.slope_gradient)
        ]
    if not all(np.all(np.isfinite(each)) for each in numbers):
        _refuse(
            Words(
                f"the {function.form} is not finite at the ends of its measuring interval",
                f"{function.form} 形式在测量区间端点处不是有限值",
            )
        )


def _refuse(what: Words) -> None:
    raise CertificateError(
        "function",
        what=what,
        remedy=Words(
            "compare the function with the certificate it was taken from",
            "请与该函数所依据的证书核对",
        ),
    )
