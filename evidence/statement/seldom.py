"""Rates that are read so seldom that their own readings do not show how they scatter. Pure.

What a rate does between two readings is estimated from neighbours within an hour. Where an hour has
one reading, there is none: what happened between is not in u, and u must not be taken for all of
it. An instrument that states means over the hour, as a CEMS logger does, hides nothing between.
"""

from calibration.measurand import Accumulation
from evidence.statement.datum import ActivityData


def is_seldom_read(datum: ActivityData) -> bool:
    """Whether a datum is of a rate read once an hour at most, and its u is known.

    Args:
        datum: A statement.
    """
    counted = datum.completeness
    seldom = 0 < counted.expected <= counted.hours
    is_rate = datum.measurand.accumulation == Accumulation.RATE
    return is_rate and seldom and datum.standard_uncertainty is not None
