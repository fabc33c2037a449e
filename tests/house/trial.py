"""One seed of the house: deviations from the truth, and the components that are stated."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from calibration.apply import apply
from calibration.function import Floats
from calibration.increment import RegisterReading, RegisterTraits, Sieve, sift
from calibration.load import register_of
from calibration.measurand import KindOfQuantity
from calibration.timeline import Installed, Timeline, timeline_of
from calibration.uncertainty import UncertaintyComponent, merge, scaled
from calibration.window import Window
from edge_agent.batcher import Packed
from evidence.judging.bounds import ALL_TIME
from evidence.judging.stream import register_readings
from evidence.log.batch import Batch, decode
from evidence.log.envelope import decompress
from evidence.log.row import results
from evidence.statement.activity import activity_data
from evidence.statement.datum import component_of
from simulators.process import ScaledProcess
from tests.house import plant

Components = tuple[UncertaintyComponent, ...]
TARGETS: Final = ("reading", "hour", "month", "sum", "difference")
POLLS: Final = 2  # an hour
HOUR: Final = 200  # of the month: a morning, in the middle of everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Deviation and components of each target; u of sums whose readings were collapsed."""

    deviation: dict[str, float]
    components: dict[str, Components]
    collapsed: dict[str, float]


def trial(seed: int, belief: plant.Belief = plant.Belief()) -> Trial:  # noqa: B008 - frozen
    """A month of two meters under one standard, and an hour of a third one's power."""
    rng = np.random.default_rng([20260301, seed])
    standard = plant.standard_of(rng)
    load = plant.load_kW(rng)
    first = plant.energy_meter("A", load, standard, belief, rng)
    branch = ScaledProcess(process=load, factor=0.8)
    second = plant.energy_meter("B", branch, standard, belief, rng)
    power = plant.power_meter("P", load, standard, belief, rng)
    instants = range(plant.START_NS, plant.START_NS + plant.MONTH_NS + 1, plant.STEP_NS)
    month = plant.leaves((first, second), instants)
    windows = plant.windows_of(month)
    found = {
        "reading": _reading(power, plant.leaves((power,), instants[:9])),
        "hour": _energy(first, windows[first.id][HOUR : HOUR + 1]),
        "month": _energy(first, windows[first.id]),
    }
    other = _energy(second, windows[second.id])
    for name, sign in (("sum", 1.0), ("difference", -1.0)):
        found[name] = (
            found["month"][0] + sign * other[0],
            merge(found["month"][1], scaled(other[1], sign)),
        )
    return Trial(
        deviation={name: deviation for name, (deviation, _) in found.items()},
        components={name: components for name, (_, components) in found.items()},
        collapsed=_collapsed(first, month, windows[first.id]),
    )


def _energy(meter: plant.Meter, windows: list[Window]) -> tuple[float, Components]:
    start, end = windows[0].start_ns, windows[-1].end_ns
    datum = activity_data(
        windows,
        plant.device_of(meter, plant.STEP_NS).setup.channels[0].measurand,
        (start, end),
        software="test",
    )
    assert datum.completeness.ratio == 1.0
    components = tuple(component_of(part) for part in datum.components)
    return datum.value - meter.process.amount(start, end), components


def _reading(meter: plant.Meter, packed: list[Packed]) -> tuple[float, Components]:
    """The fifth reading of the power, as it stands in the batch's bytes."""
    plant.windows_of(packed)  # the judge recomputes it and finds no fault
    leaf = decode(decompress(packed[-1].frame))
    assert isinstance(leaf, Batch)
    result = results(leaf.streams[0], leaf.epoch)[4]
    return result.value - meter.process.rate(result.at_ns), result.components


def _collapsed(meter: plant.Meter, packed: list[Packed], windows: list[Window]) -> dict[str, float]:
    """u of hour and month if every increment kept one number only (what gateways do)."""
    readings = [
        reading
        for leaf in (decode(decompress(each.frame)) for each in packed)
        if isinstance(leaf, Batch)
        for stream in leaf.streams
        if stream.head.channel == meter.id
        for reading in register_readings(stream, leaf.epoch, ALL_TIME)
    ]
    each_u = _increment_u(meter, readings)
    hour = slice(POLLS * HOUR, POLLS * (HOUR + 1))
    assert len(each_u) == POLLS * len(windows)
    return {
        "hour": float(np.sqrt(np.sum(each_u[hour] ** 2))),
        "month": float(np.sqrt(np.sum(each_u**2))),
    }


def _increment_u(meter: plant.Meter, readings: list[RegisterReading]) -> Floats:
    """u of each increment alone: its readings at both ends, and all that is common."""
    timeline = _timeline(meter)
    _, steps, _ = sift(Sieve(), readings, RegisterTraits(resolution=0.01, rated_rate=200.0))
    results = apply(
        timeline.table,
        np.zeros(len(steps), dtype=np.int64),
        np.array([step.increment for step in steps]),
        np.array([step.rate for step in steps]),
        np.array([step.closing.at_ns for step in steps]),
    )
    u_reading = readings[0].standard_uncertainty
    ends = 2.0 * (results.sensitivity * u_reading) ** 2
    return np.asarray(np.sqrt(ends + np.sum(results.contributions**2, axis=1)))


def _timeline(meter: plant.Meter) -> Timeline:
    return timeline_of(
        register_of(meter.documents),
        (Installed(from_ns=0, serial=meter.serial),),
        KindOfQuantity.ACTIVE_ENERGY,
        "kW.h",
    )


def trials(seeds: int, processes: int = 2) -> list[Trial]:
    """Trials of the seeds 0, 1, 2, ..."""
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(partial(trial), range(seeds), chunksize=10))
