"""Seeded variation that is a function of the instant alone, a whole array of minutes at a time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Minutes = NDArray[np.int64]
"""Minutes since 1970-01-01T00:00Z, each as the number of its beginning."""
NS_PER_MIN: Final = 60_000_000_000
MIN_PER_DAY: Final = 1440
MIN_PER_YEAR: Final = 525_960
EPOCH_MIN: Final = 28 * MIN_PER_DAY
"""What happens by chance is drawn for 28 days at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """A sum of cosines: amplitudes, periods in minutes, and the minute of a crest of each."""

    amplitudes: tuple[float, ...]
    periods_min: tuple[float, ...]
    crests_min: tuple[float, ...]

    def at(self, minutes: Minutes) -> Floats:
        """The sum in the middle of each minute."""
        total = np.zeros(len(minutes))
        parts = zip(self.amplitudes, self.periods_min, self.crests_min, strict=True)
        for amplitude, period, crest in parts:
            total += amplitude * np.cos(2 * math.pi / period * ((minutes + 0.5 - crest) % period))
        return total


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """The random numbers of one thing; others may come and go beside it."""
    words = [name + (1 << 31) if isinstance(name, int) else crc32(name.encode()) for name in names]
    return np.random.default_rng([seed, *words])


def slow_waves(
    amplitude: float, shortest_h: float, longest_h: float, rng: np.random.Generator
) -> Waves:
    """Six cosines with periods between two limits, whose amplitudes add up to `amplitude`."""
    shares = rng.dirichlet(np.ones(6))
    periods = 60 * np.exp(rng.uniform(math.log(shortest_h), math.log(longest_h), 6))
    crests = periods * rng.uniform(0.0, 1.0, 6)
    return Waves(
        amplitudes=tuple((amplitude * shares).tolist()),
        periods_min=tuple(periods.tolist()),
        crests_min=tuple(crests.tolist()),
    )


def daily(amplitude: float, peak_min: float) -> Waves:
    """One cosine a day with its crest at a minute of the UTC day."""
    return Waves(amplitudes=(amplitude,), periods_min=(float(MIN_PER_DAY),), crests_min=(peak_min,))


def epochs(first: int, last: int) -> Iterator[int]:
    """The numbers of the epochs that reach from one minute to another, and of the one before."""
    yield from range(first // EPOCH_MIN - 1, last // EPOCH_MIN + 1)


def normals(seed: int, name: str, day: int) -> Floats:
    """A standard normal deviate for each minute of a UTC day, numbered from 1970-01-01."""
    return stream(seed, "noise", name, day).standard_normal(MIN_PER_DAY)
