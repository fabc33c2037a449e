"""CUSUM chart of QAL3: tells drift from loss of precision (EN 14181, annex C) (pure).

Deviations d_t = reading - reference feed three sums that never fall below 0:
precision s_t = s_(t-1) + (d_t - d_(t-1))^2/2 - k_s, drift upwards p_t = p_(t-1) + d_t - k_x, and
drift downwards n_t = n_(t-1) - d_t - k_x. Beyond h_s, or h_x, the AMS is out of control. From a sum
and the number of readings since it was 0 follows an estimate of the standard deviation, or of the
drift.
"""

import math
from collections.abc import Iterable

import msgspec

from calibration.performance.chart import ChartReading
from calibration.performance.limits import ChartOutcome, CusumChart


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """A sum that never falls below 0, and the readings since it was 0."""

    value: float = 0.0
    readings: int = 0

    def plus(self, step: float) -> "Sum":
        """The sum one reading later."""
        value = self.value + step
        return Sum(value=value, readings=self.readings + 1) if value > 0.0 else Sum()


class CusumState(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart keeps from one reading to the next; a new one begins with nothing."""

    last_deviation: float | None = None
    precision: Sum = Sum()
    upwards: Sum = Sum()
    downwards: Sum = Sum()


class CusumStep(msgspec.Struct, frozen=True, kw_only=True):
    """A reading on the chart.

    Args:
        reading: as given.
        deviation: d_t.
        state: the sums after it.
        outcome: "precision_out_of_control" goes before "adjust_drift".
        adjustment: what is to be added to the readings where drift was found: a share of the
            estimated drift, with the opposite sign.
        precision_estimate: standard deviation where precision was lost.
    """

    reading: ChartReading
    deviation: float
    state: CusumState
    outcome: ChartOutcome
    adjustment: float | None = None
    precision_estimate: float | None = None


def cusum_step(
    state: CusumState, reading: ChartReading, standard_deviation: float, chart: CusumChart
) -> CusumStep:
    """The next reading on a chart.

    Args:
        state: Before it.
        reading: Of reference material.
        standard_deviation: s_AMS, > 0, in the unit of the readings.
        chart: Decision intervals and reference values.
    """
    d, last = reading.deviation, state.last_deviation
    k_x = chart.drift_reference_value * standard_deviation
    k_s = chart.precision_reference_value * standard_deviation**2
    after = CusumState(
        last_deviation=d,
        precision=Sum() if last is None else state.precision.plus((d - last) ** 2 / 2.0 - k_s),
        upwards=state.upwards.plus(d - k_x),
        downwards=state.downwards.plus(-d - k_x),
    )
    if after.precision.value > chart.precision_decision_interval * standard_deviation**2:
        estimate = math.sqrt(k_s + after.precision.value / after.precision.readings)
        return _step(reading, after, "precision_out_of_control", precision_estimate=estimate)
    drifted = max(after.upwards, after.downwards, key=lambda each: each.value)
    if drifted.value > chart.drift_decision_interval * standard_deviation:
        amount = chart.adjustment_share * (k_x + drifted.value / drifted.readings)
        signed = -amount if drifted is after.upwards else amount
        return _step(reading, after, "adjust_drift", adjustment=signed)
    return _step(reading, after, "in_control")


def cusum(
    readings: Iterable[ChartReading], standard_deviation: float, chart: CusumChart
) -> tuple[CusumStep, ...]:
    """Readings of one point, each judged after the ones before it.

    Args:
        readings: In the order of time.
        standard_deviation: s_AMS, > 0, in their unit.
        chart: Decision intervals and reference values.
    """
    state, steps = CusumState(), []
    for reading in readings:
        step = cusum_step(state, reading, standard_deviation, chart)
        steps.append(step)
        state = CusumState() if reading.adjusted else step.state
    return tuple(steps)


def _step(
    reading: ChartReading,
    state: CusumState,
    outcome: ChartOutcome,
    *,
    adjustment: float | None = None,
    precision_estimate: float | None = None,
) -> CusumStep:
    return CusumStep(
        reading=reading,
        deviation=reading.deviation,
        state=state,
        outcome=outcome,
        adjustment=adjustment,
        precision_estimate=precision_estimate,
    )
