"""What a correction may have drifted since the last check, while no next one is known (pure).

How fast an analyser moves is told by its own checks: between two of them the same reading is
corrected to two values, and their differences scatter. As a random walk goes, the variance grows
with time, and stands at the mean square of these differences after the mean time between checks.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from calibration.gas_check.span import GasPair, SpanCorrection
from calibration.uncertainty import Influence, UncertaintyComponent, name_of

LEAST_STEPS: Final = 3
"""Fewer differences say nothing of their scatter."""


def drifted(
    reading: float, correction: SpanCorrection, pairs: Sequence[GasPair], at_ns: int
) -> UncertaintyComponent | None:
    """The part of drift since the last check; None where one follows, or too few came before.

    Args:
        reading: In the analyser's unit.
        correction: That is applied.
        pairs: Of one analyser and range, in order of time.
        at_ns: Of the reading, POSIX ns.
    """
    before = [each for each in pairs if each.at_ns <= at_ns]
    if correction.after is not None or len(before) <= LEAST_STEPS:
        return None
    corrected = [_alone(pair).corrected(reading).value for pair in before]
    mean_square = math.fsum((b - a) ** 2 for a, b in pairwise(corrected)) / (len(before) - 1)
    step_ns = (before[-1].at_ns - before[0].at_ns) / (len(before) - 1)
    u = math.sqrt(mean_square * (at_ns - before[-1].at_ns) / step_ns)
    name = f"{name_of(before[-1].id)}~"
    influence = Influence(
        id=f"span:{name_of(before[-1].span.analyser)}/{name}",
        evaluation="A",
        degrees_of_freedom=float(len(before) - 1),
    )
    return UncertaintyComponent(influence=influence, contribution=u)


def _alone(pair: GasPair) -> SpanCorrection:
    return SpanCorrection(before=pair, after=None, share=0.0)
