"""Joint samples of activity data: what is shared deviates together in every draw. Pure.

Software that draws each exchange on its own loses the correlation of meters that share a standard,
and so understates a sum and overstates a difference. These draws keep it.
"""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np

from calibration.function import Floats
from calibration.propagation.montecarlo import draws
from calibration.propagation.quantity import Knowledge, Quantity, inputs_of
from calibration.uncertainty import Influence
from evidence.statement.covariance import known_components, shared_influences
from evidence.statement.datum import ActivityData
from evidence.statement.exports.errors import SampleSizeError
from evidence.statement.overlap import require_apart

MOST_VALUES: Final = 1_000_000
"""Of rows times samples in one matrix."""
LARGEST_SEED: Final = 2**63 - 1


def joint_samples(data: Sequence[ActivityData], count: int, seed: int) -> Floats:
    """Drawn values of activity data, shape (rows, count), each row in its datum's unit.

    Each influence is drawn once for all rows, in its own distribution and with the standard
    deviation that was stated, so that the samples' covariance is that of `covariance`. (Degrees of
    freedom tell how well that deviation is known; they are not drawn.) The draws of an influence
    depend on its id and the seed alone: files that were asked for apart, with one seed and
    count, deviate together too. Influences that are not shared are drawn for each row.

    Args:
        data: with a known uncertainty each.
        count: of samples, 1 or more; rows times count at most 1,000,000.
        seed: 0 to 2^63 - 1. Digits may differ between versions of numpy.

    Raises:
        SampleSizeError: count or seed is not such a number.
        PeriodError: the uncertainty of one of them is unknown, or periods of one channel overlap
            and both have something new in each reading.
        InfluenceConflictError: one influence is described in two ways.
    """
    require_size(len(data), count, seed)
    require_apart(data)
    parts = known_components(data)
    influences = shared_influences(parts)
    drawn = np.array([[each.value] for each in data]).reshape(-1, 1) + np.zeros((len(data), count))
    deviations = partial(_deviations, count=count, seed=seed)
    shared = {name: deviations(each, name) for name, each in sorted(influences.items())}
    for row, (datum, components) in enumerate(zip(data, parts, strict=True)):
        for each in components:
            name = each.influence.id
            own = shared.get(name)
            if own is None:
                own = deviations(each.influence, f"{name} {datum.digest}")
            drawn[row] += each.contribution * own
    return drawn


def require_size(rows: int, count: int, seed: int) -> None:
    """Returns if so many samples can be drawn.

    Raises:
        SampleSizeError: they cannot.
    """
    most = max(1, MOST_VALUES // max(rows, 1))
    if not 1 <= count <= most:
        limit = f"1 <= n <= {most}"
        raise SampleSizeError("samples", name="samples", found=count, rows=rows, limit=limit)
    if not 0 <= seed <= LARGEST_SEED:
        limit = f"0 <= seed <= {LARGEST_SEED}"
        raise SampleSizeError("seed", name="seed", found=seed, rows=rows, limit=limit)


def _deviations(influence: Influence, key: str, *, count: int, seed: int) -> Floats:
    """Draws of an influence with mean 0 and standard deviation 1."""
    word = int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest(), "big")
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, word])))
    one = Quantity(
        name="z",
        estimate=0.0,
        standard_uncertainty=1.0,
        distribution=Knowledge(influence.distribution.value),
    )
    return draws(inputs_of([one]), rng, count)["z"]
