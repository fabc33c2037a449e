"""Statistics of a sample as rules prescribe them, with the derivative by each value (pure)."""

import math
from collections.abc import Sequence


def mean_plus_two_deviations(values: Sequence[float]) -> tuple[float, tuple[float, ...]]:
    """Mean plus twice the sample's standard deviation, and its derivative by each value.

    The deviation is that of a sample, with n - 1 below the fraction line (MRR Art. 45(3); the
    regulation says "the best estimate of the standard deviation").

    Args:
        values: Two or more, of one unit; the result has the same.
    """
    size = len(values)
    mean = math.fsum(values) / size
    deviation = math.sqrt(math.fsum((each - mean) ** 2 for each in values) / (size - 1))
    if deviation == 0.0:
        return mean, (1.0 / size,) * size
    slopes = (1.0 / size + 2.0 * (each - mean) / ((size - 1) * deviation) for each in values)
    return mean + 2.0 * deviation, tuple(slopes)
