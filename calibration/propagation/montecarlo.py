"""Propagation of distributions by Monte Carlo (JCGM 101:2008)."""

import math
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from calibration.formula.tree import Expression, worth
from calibration.function import Floats
from calibration.propagation.errors import ModelError, SamplingError
from calibration.propagation.quantity import LARGEST, Inputs, Knowledge, Quantity

DIGITS: Final = 2
MOST_TRIALS: Final = 10_000_000
_LEAST_A_BATCH: Final = 10_000


class Sampled(msgspec.Struct, frozen=True, kw_only=True):
    """What the trials say of the result.

    Attributes:
        value: Their mean.
        standard_uncertainty: Their standard deviation.
        symmetric: Interval with as many trials below as above (JCGM 101, 7.7.2).
        shortest: The shortest interval that holds the share (7.7.3); its place wanders more than
            its width.
        trials: So many.
        is_stable: Whether all four figures stand within half a unit of the last significant digit
            of u (7.9); None where the number of trials was given.
    """

    value: float
    standard_uncertainty: float
    symmetric: tuple[float, float]
    shortest: tuple[float, float]
    trials: int
    is_stable: bool | None


def sample(
    model: Expression,
    inputs: Inputs,
    rng: np.random.Generator,
    *,
    trials: int | None = None,
    probability: float = 0.95,
    most: int = MOST_TRIALS,
) -> Sampled:
    """The distribution of a model's result.

    Args:
        model: Of the inputs' names alone.
        inputs: Correlated ones must be normal.
        rng: Seeded by the caller; the same seed gives the same figures.
        trials: How many, 10,000 or more; None: until they stand to two digits of u (7.9).
        probability: Of coverage, between 0 and 1.
        most: Trials after which an adaptive run ends even so.

    Raises:
        ModelError: the model is not finite at a trial, or beyond 1e100.
        SamplingError: a correlated input is not normal.
    """
    batch = max(math.ceil(100.0 / (1.0 - probability)), _LEAST_A_BATCH)
    drawn: list[Floats] = []
    figures: list[Floats] = []
    wanted = most if trials is None else trials
    stable = False
    for size in _sizes(batch, wanted):
        values = _values(model, inputs, rng, size)
        drawn.append(values)
        if trials is None:
            figures.append(_figures(values, probability))
            stable = len(figures) > 1 and _stands(np.array(figures))
            if stable:
                break
    return _told(np.concatenate(drawn), probability, None if trials is not None else stable)


def _sizes(batch: int, wanted: int) -> Iterator[int]:
    while wanted > 0:
        yield min(batch, wanted)
        wanted -= batch


def _values(model: Expression, inputs: Inputs, rng: np.random.Generator, size: int) -> Floats:
    with np.errstate(all="ignore"):
        found = np.broadcast_to(worth(model, draws(inputs, rng, size)), (size,))
    if not np.max(np.abs(found), initial=0.0) <= LARGEST:  # also where it is no number
        raise ModelError("trial", found="f")
    return np.asarray(found)


def draws(inputs: Inputs, rng: np.random.Generator, size: int) -> dict[str, Floats]:
    """Drawn values of each input, shape (size,), by name.

    Raises:
        SamplingError: a correlated input is not normal.
    """
    together = inputs.correlated
    found: dict[str, Floats] = {}
    for each in inputs.quantities:
        if each.name not in together:
            found[each.name] = each.estimate + _deviations(each, rng, size)
        elif each.distribution != Knowledge.NORMAL:
            raise SamplingError("inputs", found=each.name, limit=each.distribution.value)
    if together:
        found |= _joint(inputs, together, rng, size)
    return found


def _joint(
    inputs: Inputs, names: tuple[str, ...], rng: np.random.Generator, size: int
) -> dict[str, Floats]:
    """Multivariate normal (JCGM 101, 6.4.8), also where the correlation is whole."""
    places = [k for k, each in enumerate(inputs.quantities) if each.name in names]
    values, vectors = np.linalg.eigh(inputs.correlation[np.ix_(places, places)])
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    scores = rng.standard_normal((size, len(places))) @ root.T
    return {
        inputs.quantities[place].name: inputs.quantities[place].estimate
        + inputs.quantities[place].standard_uncertainty * scores[:, k]
        for k, place in enumerate(places)
    }


