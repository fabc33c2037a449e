"""Where a function of one argument is zero, by the method of Brent (1973). Pure.

It goes the very steps of `scipy.optimize.brentq`, and so ends at the same bit. Loading that one
takes as long as some thousand intervals of uncertainty.
"""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

MOST_STEPS: Final = 100
RELATIVE: Final = 4.0 * 2.0**-52
"""To so much of the argument, beside what is asked for."""


class _Point(NamedTuple):
    x: float
    y: float


def root(function: Callable[[float], float], low: float, high: float, nearest: float) -> float:
    """An argument between two at which a continuous function is zero.

    Args:
        function: with opposite signs at `low` and `high`.
        low: where to look.
        high: up to where.
        nearest: so near to it the search may end, > 0.

    Raises:
        ValueError: the signs are not opposite, or the function is no number somewhere.
        ArithmeticError: it was not found within 100 steps.
    """
    old, new = _at(function, low), _at(function, high)
    if 0.0 in (old.y, new.y):
        return low if old.y == 0.0 else high
    if not _opposite(old, new):
        raise ValueError(f"no change of sign between {low} and {high}")
    return _searched(function, old, new, nearest)


def _at(function: Callable[[float], float], x: float) -> _Point:
    y = function(x)
    if math.isnan(y):
        raise ValueError(f"no number at {x}")
    return _Point(x, y)


def _opposite(one: _Point, other: _Point) -> bool:
    return 0.0 not in (one.y, other.y) and (one.y < 0.0) != (other.y < 0.0)


def _searched(
    function: Callable[[float], float], old: _Point, new: _Point, nearest: float
) -> float:
    far, before, step = old, 0.0, 0.0
    for _ in range(MOST_STEPS):
        if _opposite(old, new):
            far, before, step = old, new.x - old.x, new.x - old.x
        if abs(far.y) < abs(new.y):
            old, new, far = new, far, new
        least = (nearest + RELATIVE * abs(new.x)) / 2.0
        half = (far.x - new.x) / 2.0
        if new.y == 0.0 or abs(half) < least:
            return new.x
        before, step = _steps(old, new, far, (before, step), half, least)
        x = new.x + (step if abs(step) > least else math.copysign(least, half))
        old, new = new, _at(function, x)
    raise ArithmeticError(f"no root within {MOST_STEPS} steps")


def _steps(
    old: _Point, new: _Point, far: _Point, last: tuple[float, float], half: float, least: float
) -> tuple[float, float]:
    """The step before and the next one: what a curve says, or half of what is left."""
    before, step = last
    if abs(before) > least and abs(new.y) < abs(old.y):
        tried = _tried(old, new, far)
        if 2.0 * abs(tried) < min(abs(before), 3.0 * abs(half) - least):
            return step, tried
    return half, half


def _tried(old: _Point, new: _Point, far: _Point) -> float:
    """The step along a line through two points, or along a curve through three."""
    if old.x == far.x:
        return -new.y * (new.x - old.x) / (new.y - old.y)
    of_old = (old.y - new.y) / (old.x - new.x)
    of_far = (far.y - new.y) / (far.x - new.x)
    under = of_far * of_old * (far.y - old.y)
    return -new.y * (far.y * of_far - old.y * of_old) / under if under else math.inf
