"""From a value back to its argument, with uncertainty (ISO/TS 28037, 11.1; ISO 6143, 5.3)."""

import math
from typing import Protocol

import msgspec
import numpy as np
import scipy

from calibration.fit.errors import NotMonotonicError, NotReachedError
from calibration.function import Floats

_BEYOND = 0.1
_LOOKS = 257
"""Places within the measuring interval at which the slope's sign is compared."""


class Curve(Protocol):
    """A function of one argument with the covariance of its values: a fit, or a certificate's."""

    @property
    def form(self) -> str:
        """Which family it is of."""

    @property
    def measuring_interval(self) -> tuple[float, float]:
        """Arguments for which it holds."""

    def value(self, x: Floats) -> Floats:
        """F at arguments of shape (n,)."""

    def sensitivity(self, x: Floats) -> Floats:
        """df/dx at arguments of shape (n,)."""

    def value_covariance(self, x: Floats) -> Floats:
        """Covariance of f at arguments of shape (n,), shape (n, n)."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A number read through a fitted function.

    Args:
        value: of the function, or the argument, where it was read backwards.
        standard_uncertainty: combined.
        from_function: the coefficients' part.
        from_reading: the part of what it was read at.
        is_inside: whether the argument lies in the measuring interval.
    """

    value: float
    standard_uncertainty: float
    from_function: float
    from_reading: float
    is_inside: bool


def evaluate(fit: Curve, x: float, u: float = 0.0) -> Read:
    """The value at an argument.

    Args:
        fit: The function.
        x: Argument, finite.
        u: Its standard uncertainty, >= 0.
    """
    at = np.array([x])
    through = math.sqrt(max(float(fit.value_covariance(at)[0, 0]), 0.0))
    own = abs(float(fit.sensitivity(at)[0])) * u
    return Read(
        value=float(fit.value(at)[0]),
        standard_uncertainty=math.hypot(through, own),
        from_function=through,
        from_reading=own,
        is_inside=_is_inside(fit, x),
    )


def invert(fit: Curve, y: float, u: float = 0.0) -> Read:
    """The argument at which the function has a value.

    Args:
        fit: The function; monotonic in its measuring interval.
        y: Value, finite; it must be reached within the interval or within a tenth beyond it.
        u: Its standard uncertainty, >= 0.

    Raises:
        NotMonotonicError: the function turns within its measuring interval.
        NotReachedError: it does not reach `y`.
    """
    _require_monotonic(fit, y)
    x = _root(fit, y)
    slope = abs(float(fit.sensitivity(np.array([x]))[0]))
    through = math.sqrt(max(float(fit.value_covariance(np.array([x]))[0, 0]), 0.0)) / slope
    return Read(
        value=x,
        standard_uncertainty=math.hypot(through, u / slope),
        from_function=through,
        from_reading=u / slope,
        is_inside=_is_inside(fit, x),
    )


def _root(fit: Curve, y: float) -> float:
    """Within the measuring interval if the function has the value there, else just beyond it."""

    def apart(x: float) -> float:
        return float(fit.value(np.array([x]))[0]) - y

    for low, high in _brackets(fit):
        if min(apart(low), apart(high)) <= 0.0 <= max(apart(low), apart(high)):
            finest = 4e-16 * max(high - low, abs(high))
            return float(scipy.optimize.brentq(apart, low, high, xtol=finest, rtol=1e-15))
    raise NotReachedError(fit.form, found=f"{y:g}", limit=_interval(fit))


def _brackets(fit: Curve) -> list[tuple[float, float]]:
    low, high = fit.measuring_interval
    margin = (high - low) * _BEYOND
    least = max(low - margin, 0.0) if fit.form == "power" else low - margin
    return [(low, high), (least, low), (high, high + margin)]


def _require_monotonic(fit: Curve, y: float) -> None:
    low, high = fit.measuring_interval
    slopes = fit.sensitivity(np.linspace(low, high, _LOOKS)[1:-1])
    if np.min(slopes) * np.max(slopes) <= 0.0:
        raise NotMonotonicError(fit.form, found=f"{y:g}", limit=_interval(fit))


def _interval(fit: Curve) -> str:
    low, high = fit.measuring_interval
    return f"[{low:g}, {high:g}]"


def _is_inside(fit: Curve, x: float) -> bool:
    low, high = fit.measuring_interval
    return low <= x <= high
