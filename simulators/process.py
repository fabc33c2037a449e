"""True quantity values as a function of time.

A rate is stated per hour (kW, m3/h, kg/h), an amount is its integral over time in hours
(kW.h, m3, kg). All instants are nanoseconds since 1970-01-01T00:00:00Z. A quantity that is
not a flow (a temperature, a mole fraction) uses `rate` for its value, and `amount` divided by
the hours for its mean.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

import numpy as np

from evidence.errors import Words
from simulators.errors import SimulationRangeError

HOUR_NS = 3_600_000_000_000
DAY_NS = 24 * HOUR_NS
WEEK_NS = 7 * DAY_NS
FIRST_SATURDAY_NS = 2 * DAY_NS
WEEKEND_NS = 2 * DAY_NS
SLOW_HARMONICS = 6


class Process(Protocol):
    """A true quantity value that is known at every instant."""

    def rate(self, at_ns: int) -> float:
        """The rate at an instant, per hour."""
        ...

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The integral of the rate over time in hours; negative if `to_ns` is the earlier."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantProcess:
    """A quantity that does not change."""

    value: float

    def rate(self, at_ns: int) -> float:  # noqa: ARG002 - constant in time
        """The constant."""
        return self.value

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The constant times the hours."""
        return self.value * (to_ns - from_ns) / HOUR_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmonic:
    """One cosine of a rate: `amplitude` at `peak_ns` and every `period_ns` after it."""

    amplitude: float
    period_ns: int
    peak_ns: int

    def rate(self, at_ns: int) -> float:
        """The harmonic's value at an instant."""
        return self.amplitude * math.cos(self._phase(2 * at_ns))

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The harmonic's integral, as a product that keeps its digits over a short interval."""
        angular_frequency_per_h = 2 * math.pi * HOUR_NS / self.period_ns
        half_turn = math.pi * (to_ns - from_ns) / self.period_ns
        middle = math.cos(self._phase(from_ns + to_ns))
        return 2 * self.amplitude / angular_frequency_per_h * math.sin(half_turn) * middle

    def _phase(self, doubled_ns: int) -> float:
        turn = (doubled_ns - 2 * self.peak_ns) % (2 * self.period_ns)
        return math.pi * turn / self.period_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededProcess:
    """A base load with harmonics, reduced at the weekend; all integrals in closed form.

    `weekend_share` multiplies everything from Saturday 0:00 to Monday 0:00, local standard
    time at `utc_offset_ns`.
    """

    base: float
    harmonics: tuple[Harmonic, ...]
    weekend_share: float
    utc_offset_ns: int

    def rate(self, at_ns: int) -> float:
        """The rate at an instant; never negative."""
        share, _ = self._share(at_ns)
        return share * (self.base + sum(part.rate(at_ns) for part in self.harmonics))

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The exact integral of the rate."""
        if to_ns < from_ns:
            return -self.amount(to_ns, from_ns)
        return math.fsum(
            share * self._full_amount(start, end)
            for start, end, share in self._pieces(from_ns, to_ns)
        )

    def _full_amount(self, from_ns: int, to_ns: int) -> float:
        steady = self.base * (to_ns - from_ns) / HOUR_NS
        return steady + sum(part.amount(from_ns, to_ns) for part in self.harmonics)

    def _share(self, at_ns: int) -> tuple[float, int]:
        """The share in force at an instant and the instant at which it ends."""
        into_week = (at_ns + self.utc_offset_ns - FIRST_SATURDAY_NS) % WEEK_NS
        if into_week < WEEKEND_NS:
            return self.weekend_share, at_ns + WEEKEND_NS - into_week
        return 1.0, at_ns + WEEK_NS - into_week

    def _pieces(self, from_ns: int, to_ns: int) -> Iterator[tuple[int, int, float]]:
        start = from_ns
        while start < to_ns:
            share, end = self._share(start)
            yield start, min(end, to_ns), share
            start = end


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPattern:
    """What a seeded process is drawn from.

    Attributes:
        base: mean rate on working days, > 0.
        daily_amplitude: half of the swing between day and night, >= 0.
        slow_amplitude: the most that the seeded variation adds or takes, >= 0.
        peak_hour: local hour of the daily maximum.
        weekend_share: rate at the weekend over rate on working days, 0 to 1.
        utc_offset_h: local standard time minus UTC.
    """

    base: float
    daily_amplitude: float = 0.0
    slow_amplitude: float = 0.0
    peak_hour: float = 14.0
    weekend_share: float = 1.0
    utc_offset_h: float = 0.0


def seeded_process(pattern: DailyPattern, rng: np.random.Generator) -> SeededProcess:
    """A process with the pattern's load and a slow variation drawn from `rng`.

    The variation is a sum of cosines with periods between 20 minutes and 36 hours whose
    amplitudes add up to `slow_amplitude`, so that the rate can never fall below zero.

    Raises:
        SimulationRangeError: the amplitudes exceed the base, or a number is out of range.
    """
    _check_pattern(pattern)
    offset_ns = round(pattern.utc_offset_h * HOUR_NS)
    daily = Harmonic(
        amplitude=pattern.daily_amplitude,
        period_ns=DAY_NS,
        peak_ns=round(pattern.peak_hour * HOUR_NS) - offset_ns,
    )
    return SeededProcess(
        base=pattern.base,
        harmonics=(daily, *_slow_harmonics(pattern.slow_amplitude, rng)),
        weekend_share=pattern.weekend_share,
        utc_offset_ns=offset_ns,
    )


def _check_pattern(pattern: DailyPattern) -> None:
    swing = pattern.daily_amplitude + pattern.slow_amplitude
    if min(pattern.daily_amplitude, pattern.slow_amplitude) < 0 or swing > pattern.base:
        raise SimulationRangeError(
            "seeded process",
            name="amplitudes",
            value=swing,
            limit=Words(f"0 to the base, {pattern.base}", f"0 至基值 {pattern.base}"),
        )
    if not 0 <= pattern.weekend_share <= 1:
        raise SimulationRangeError(
            "seeded process", name="weekend_share", value=pattern.weekend_share, limit="0 to 1"
        )


def _slow_harmonics(amplitude: float, rng: np.random.Generator) -> tuple[Harmonic, ...]:
    shares = rng.dirichlet(np.ones(SLOW_HARMONICS))
    periods_h = np.exp(rng.uniform(math.log(1 / 3), math.log(36.0), SLOW_HARMONICS))
    phases = rng.uniform(0.0, 1.0, SLOW_HARMONICS)
    return tuple(
        Harmonic(
            amplitude=amplitude * float(share),
            period_ns=round(float(period_h) * HOUR_NS),
            peak_ns=round(float(phase * period_h) * HOUR_NS),
        )
        for share, period_h, phase in zip(shares, periods_h, phases, strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedProcess:
    """Recorded interval amounts, each at a constant rate within its interval; 0 outside.

    Made by `replayed_process`. `cumulative` has one element more than `amounts`.
    """

    opening_ns: int
    interval_ns: int
    amounts: tuple[float, ...]
    cumulative: tuple[float, ...]

    @property
    def closing_ns(self) -> int:
        """The end of the last recorded interval."""
        return self.opening_ns + self.interval_ns * len(self.amounts)

    def rate(self, at_ns: int) -> float:
        """The mean rate of the interval that holds the instant; its start belongs to it."""
        index, _ = divmod(at_ns - self.opening_ns, self.interval_ns)
        if not 0 <= index < len(self.amounts):
            return 0.0
        return self.amounts[index] * HOUR_NS / self.interval_ns

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The recorded amount between two instants, linear within an interval."""
        first, into_first = self._place(from_ns)
        last, into_last = self._place(to_ns)
        if first == last:
            return self._part(first, into_last - into_first)
        between = self.cumulative[last] - self.cumulative[first]
        return between - self._part(first, into_first) + self._part(last, into_last)

    def _place(self, at_ns: int) -> tuple[int, int]:
        inside_ns = min(max(at_ns, self.opening_ns), self.closing_ns) - self.opening_ns
        return divmod(inside_ns, self.interval_ns)

    def _part(self, index: int, length_ns: int) -> float:
        return self.amounts[index] * length_ns / self.interval_ns if length_ns else 0.0


