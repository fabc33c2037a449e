"""Calibration with components of 1,000 readings of 50 channels, against the same in plain numpy.

The yardstick computes value and contributions of one straight line for all readings; the
subject looks up each reading's own channel, drift and shares. Median of 9 rounds.
"""

import statistics
import time

import numpy as np

from calibration.apply import Applied, apply, stack
from calibration.basis import InstrumentCalibration, Share, UncertaintyBasis
from calibration.function import CalibrationFunction
from calibration.uncertainty import Influence

CHANNELS, READINGS, ROUNDS, REPEATS = 50, 1000, 9, 200


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


def main() -> None:
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

    rounds = [(_us(yardstick), _us(subject)) for _ in range(ROUNDS + 1)][1:]
    plain, ours = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(mine / theirs for theirs, mine in rounds)
    print(f"{READINGS} readings: numpy {plain:.0f} us, apply {ours:.0f} us ({ratio:.1f}x)")


def _us(run: object) -> float:
    assert callable(run)
    begin = time.perf_counter()
    for _ in range(REPEATS):
        run()
    return (time.perf_counter() - begin) / REPEATS * 1e6


if __name__ == "__main__":
    main()
