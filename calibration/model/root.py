"""The bias of a mean of square roots: velocities from a pressure difference that scatters (pure).

A root bends, so noise of a pressure difference lowers the mean of the roots, and real turbulence
makes the root of the mean exceed the mean velocity; both by the same factor to second order, 1/8 of
the relative variance. At a relative scatter of 0.3 that is 1.2 %, beyond many a budget.
"""

from typing import Final

import msgspec

from calibration.distribution import Distribution, from_half_width
from calibration.model.errors import RootNoiseError
from calibration.model.stated import Stated, times_number
from calibration.uncertainty import Influence, UncertaintyComponent, merge, name_of

LARGEST: Final = 0.3


def relative_bias(scatter: float) -> float:
    """Mean of the roots over the root of the mean, less 1, of a normal quantity; 0 or negative.

    The series of sqrt(1 + r z), z standard normal: -r^2/8 - 15 r^4/128 - 315 r^6/1024.

    Args:
        scatter: r, standard deviation over mean of the pressure difference, 0 to 0.3.

    Raises:
        RootNoiseError: the scatter is larger, and a root of a negative number comes near.
    """
    if not 0.0 <= scatter <= LARGEST:
        raise RootNoiseError("scatter", found=f"{scatter:.4g}", limit=f"0 <= r <= {LARGEST:g}")
    second = scatter * scatter
    return -second / 8.0 - 15.0 * second**2 / 128.0 - _last(scatter)


def corrected_mean_of_roots(mean: Stated, scatter: float, place: str) -> Stated:
    """The velocity at the true pressure difference, from a mean of velocities under noise.

    The noise is that of the instrument: the true difference stands still. What the series leaves
    out is added as an influence `factor:root.<place>`.

    Args:
        mean: Of the roots, or of what is proportional to them.
        scatter: Standard deviation over mean of the pressure difference.
        place: Of the instrument.

    Raises:
        RootNoiseError: as `relative_bias`.
    """
    return _rid(mean, 1.0 / (1.0 + relative_bias(scatter)), scatter, place)


def corrected_root_of_mean(root: Stated, scatter: float, place: str) -> Stated:
    """The mean velocity, from the root of a mean pressure difference under turbulence.

    The scatter is that of the flow, in the mean's time, without the instrument's noise.

    Args:
        root: Of the mean, or what is proportional to it.
        scatter: Standard deviation over mean of the pressure difference.
        place: Of the instrument.

    Raises:
        RootNoiseError: as `relative_bias`.
    """
    return _rid(root, 1.0 + relative_bias(scatter), scatter, place)


def _rid(stated: Stated, factor: float, scatter: float, place: str) -> Stated:
    found = times_number(stated, factor)
    left = from_half_width(abs(found.value) * _last(scatter), Distribution.RECTANGULAR)
    influence = Influence(id=f"factor:root.{name_of(place)}", distribution=Distribution.RECTANGULAR)
    part = UncertaintyComponent(influence=influence, contribution=left)
    return msgspec.structs.replace(found, components=merge(found.components, (part,)))


def _last(scatter: float) -> float:
    """The last term of the series that is kept; bounds what is left out."""
    return 315.0 * scatter**6 / 1024.0