def replayed_process(
    opening_ns: int, interval_ns: int, amounts: Sequence[float]
) -> ReplayedProcess:
    """A recording of consecutive interval amounts, the first one beginning at `opening_ns`.

    Raises:
        SimulationRangeError: no amounts, or an interval that is not positive.
    """
    if interval_ns <= 0 or not amounts:
        raise SimulationRangeError(
            "replayed process",
            name="interval_ns",
            value=interval_ns,
            limit=Words("> 0, with 1 amount or more", "> 0，且至少 1 个用量"),
        )
    return ReplayedProcess(
        opening_ns=opening_ns,
        interval_ns=interval_ns,
        amounts=tuple(amounts),
        cumulative=tuple(accumulate(amounts, initial=0.0)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedProcess:
    """A recording that begins at `begins_at_ns` and is repeated for ever, before and after."""

    recorded: ReplayedProcess
    begins_at_ns: int

    def rate(self, at_ns: int) -> float:
        """The recorded rate at the same phase."""
        _, recorded_ns = self._turn(at_ns)
        return self.recorded.rate(recorded_ns)

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The recorded amount, whole repetitions included."""
        first, start_ns = self._turn(from_ns)
        last, end_ns = self._turn(to_ns)
        whole = (last - first) * self.recorded.cumulative[-1]
        return whole + self.recorded.amount(start_ns, end_ns)

    def _turn(self, at_ns: int) -> tuple[int, int]:
        length_ns = self.recorded.closing_ns - self.recorded.opening_ns
        turn, into_ns = divmod(at_ns - self.begins_at_ns, length_ns)
        return turn, self.recorded.opening_ns + into_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledProcess:
    """Another process times a factor: one branch of a plant, or another unit."""

    process: Process
    factor: float

    def rate(self, at_ns: int) -> float:
        """The other rate times the factor."""
        return self.factor * self.process.rate(at_ns)

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The other amount times the factor."""
        return self.factor * self.process.amount(from_ns, to_ns)
