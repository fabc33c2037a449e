"""Calibration functions of many channels, stacked by their form, at one argument a reading.

Each reading is multiplied and added up by itself and in one order, whatever its neighbours are. A
matrix product would be faster for very many readings of one channel, but would give them other
last digits than they have among those of other channels, and on another machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.curves import Carried
from calibration.form import pieces
from calibration.function import CURVES, CalibrationFunction, Floats

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A channel's function f: what is put is `result_factor` * f(`argument_factor` * x)."""

    function: CalibrationFunction
    argument_factor: float = 1.0
    result_factor: float = 1.0

    @property
    def slope_factor(self) -> float:
        """From f' to the derivative by x."""
        return self.argument_factor * self.result_factor


Members = Sequence[Member | None]
"""Of C channels, in their order; None where a channel has no function: it is 0 then."""


@dataclass(frozen=True, slots=True)
class Put:
    """Where n readings' numbers go: values and slopes, shape (n,); contributions, shape (K, n)."""

    value: Floats
    slope: Floats
    contributions: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Polynomials:
    """The polynomials of C channels, of at most T terms; zeros where a channel has none.

    Shapes: centre (C,), coefficients (T, C), slopes (T - 1, C), factor (T, T, C).
    """

    centre: Floats
    coefficients: Floats
    slopes: Floats
    factor: Floats

    def put(self, into: Put, row: Index, x: Floats) -> None:
        """Puts n readings' numbers.

        Args:
            into: where they go.
            row: the channel of each, shape (n,), or of all, shape (1,).
            x: in the unit of the channel's function, shape (n,).
        """
        terms = len(self.coefficients)
        powers = _powers(x - self.centre.take(row), terms)
        _add_up(into.value, powers, self.coefficients.take(row, axis=1))
        _add_up(into.slope, powers, self.slopes.take(row, axis=1))
        factor = self.factor.take(row, axis=2)
        for k in range(terms):
            _add_up(into.contributions[k], powers[k:], factor[k:, k])
        into.contributions[terms:] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecewiseLinears:
    """The F piecewise linear functions among those of C channels, of at most P knots.

    Shapes: place (C,), -1 where a channel has none; knots, values and slopes (F, P), padded with
    +inf and 0; factor (F, P, P).
    """

    place: Index
    knots: Floats
    values: Floats
    slopes: Floats
    factor: Floats

    def put(self, into: Put, row: Index, x: Floats) -> None:
        """Puts the numbers of those of n readings whose channel has one; see `Polynomials`."""
        here, own = _members(self.place, row, x)
        at = pieces(x.take(here), self.knots.take(own, axis=0))
        left, share = at.left, at.share
        into.value[here] = _between(self.values, (own, left), share)
        into.slope[here] = np.where(at.is_within, self.slopes[own, left], 0.0)
        parts = _between(self.factor, (own, left), share[:, None])
        into.contributions[: parts.shape[1], here] = parts.T


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """The F functions of one curved form among those of C channels.

    Shapes: place (C,), -1 where a channel has none; coefficients (F, 3); low, high, result_factor
    and slope_factor (F,); factor (3, 3, F).
    """

    form: str
    place: Index
    coefficients: Floats
    low: Floats
    high: Floats
    result_factor: Floats
    slope_factor: Floats
    factor: Floats

    def put(self, into: Put, row: Index, x: Floats) -> None:
        """Puts the numbers of those of n readings whose channel has one; see `Polynomials`."""
        here, own = _members(self.place, row, x)
        at, coefficients = x.take(here), self.coefficients.take(own, axis=0)
        carried = Carried(CURVES[self.form], self.low.take(own), self.high.take(own))
        into.value[here] = carried.value(at, coefficients) * self.result_factor.take(own)
        into.slope[here] = carried.slope(at, coefficients) * self.slope_factor.take(own)
        gradient, factor = carried.gradient(at, coefficients).T, self.factor.take(own, axis=2)
        part = np.empty(len(here))
        for k in range(3):
            _add_up(part, gradient[k:], factor[k:, k])
            into.contributions[k, here] = part