def _deviations(quantity: Quantity, rng: np.random.Generator, size: int) -> Floats:
    """From the estimate (JCGM 101, 6.4)."""
    u, half = quantity.standard_uncertainty, quantity.half_width
    match quantity.distribution:
        case Knowledge.NORMAL:
            return u * rng.standard_normal(size)
        case Knowledge.RECTANGULAR:
            return rng.uniform(-half, half, size)
        case Knowledge.ARCSINE:
            return half * np.sin(2.0 * np.pi * rng.random(size))
        case Knowledge.STUDENT:
            nu = quantity.degrees_of_freedom or math.inf
            return np.asarray(u * math.sqrt((nu - 2.0) / nu) * rng.standard_t(nu, size))
        case Knowledge.CONSTANT:
            return np.zeros(size)
        case _:
            return _sum_of_two(quantity, rng, size)


def _sum_of_two(quantity: Quantity, rng: np.random.Generator, size: int) -> Floats:
    """A triangle or a trapezoid is the sum of two rectangular quantities (JCGM 101, 6.4.4)."""
    triangular = quantity.distribution == Knowledge.TRIANGULAR
    top, half = 0.0 if triangular else quantity.top_share, quantity.half_width
    first, second = half * (1.0 + top) / 2.0, half * (1.0 - top) / 2.0
    return rng.uniform(-first, first, size) + rng.uniform(-second, second, size)


def _figures(values: Floats, probability: float) -> Floats:
    """Mean, standard deviation, and the ends of the symmetric interval."""
    low, high = _symmetric(_tails_in_order(values, probability), probability)
    return np.array([np.mean(values), np.std(values, ddof=1), low, high])


def _stands(figures: Floats) -> bool:
    """Whether twice the scatter of the batches' means is within the tolerance (7.9.4)."""
    scatter = np.std(figures, axis=0, ddof=1) / math.sqrt(len(figures))
    u = float(np.mean(figures[:, 1]))
    return bool(np.all(2.0 * scatter <= tolerance(u, DIGITS)))


def tolerance(u: float, digits: int) -> float:
    """Half a unit of the last of so many significant digits of `u` (JCGM 101, 7.9.2)."""
    if not u > 0.0:
        return 0.0
    exponent = math.floor(math.log10(u)) - digits + 1
    whole = round(u / 10.0**exponent)
    return 0.5 * math.pow(10.0, exponent + (whole >= 10**digits))


def _told(values: Floats, probability: float, stable: bool | None) -> Sampled:  # noqa: FBT001
    ordered = _tails_in_order(values, probability)
    return Sampled(
        value=float(np.mean(values)),
        standard_uncertainty=float(np.std(values, ddof=1)),
        symmetric=_symmetric(ordered, probability),
        shortest=_shortest(ordered, probability),
        trials=len(values),
        is_stable=stable,
    )


def _tails_in_order(values: Floats, probability: float) -> Floats:
    """The values, in order where an interval may begin or end; what lies between is not sorted."""
    held = min(round(probability * len(values)), len(values) - 1)
    rest = len(values) - held
    if rest >= held:
        return np.sort(values)
    parted = np.partition(values, (rest - 1, held))
    parted[:rest].sort()
    parted[held:].sort()
    return parted


def _symmetric(ordered: Floats, probability: float) -> tuple[float, float]:
    size = len(ordered)
    held = round(probability * size)
    low = (size - held) // 2
    return float(ordered[low]), float(ordered[min(low + held, size - 1)])


def _shortest(ordered: Floats, probability: float) -> tuple[float, float]:
    held = min(round(probability * len(ordered)), len(ordered) - 1)
    widths = ordered[held:] - ordered[: len(ordered) - held]
    low = int(np.argmin(widths))
    return float(ordered[low]), float(ordered[low + held])
