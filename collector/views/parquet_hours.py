"""Hours of channels, amounts and means, as tables of the lake. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import pyarrow as pa

from calibration.basis import UncertaintyBasis
from calibration.mean import MeanWindow
from calibration.uncertainty import UncertaintyComponent, combine
from calibration.window import FlowWindow, Window, components_of
from collector.views.parquet_schema import COMPONENT, HOURS, SCHEMAS

Hour = tuple[int, Window | MeanWindow]
"""Version and content."""
Key = tuple[str, int, int]
"""Channel, start in UTC ms, version."""
PORTION: Final = 2_000
_NS_PER_MS: Final = 1_000_000


def key_of(hour: Hour) -> Key:
    """By what a version of an hour is known."""
    version, window = hour
    return window.channel, window.start_ns // _NS_PER_MS, version


def hour_tables(hours: Iterable[Hour], listed: frozenset[Key] = frozenset()) -> Iterator[pa.Table]:
    """Hours in their order, without those that are `listed`, in tables of 2,000 rows."""
    fresh = (each for each in hours if key_of(each) not in listed)
    while portion := list(islice(fresh, PORTION)):
        yield hour_table(portion)


def hour_table(hours: Sequence[Hour]) -> pa.Table:
    """One row an hour and version."""
    return pa.Table.from_pylist([_row(*each) for each in hours], schema=SCHEMAS[HOURS])


def _row(version: int, hour: Window | MeanWindow) -> dict[str, Any]:
    parts = hour.components if isinstance(hour, MeanWindow) else components_of(hour)
    known = hour.grounds.basis != UncertaintyBasis.UNKNOWN and hour.value is not None
    return {
        "channel": hour.channel,
        "hour_start": hour.start_ns // _NS_PER_MS,
        "hour_end": hour.end_ns // _NS_PER_MS,
        "version": version,
        "form": _form(hour),
        "unit": hour.unit,
        "uncorrected": hour.uncorrected,
        "value": hour.value,
        "standard_uncertainty": combine(parts) if known else None,
        "components": [_component(part) for part in parts],
        "expected": hour.tally.expected,
        "present": hour.tally.present,
        "missed": sorted(hour.tally.missed.items()),
        "qualities": sorted(hour.tally.qualities.items()),
        "states": hour.tally.states,
        "u_basis": hour.grounds.basis.value,
        "serials": hour.grounds.serials,
        "certificates": hour.grounds.certificates,
        "confirmations": hour.grounds.confirmations,
    }


def _form(hour: Window | MeanWindow) -> str:
    if isinstance(hour, MeanWindow):
        return "mean"
    return "flow" if isinstance(hour, FlowWindow) else "register"


def _component(part: UncertaintyComponent) -> dict[str, Any]:
    described = {
        each.name: getattr(part.influence, each.name)
        for each in COMPONENT
        if each.name not in ("influence", "contribution")
    }
    return {"influence": part.influence.id, "contribution": part.contribution, **described}