def _members(place: Index, row: Index, x: Floats) -> tuple[Index, Index]:
    """Which readings are of members, and which member's each is."""
    every = np.broadcast_to(place.take(row), x.shape)
    here = np.flatnonzero(every >= 0)
    return here, every.take(here)


def _powers(x: Floats, terms: int) -> Floats:
    """Rows 1, x, x^2, ..., shape (terms, n)."""
    powers = np.ones((terms, len(x)))
    for k in range(1, terms):
        np.multiply(powers[k - 1], x, out=powers[k])
    return powers


def _add_up(into: Floats, powers: Floats, weights: Floats) -> None:
    """Puts the sum of rows of shape (n,), each times its weight, shape (n,) or (1,)."""
    if len(weights) == 0:
        into[:] = 0.0
        return
    np.multiply(powers[0], weights[0], out=into)
    for k in range(1, len(weights)):
        into += powers[k] * weights[k]


def _between(of_knots: Floats, left: tuple[Index, Index], share: Floats) -> Floats:
    """What stands at a knot and at the next, interpolated."""
    own, low = left
    return np.asarray((1.0 - share) * of_knots[own, low] + share * of_knots[own, low + 1])


def polynomials(members: Members) -> Polynomials:
    """The polynomials, stacked."""
    own = [each if _has(each, "polynomial") else None for each in members]
    sizes = [len(each.function.coefficients) for each in own if each is not None]
    terms, count = max([1, *sizes]), len(own)
    stacked = Polynomials(
        centre=np.zeros(count),
        coefficients=np.zeros((terms, count)),
        slopes=np.zeros((terms - 1, count)),
        factor=np.zeros((terms, terms, count)),
    )
    for c, each in enumerate(own):
        if each is not None:
            size, function = len(each.function.coefficients), each.function
            stacked.centre[c] = function.centre
            stacked.coefficients[:size, c] = function.parameters * each.result_factor
            stacked.slopes[: size - 1, c] = function.slopes * each.slope_factor
            stacked.factor[:size, :size, c] = function.factor * each.result_factor
    return stacked


def piecewise_linears(members: Members) -> PiecewiseLinears | None:
    """The piecewise linear functions, stacked; None where there is none."""
    place, own = _places(members, "piecewise_linear")
    if not own:
        return None
    count, most = len(own), max(len(each.function.knots) for each in own)
    stacked = PiecewiseLinears(
        place=place,
        knots=np.full((count, most), np.inf),
        values=np.zeros((count, most)),
        slopes=np.zeros((count, most)),
        factor=np.zeros((count, most, most)),
    )
    for f, each in enumerate(own):
        size, function = len(each.function.knots), each.function
        stacked.knots[f, :size] = function.knots
        stacked.values[f, :size] = function.parameters * each.result_factor
        stacked.slopes[f, : size - 1] = function.slopes * each.slope_factor
        stacked.factor[f, :size, :size] = function.factor * each.result_factor
    return stacked


def curves(members: Members, form: str) -> Curves | None:
    """The functions of a curved form, stacked; None where there is none."""
    place, own = _places(members, form)
    if not own:
        return None
    interval = np.array([each.function.measuring_interval for each in own])
    factor = [each.function.factor * each.result_factor for each in own]
    return Curves(
        form=form,
        place=place,
        coefficients=np.array([each.function.coefficients for each in own]),
        low=interval[:, 0],
        high=interval[:, 1],
        result_factor=np.array([each.result_factor for each in own]),
        slope_factor=np.array([each.slope_factor for each in own]),
        factor=np.stack(factor, axis=2),
    )


def _places(members: Members, form: str) -> tuple[Index, list[Member]]:
    own: list[Member] = []
    place = np.full(len(members), -1, dtype=np.int64)
    for c, each in enumerate(members):
        if each is not None and _has(each, form):
            place[c] = len(own)
            own.append(each)
    return place, own


def _has(member: Member | None, form: str) -> bool:
    return member is not None and member.function.form == form
