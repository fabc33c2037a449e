"""QAL3: the charts of zero and span, and what is to be done now (EN 14181, 7) (pure)."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from calibration.performance.chart import ChartReading, require_deviation
from calibration.performance.cusum import CusumStep, cusum
from calibration.performance.errors import PerformanceCountError
from calibration.performance.limits import (
    ChartOutcome,
    CusumChart,
    Limits,
    LimitsUsed,
    ShewhartChart,
    needed,
)
from calibration.performance.shewhart import ShewhartStep, shewhart

WORST_LAST: Final[tuple[ChartOutcome, ...]] = (
    "in_control",
    "warning",
    "adjust_drift",
    "precision_out_of_control",
    "out_of_control",
)


class PointChart(msgspec.Struct, frozen=True, kw_only=True):
    """The chart of one point.

    Args:
        point: "zero" or "span".
        standard_deviation: s_AMS.
        outcome: of the latest reading; what an adjustment has mended is history.
        steps: every reading.
    """

    point: str
    standard_deviation: float
    outcome: ChartOutcome
    steps: tuple[CusumStep, ...] | tuple[ShewhartStep, ...]


class Qal3(msgspec.Struct, frozen=True, kw_only=True):
    """Control charts of an AMS; the outcome is the worst of the points' latest."""

    outcome: ChartOutcome
    charts: tuple[PointChart, ...]
    test: CusumChart | ShewhartChart
    limits: LimitsUsed


def qal3(
    readings: Sequence[ChartReading],
    chart: Literal["cusum", "shewhart"],
    deviations: Mapping[str, float | None],
    limits: Limits,
    used: LimitsUsed,
) -> Qal3:
    """The charts of all points that were read.

    Args:
        readings: In the order of time, zero and span in any mixture.
        chart: Of which kind.
        deviations: s_AMS of each point, > 0, in the unit of the readings.
        limits: With the parameters of the chart.
        used: Where they come from.

    Raises:
        PerformanceCountError: there is no reading.
        PerformanceOptionError: s_AMS of a point is missing, or not > 0.
        LimitMissingError: the file has no such chart.
    """
    if not readings:
        raise PerformanceCountError("readings", name="readings", found=0, limit=">= 1")
    test: CusumChart | ShewhartChart
    if chart == "cusum":
        test = needed(limits.cusum, limits, "cusum")
    else:
        test = needed(limits.shewhart, limits, "shewhart")
    points = tuple(dict.fromkeys(each.point for each in readings))
    charts = tuple(_chart(point, readings, deviations.get(point), test) for point in points)
    worst = max((each.outcome for each in charts), key=WORST_LAST.index)
    return Qal3(outcome=worst, charts=charts, test=test, limits=used)


def _chart(
    point: str,
    readings: Sequence[ChartReading],
    deviation: float | None,
    test: CusumChart | ShewhartChart,
) -> PointChart:
    s = require_deviation(point, deviation)
    own = [each for each in readings if each.point == point]
    steps = cusum(own, s, test) if isinstance(test, CusumChart) else shewhart(own, s, test)
    return PointChart(point=point, standard_deviation=s, outcome=steps[-1].outcome, steps=steps)
