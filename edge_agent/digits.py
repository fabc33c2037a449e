"""Numbers of a few decimal digits, as short in JSON as they are known. Pure."""

from typing import Final

import numpy as np

from calibration.function import Floats

_EXACT: Final = 22
"""Up to 10^22 powers of ten are doubles, and one division by them is rounded once."""
_POWERS: Final = np.array([float(10**n) for n in range(_EXACT + 1)])


def to_digits(numbers: Floats, digits: int) -> Floats:
    """Each number as the double nearest to its first `digits` significant decimal digits.

    Args:
        numbers: of any shape; finite.
        digits: 1 to 15.
    """
    sizes = np.abs(numbers)
    places = digits - 1 - np.floor(np.log10(np.where(sizes > 0.0, sizes, 1.0)))
    power = _POWERS[np.clip(np.abs(places), 0, _EXACT).astype(np.intp)]
    with np.errstate(over="ignore"):  # what is too large for it is formatted below
        down = np.rint(numbers * power) / power
        up = np.rint(numbers / power) * power
    rounded = np.where(places >= 0, down, up)
    beyond = np.abs(places) > _EXACT
    if beyond.any():
        rounded[beyond] = [float(f"{number:.{digits}g}") for number in numbers[beyond]]
    return np.asarray(rounded)
