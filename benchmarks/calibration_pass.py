"""Row 12: calibration with components, against plain numpy and against an object library.

A batch of 1,000 readings of 50 channels, each with a straight line of its own; 1,000,000
readings through one quadratic with the full covariance of its coefficients; and single readings
through `uncertainties`, which carries derivatives in objects.
"""

import time
from collections.abc import Callable

import msgspec
import numpy as np
import uncertainties

from benchmarks.figures import Bound, Figure, compared
from calibration.apply import apply
from calibration.basis import InstrumentCalibration, Share, UncertaintyBasis
from calibration.certificate import CalibrationResult
from calibration.function import CalibrationFunction
from calibration.measurand import KindOfQuantity
from calibration.stacked import Applied, stack
from calibration.uncertainty import Influence

CHANNELS, READINGS, MANY, FEW, ROUNDS, REPEATS = 50, 1000, 1_000_000, 100, 9, 200
SHARE, CENTRE = 2e-4, 50.0
LINE = np.array([0.01, 1.001]), np.array([[4e-4, 1e-7], [1e-7, 2.5e-5]])
QUADRATIC = (
    np.array([50.01, 1.001, 2e-5]),
    np.array([[4e-4, 1e-7, -1e-8], [1e-7, 2.5e-9, 1e-11], [-1e-8, 1e-11, 1e-11]]),
)
NUMPY = Bound(goal=2.0, gate=1 / 0.3)
OBJECTS = Bound(goal=1 / 300, gate=1 / 100)


def calibration(
    number: int, fitted: tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], ...]
) -> InstrumentCalibration:
    """The calibration of a power meter by a polynomial, and a standard's share."""
    function = CalibrationFunction(
        form="polynomial",
        coefficients=tuple(fitted[0].tolist()),
        covariance=tuple(tuple(row) for row in fitted[1].tolist()),
        measuring_interval=(0.0, 100.0),
        centre=CENTRE,
    )
    return InstrumentCalibration(
        basis=UncertaintyBasis.CALIBRATION,
        serial=f"S{number}",
        certificate=f"C{number}",
        function=function,
        result=msgspec.structs.replace(RESULT, function=function),
        shares=(Share(influence=Influence(id="std:L/S"), relative=SHARE),),
    )


RESULT = CalibrationResult(
    kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
    unit="kW",
    result="value",
    argument="indication",
    argument_unit="kW",
    measuring_interval=(0.0, 100.0),
)


def measure() -> list[Figure]:
    """The figures of row 12."""
    return [_batch(), _quadratic(), _objects()]


def _batch() -> Figure:
    """The yardstick gathers each reading's own line, since the batch has 50."""
    channels = [Applied(calibration=calibration(k, LINE), unit="kW") for k in range(CHANNELS)]
    table, at_ns = stack(channels), np.full(READINGS, 10**18)
    x = np.random.default_rng(1).uniform(0.0, 100.0, READINGS)
    row = np.repeat(np.arange(CHANNELS), READINGS // CHANNELS)
    lines = np.tile(LINE[0], (CHANNELS, 1))
    factors = np.tile(np.linalg.cholesky(LINE[1]), (CHANNELS, 1, 1))

    def yardstick() -> None:
        basis = np.stack((np.ones(READINGS), x - CENTRE), axis=1)
        value = np.einsum("np,np->n", basis, lines[row])
        own = np.einsum("np,npk->nk", basis, factors[row])
        np.concatenate((own, (value * SHARE)[:, None]), axis=1)

    return _figure(
        f"{READINGS} readings of {CHANNELS} lines, with components",
        (yardstick, lambda: apply(table, row, x, x, at_ns)),
        against="plain numpy, the same lines",
        bound=NUMPY,
    )


def _quadratic() -> Figure:
    table = stack([Applied(calibration=calibration(0, QUADRATIC), unit="kW")])
    x = np.random.default_rng(2).uniform(0.0, 100.0, MANY)
    row, at_ns = np.zeros(MANY, dtype=np.int64), np.full(MANY, 10**18)
    coefficients, factor = QUADRATIC[0], np.linalg.cholesky(QUADRATIC[1])

    def yardstick() -> None:
        away = x - CENTRE
        basis = np.stack((np.ones(MANY), away, away * away), axis=1)
        value = basis @ coefficients
        np.concatenate((basis @ factor, (value * SHARE)[:, None]), axis=1)

    return _figure(
        "1e6 readings through one quadratic, full covariance",
        (yardstick, lambda: apply(table, row, x, x, at_ns)),
        against="plain numpy",
        bound=NUMPY,
        repeats=1,
    )


def _objects() -> Figure:
    """CPU of one reading: of a batch of 1,000 here, of 100 there."""
    table = stack([Applied(calibration=calibration(0, LINE), unit="kW")])
    x = np.random.default_rng(3).uniform(0.0, 100.0, READINGS)
    row, at_ns = np.zeros(READINGS, dtype=np.int64), np.full(READINGS, 10**18)
    a, b = uncertainties.correlated_values(LINE[0].tolist(), LINE[1].tolist())
    share = uncertainties.ufloat(1.0, SHARE)

    def yardstick() -> None:
        for each in x[:FEW].tolist():
            _ = ((a + b * (each - CENTRE)) * share).error_components()

    pairs = [
        (
            cpu_us(yardstick, 1) / FEW,
            cpu_us(lambda: apply(table, row, x, x, at_ns), REPEATS) / READINGS,
        )
        for _ in range(ROUNDS + 1)
    ][1:]
    return compared(
        12,
        "one reading with components",
        pairs,
        unit="µs",
        against="uncertainties, an object a number",
        bound=OBJECTS,
    )


def _figure(
    name: str,
    runs: tuple[Callable[[], object], Callable[[], object]],
    *,
    against: str,
    bound: Bound,
    repeats: int = REPEATS,
) -> Figure:
    theirs, ours = runs
    pairs = [(cpu_us(theirs, repeats), cpu_us(ours, repeats)) for _ in range(ROUNDS + 1)][1:]
    return compared(12, name, pairs, unit="µs", against=against, bound=bound)


def cpu_us(run: Callable[[], object], repeats: int) -> float:
    """CPU of one run, microseconds."""
    begin = time.process_time()
    for _ in range(repeats):
        run()
    return (time.process_time() - begin) / repeats * 1e6
