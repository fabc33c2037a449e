"""Shewhart chart of QAL3: deviations against multiples of s_AMS (EN 14181, annex C) (pure)."""

from collections.abc import Iterable, Sequence

import msgspec

from calibration.performance.chart import ChartReading
from calibration.performance.limits import ChartOutcome, RunRule, ShewhartChart


class ShewhartStep(msgspec.Struct, frozen=True, kw_only=True):
    """A reading on the chart.

    Args:
        reading: as given.
        deviation: d_t, in the unit of the readings.
        in_standard_deviations: d_t / s_AMS.
        outcome: of the first rule that applies, else "in_control".
        rule: that applies.
    """

    reading: ChartReading
    deviation: float
    in_standard_deviations: float
    outcome: ChartOutcome
    rule: RunRule | None = None


def shewhart(
    readings: Iterable[ChartReading], standard_deviation: float, chart: ShewhartChart
) -> tuple[ShewhartStep, ...]:
    """Readings of one point, each judged with the ones before it.

    Args:
        readings: In the order of time.
        standard_deviation: s_AMS, > 0, in their unit.
        chart: The rules.
    """
    steps: list[ShewhartStep] = []
    since: list[float] = []
    for reading in readings:
        since.append(reading.deviation / standard_deviation)
        rule = next((each for each in chart.rules if _applies(each, since)), None)
        steps.append(
            ShewhartStep(
                reading=reading,
                deviation=reading.deviation,
                in_standard_deviations=since[-1],
                outcome="in_control" if rule is None else rule.outcome,
                rule=rule,
            )
        )
        since = [] if reading.adjusted else since
    return tuple(steps)


def _applies(rule: RunRule, since: Sequence[float]) -> bool:
    """Whether so many of the latest deviations lie beyond, the latest one among them."""
    latest = since[-1]
    if not abs(latest) > rule.beyond:
        return False
    beyond = [each for each in since[-rule.window :] if abs(each) > rule.beyond]
    same = [each for each in beyond if (each > 0.0) == (latest > 0.0)]
    if rule.sides == "same":
        return len(same) >= rule.count
    return len(beyond) >= rule.count and (rule.sides == "any" or len(same) < len(beyond))
