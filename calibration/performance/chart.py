"""What control charts of QAL3 have in common (EN 14181, 7) (pure)."""

from typing import Literal

import msgspec

from calibration.performance.errors import PerformanceOptionError
from calibration.performance.pairs import MOST


class ChartReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of reference material.

    Args:
        at: when, as the file says.
        point: zero or span.
        reference: the value that is to be shown.
        reading: what is shown before any adjustment.
        adjusted: whether the AMS was adjusted, or repaired, after it; the chart begins anew then.
    """

    at: str
    point: Literal["zero", "span"]
    reference: float
    reading: float
    adjusted: bool = False

    @property
    def deviation(self) -> float:
        """D_t = reading - reference."""
        return self.reading - self.reference


def require_deviation(point: str, standard_deviation: float | None) -> float:
    """The standard deviation s_AMS of a point, once it is known to be one.

    Raises:
        PerformanceOptionError: it was not given, or is not > 0.
    """
    if standard_deviation is None or not 1.0 / MOST <= standard_deviation <= MOST:
        name = f"--s-{point}"
        raise PerformanceOptionError("chart", name=name, value=standard_deviation, limit="> 0")
    return standard_deviation
