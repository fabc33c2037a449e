"""By which rules the demo's stack is told, and the check of its analyser before the demo began."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from carbonmeter.demo_stack import FIRST_DAY
from carbonmeter.quarter_papers import (
    ANALYSER,
    OPERATES_ABOVE_M_S,
    channel_of,
    connected,
    gases,
    spans,
    toml,
)
from simulators.load import write_documents
from simulators.plant import Plant
from simulators.stack.cylinder import zero_cylinder
from simulators.stack.documents import instrument_serial
from simulators.stack.gas_check import GasCheck, gas_checks
from simulators.stack.minutes import days
from simulators.stack.spec import CycleSpec
from simulators.stack.truth import Stack

RULES, SCHEME = "part75", "part75-2011"
PURGE_S, AVERAGING_S, RECOVERY_S = 240.0, 360.0, 120.0
"""Of a check: ten minutes of each gas, of which the last six are averaged."""
OUT_OF_CONTROL: Final = 1.0
"""Percent CO2 by which an analyser may deviate in a daily check (40 CFR 75, App. B, 2.1.4)."""
BACK_NS: Final = 6 * 3_600_000_000_000
AHEAD_NS: Final = 30 * 86_400_000_000_000


def write_plans(folder: Path, site: str, stack: str, plant: Plant, begun_ns: int) -> None:
    """Plans of a stack's CO2 and of its analyser, the cylinders' certificates, and the last check.

    Args:
        folder: Of the agents' documents.
        site: Of the channels.
        stack: Its id.
        plant: That has it.
        begun_ns: When somebody begins to read the analyser, UTC.
    """
    one, until_ns = plant.stacks[stack], begun_ns + AHEAD_NS
    texts = {
        f"PLAN-{stack}.toml": _amount(site, plant, one),
        f"PLAN-{stack}-{ANALYSER}.toml": _analyser(site, plant, one, until_ns),
        **dict(gases(plant, one, until_ns)),
        **dict(_last_check(site, plant, one, begun_ns)),
    }
    write_documents(folder, texts)


def _amount(site: str, plant: Plant, stack: Stack) -> str:
    return f"{_head(f'{site}/{stack.id}/co2', plant, stack)}{_operation(site, plant, stack)}"


def _analyser(site: str, plant: Plant, stack: Stack, until_ns: int) -> str:
    channel, sensor = channel_of(plant, site, stack, ANALYSER), stack.spec.sensors[ANALYSER]
    return f"""\
{_head(channel, plant, stack)}quantity = "{ANALYSER}"
{_operation(site, plant, stack)}\
[[analysers]]
channel = "{channel}"
scheme = "{SCHEME}"
kinds = ["daily_check"]
proportional = true
[analysers.checks]
kind = "daily_check"
limits = "{SCHEME}"
measurand = "{ANALYSER}"
unit = "%"
full_scale = {{ "" = {sensor.ranges[-1]} }}
purge_s = {PURGE_S}
averaging_s = {AVERAGING_S}
recovery_s = {RECOVERY_S}
resolution = {sensor.resolution}
{_schedule(sensor.cycle)}\
{connected("zero", zero_cylinder(stack, ANALYSER))}\
{"".join(connected("span", each) for each in spans(stack, until_ns))}"""


def _schedule(cycle: CycleSpec) -> str:
    """When which gas flows: the cabinet says that a cell is checked, not with which gas."""
    begins = {"zero": cycle.at_min, "span": cycle.at_min + cycle.zero_min}
    lasts = {"zero": cycle.zero_min, "span": cycle.span_min}
    return "".join(
        f"""\
[[analysers.checks.schedule]]
point = "{point}"
at = {at_min // 60:02d}:{at_min % 60:02d}:00
every_h = {cycle.every_h}
duration_s = {60.0 * lasts[point]}
"""
        for point, at_min in begins.items()
    )


def _head(channel: str, plant: Plant, stack: Stack) -> str:
    return f"""\
schema = 1
plan = "{channel}"
rules = "{RULES}"
effective_from = {FIRST_DAY}
recorded_at = {FIRST_DAY}
decided_by = "{plant.scenario.factory}"
reason = "monitoring plan of the simulated site"
utc_offset_s = {round(stack.spec.utc_offset_h * 3600)}
"""


def _operation(site: str, plant: Plant, stack: Stack) -> str:
    velocity = channel_of(plant, site, stack, "velocity")
    return f"""\
[operation]
channel = "{velocity}"
above = {OPERATES_ABOVE_M_S}
"""


def _last_check(site: str, plant: Plant, stack: Stack, begun_ns: int) -> Iterator[tuple[str, str]]:
    """The record of the check that the analyser made last before anybody read it; none if none."""
    made = [
        each
        for day in days(stack, begun_ns - BACK_NS, begun_ns)
        for each in gas_checks(stack, day)
        if each.quantity == ANALYSER
    ]
    for each in made[-1:]:
        yield "TEST-daily-check.toml", _record(site, plant, stack, each)


def _record(site: str, plant: Plant, stack: Stack, check: GasCheck) -> str:
    at = toml(datetime.fromtimestamp(check.at_ns // 1_000_000_000, UTC))
    off = check.zero_reading - check.zero_reference, check.span_reading - check.span_reference
    passed = max(abs(each) for each in off) <= OUT_OF_CONTROL
    zero = str(check.zero_reading).replace("-", "\N{MINUS SIGN}")
    return f"""\
schema = 1
test = "daily_check"
id = "CHECK-{instrument_serial(stack, ANALYSER)}-{at}"
channel = "{channel_of(plant, site, stack, ANALYSER)}"
serial = "{instrument_serial(stack, ANALYSER)}"
at = {at}
outcome = "{"passed" if passed else "failed"}"
recorded_at = {at}
recorded_by = "{plant.scenario.factory}"
document = "printed by the analyser"
detail = "zero {zero} %, span {check.span_reading} % of {check.span_reference} %"
relative_error = {check.span_reading / check.span_reference - 1}
standard_uncertainty = {stack.spec.sensors[ANALYSER].cycle.span_U / 2}
"""
