"""Row 12: calibration with components of 1,000 readings of 50 channels, against plain numpy.

The yardstick computes value and contributions of one straight line for all readings; the
subject looks up each reading's own channel, drift and shares.
"""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.figures import Bound, Figure, compared
from calibration.apply import Applied, apply, stack
from calibration.basis import InstrumentCalibration, Share, UncertaintyBasis
from calibration.function import CalibrationFunction
from calibration.uncertainty import Influence

CHANNELS, READINGS, ROUNDS, REPEATS = 50, 1000, 9, 200
BOUND = Bound(goal=2.0, gate=1 / 0.3)


def calibration(number: int) -> InstrumentCalibration:
    return InstrumentCalibration(
        basis=UncertaintyBasis.CALIBRATION,
        serial=f"S{number}",
        certificate=f"C{number}",
        function=CalibrationFunction(
            form="polynomial",
            coefficients=(0.01, 1.001),
            covariance=((4e-4, 1e-7), (1e-7, 2.5e-5)),
            measuring_interval=(0.0, 100.0),
            centre=50.0,
        ),
        shares=(Share(influence=Influence(id="std:L/S"), relative=2e-4),),
    )


def measure() -> list[Figure]:
    """The figure of row 12."""
    table = stack([Applied(calibration=calibration(k), unit="kW") for k in range(CHANNELS)])
    rng = np.random.default_rng(1)
    x = rng.uniform(0.0, 100.0, READINGS)
    row = np.repeat(np.arange(CHANNELS), READINGS // CHANNELS)
    at_ns = np.full(READINGS, 10**18)
    factor = np.linalg.cholesky(np.array([[4e-4, 1e-7], [1e-7, 2.5e-5]]))

    def subject() -> None:
        apply(table, row, x, x, at_ns)

    def yardstick() -> None:
        basis = np.stack((np.ones(READINGS), x - 50.0), axis=1)
        value = basis @ np.array([0.01, 1.001])
        np.concatenate((basis @ factor, (value * 2e-4)[:, None]), axis=1)

    pairs = [(cpu_us(yardstick), cpu_us(subject)) for _ in range(ROUNDS + 1)][1:]
    name = f"calibration of {READINGS} readings with components"
    return [compared(12, name, pairs, unit="µs", against="plain numpy", bound=BOUND)]


def cpu_us(run: Callable[[], object]) -> float:
    """CPU of one run, microseconds."""
    begin = time.process_time()
    for _ in range(REPEATS):
        run()
    return (time.process_time() - begin) / REPEATS * 1e6
