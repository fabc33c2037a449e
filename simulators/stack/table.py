"""A stack's minutes, checks and comparisons as tables of text; truth stands beside indications."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from evidence.clock import utc_text
from simulators.stack.gas_check import GasCheck, Injection
from simulators.stack.minutes import StackMinutes
from simulators.stack.reference import ParallelRun, Traverse
from simulators.stack.spec import QUANTITIES, UNITS
from simulators.stack.waves import NS_PER_MIN

TRUE_COLUMNS: Final = {
    "operating": "",
    "fuel_t_h": "",
    "carbon": "",
    "co2_dry": "%",
    "co2_wet": "%",
    "o2_dry": "%",
    "h2o": "%",
    "velocity": "m/s",
    "kv": "",
    "temperature": "Cel",
    "static_pressure": "Pa",
    "barometric_pressure": "Pa",
    "flow_wet_m3_h": "",
    "flow_dry_Nm3_h": "",
    "co2_t_h": "",
}
"""Column after `true_`, and its unit where the name does not say it."""


def minute_header() -> str:
    """The heading: time, each indication with its flag, and the truth."""
    shown = [cell for each in QUANTITIES for cell in (f"{each}_{UNITS[each]}", f"{each}_flag")]
    true = [f"true_{name}_{unit}".rstrip("_") for name, unit in TRUE_COLUMNS.items()]
    return ",".join(["time", *shown, *true])


def minute_rows(minutes: StackMinutes) -> Iterator[str]:
    """A row a minute: its beginning in UTC; nothing where nobody heard an instrument."""
    columns: list[list[str]] = [[_time(at) for at in minutes.truth.minute.tolist()]]
    for quantity in QUANTITIES:
        shown = minutes.shown[quantity]
        columns += [_numbers(shown.value.tolist()), shown.flag.tolist()]
    for name in TRUE_COLUMNS:
        column = np.asarray(getattr(minutes.truth, name), dtype=np.float64)
        columns.append([f"{each:.12g}" for each in column.tolist()])
    return map(",".join, zip(*columns, strict=True))


def _time(minute: int) -> str:
    return utc_text(minute * NS_PER_MIN)


def _numbers(values: Iterable[float]) -> list[str]:
    return ["" if math.isnan(each) else f"{each:.12g}" for each in values]


def check_rows(checks: Sequence[GasCheck]) -> Iterator[str]:
    """The automatic checks, with their heading."""
    yield (
        "time,quantity,zero_reference,zero_reading,span_reference,span_reading,full_scale,"
        "certificate"
    )
    for each in checks:
        numbers = (each.zero_reference, each.zero_reading, each.span_reference, each.span_reading)
        cells = [utc_text(each.at_ns), each.quantity, *_numbers((*numbers, each.full_scale))]
        yield ",".join([*cells, each.certificate])


def run_rows(runs: Sequence[ParallelRun]) -> Iterator[str]:
    """The runs of the reference method, with their heading."""
    yield "from,to,quantity,unit,run,reference,indicated,valid_minutes,true_value"
    for each in runs:
        cells = [utc_text(each.from_ns), utc_text(each.to_ns), each.quantity, UNITS[each.quantity]]
        found = _numbers((each.reference, each.indicated))
        yield ",".join([*cells, str(each.number), *found, str(each.valid_min)]) + (
            f",{each.true_value:.12g}"
        )


def injection_rows(injections: Sequence[Injection]) -> Iterator[str]:
    """The injections of gases at several levels, with their heading."""
    yield "time,quantity,level,reference,expanded_uncertainty,reading"
    for each in injections:
        numbers = _numbers((each.reference, each.expanded_uncertainty, each.reading))
        yield ",".join([utc_text(each.at_ns), each.quantity, each.level, *numbers])


def traverse_rows(traverses: Sequence[Traverse]) -> Iterator[str]:
    """The traverses, with their heading."""
    yield "from,to,mean_velocity,indicated,kv,standard_uncertainty,true_kv"
    for each in traverses:
        numbers = (each.mean_velocity, each.indicated, each.kv, each.standard_uncertainty)
        found = _numbers((*numbers, each.true_kv))
        yield ",".join([utc_text(each.from_ns), utc_text(each.to_ns), *found])
