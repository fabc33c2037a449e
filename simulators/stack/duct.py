"""The section of a duct: its profile of velocities, and what a sensor sees of it (pure).

v(r, angle) = v_max (1 - r)^(1/n) (1 + skew r cos(angle)), r from 0 in the middle to 1 at the
wall. The mean over the section is v_max 2 n^2 / ((n + 1)(2 n + 1)); the skew leaves it as it is.
n follows the velocity, so that K_v = mean / seen is a function of load.
"""

import math
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SLOWEST: Final = 0.05
"""m/s, below which the profile changes no more."""


class DuctSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A round duct and where its flow meter looks.

    Attributes:
        area_m2: as the drawing has it.
        area_standard_uncertainty: relative; how far the true area is from the drawing's.
        exponent: n at `at_velocity`.
        exponent_slope: change of n per factor e of velocity.
        at_velocity: m/s.
        skew: of the profile, 0 to 1.
        sensor: `path` looks along a diameter, `point` at one place.
        position: r of the point.
        angle_deg: of the point, from where the skew is greatest.
    """

    area_m2: float
    area_standard_uncertainty: float = 0.003
    exponent: float = 7.0
    exponent_slope: float = 0.6
    at_velocity: float = 12.0
    skew: float = 0.06
    sensor: Literal["path", "point"] = "path"
    position: float = 0.5
    angle_deg: float = 0.0


def exponent(duct: DuctSpec, mean: Floats) -> Floats:
    """The exponent at each mean velocity in m/s, between 3 and 15."""
    ratio = np.maximum(mean, SLOWEST) / duct.at_velocity
    found: Floats = np.clip(duct.exponent + duct.exponent_slope * np.log(ratio), 3.0, 15.0)
    return found


def mean_over_max(n: Floats) -> Floats:
    """The mean over the section, over the velocity in the middle."""
    return 2 * n**2 / ((n + 1) * (2 * n + 1))


def at_point(duct: DuctSpec, mean: Floats, r: float, angle_deg: float) -> Floats:
    """The velocity at one place, m/s."""
    n = exponent(duct, mean)
    skewed = 1 + duct.skew * r * math.cos(math.radians(angle_deg))
    found: Floats = mean / mean_over_max(n) * (1 - r) ** (1 / n) * skewed
    return found


def seen(duct: DuctSpec, mean: Floats) -> Floats:
    """What a sensor without errors shows, m/s."""
    if duct.sensor == "point":
        return at_point(duct, mean, duct.position, duct.angle_deg)
    n = exponent(duct, mean)
    return mean / mean_over_max(n) * n / (n + 1)


def field_coefficient(duct: DuctSpec, mean: Floats) -> Floats:
    """The true K_v: mean velocity of the section over what the sensor sees."""
    still = np.maximum(mean, SLOWEST)
    return still / seen(duct, still)
