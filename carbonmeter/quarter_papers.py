"""What is written about the boiler of a quarter: by the laboratory, and by the plant itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from carbonmeter.demo_stack import INPUTS, write_derivation
from simulators.instant import instant_ns
from simulators.issue import issue_reference_material
from simulators.load import write_documents
from simulators.plant import Plant
from simulators.stack.build import CAMPAIGN_MIN, first_documents
from simulators.stack.comparison import comparison_documents
from simulators.stack.cylinder import Cylinder, cylinders, zero_cylinder
from simulators.stack.documents import instrument_serial
from simulators.stack.reference import parallel_runs, running_from_ns
from simulators.stack.spec import Planned, Quantity
from simulators.stack.truth import Stack

ANALYSER: Final[Quantity] = "co2"
OPERATES_ABOVE_M_S: Final = 2.0
PURGE_S, AVERAGING_S, RECOVERY_S = 120.0, 120.0, 120.0
"""Of a check: five minutes of each gas, of which the last three are averaged; then the way back."""
UNTIL_COMPARED: Final = timedelta(hours=16)
SETTLES_DAYS: Final = 7
"""From the commissioning on, until everything is compared, confirmed, and decided."""


def decided_at(plant: Plant) -> datetime:
    """From when on the plant's own decisions hold; before that there is nothing to be run."""
    return plant.scenario.begins_at.astimezone(UTC) + timedelta(days=SETTLES_DAYS)


def write_papers(folder: Path, site: str, stack: str, plant: Plant, until_ns: int) -> Path:
    """The folder of the agent, with all that is decided and found at the beginning.

    Raises:
        SimulatorError: the stack does not run long enough to be compared.
    """
    papers, one = folder / "papers", plant.stacks[stack]
    write_documents(papers, first_documents(plant))
    write_documents(papers, dict(gases(plant, one, until_ns)))
    write_derivation(papers, site, stack, plant, toml(decided_at(plant)))
    write_documents(papers, {"PLAN.toml": plan_text(site, stack, plant, until_ns)})
    return papers


def arriving(stack: str, plant: Plant, until_ns: int) -> dict[int, dict[str, str]]:
    """What comes in later, by the instant: of a repair that it was, then the comparison after it.

    The first ends the confirmation, the second begins another one, from the day on that follows.
    """
    found, one = {}, plant.stacks[stack]
    for each in one.spec.planned:
        done = each.until
        if each.kind == "repair" and done is not None and instant_ns(done) < until_ns:
            name = f"REPAIR-{each.instrument}-{done.date()}.toml"
            found[instant_ns(done)] = {name: _repair(plant, one, each, done)}
            found |= _compared(plant, one, each, done)
    return found


def plan_text(site: str, stack: str, plant: Plant, until_ns: int) -> str:
    """The monitoring plan as TOML: rules, and what proves the analyser."""
    one, since = plant.stacks[stack], toml(decided_at(plant))
    full_scale = one.spec.sensors[ANALYSER].ranges[-1]
    resolution = one.spec.sensors[ANALYSER].resolution
    return f"""\
schema = 1
plan = "{site}/{stack}/co2"
rules = "hj75"
quantity = "mass"
effective_from = {since}
recorded_at = {since}
decided_by = "{plant.scenario.factory}"
reason = "monitoring plan of the simulated site"
utc_offset_s = {round(one.spec.utc_offset_h * 3600)}
[operation]
channel = "{channel_of(plant, site, one, "velocity")}"
above = {OPERATES_ABOVE_M_S}
[[analysers]]
channel = "{channel_of(plant, site, one, ANALYSER)}"
scheme = "hj75-2017"
kinds = ["daily_check"]
proportional = true
[analysers.checks]
kind = "daily_check"
limits = "hj75-2017"
measurand = "{ANALYSER}"
unit = "%"
full_scale = {{ "" = {full_scale} }}
purge_s = {PURGE_S}
averaging_s = {AVERAGING_S}
recovery_s = {RECOVERY_S}
resolution = {resolution}
{connected("zero", zero_cylinder(one, ANALYSER))}\
{"".join(connected("span", each) for each in spans(one, until_ns))}"""


def connected(point: str, gas: Cylinder) -> str:
    """A cylinder as the plan names it, from when to when it stands at the analyser."""
    since, until = (_instant(each) for each in (gas.in_use_from_ns, gas.in_use_until_ns))
    return f"""\
[[analysers.checks.gases]]
point = "{point}"
certificate = "{gas.certificate}"
property = "{gas.component.upper()}"
connected_at = {since}
disconnected_at = {until}
"""


def channel_of(plant: Plant, site: str, stack: Stack, quantity: str) -> str:
    """The channel of the agent that shows a quantity of the stack."""
    (shown,) = (
        each.channel
        for outlet in plant.scenario.outlets
        for each in outlet.shows
        if outlet.stack == stack.id and each.quantity == quantity and quantity in INPUTS
    )
    return f"{site}/{instrument_serial(stack, quantity)}/{shown}"


def gases(plant: Plant, stack: Stack, until_ns: int) -> Iterator[tuple[str, str]]:
    """The certificates of the analyser's cylinders."""
    laboratory = plant.scenario.laboratory.as_issuer()
    for each in (zero_cylinder(stack, ANALYSER), *spans(stack, until_ns)):
        yield f"{each.certificate}.toml", issue_reference_material(each, laboratory)


def spans(stack: Stack, until_ns: int) -> Iterator[Cylinder]:
    """The cylinders of span gas at the analyser until an instant."""
    used = cylinders(stack, stack.commissioned_ns, until_ns)
    return (each for each in used if each.component == ANALYSER)


def _repair(plant: Plant, stack: Stack, planned: Planned, done: datetime) -> str:
    return f"""\
schema = 1
event = "repair"
at = {toml(done)}
recorded_at = {toml(done)}
recorded_by = "{plant.scenario.factory}"
serial = "{instrument_serial(stack, str(planned.instrument))}"
reason = "repaired and adjusted"
"""


def _compared(
    plant: Plant, stack: Stack, planned: Planned, done: datetime
) -> dict[int, dict[str, str]]:
    """Certificate and confirmation by nine runs that begin on the day after a repair."""
    begun_ns = running_from_ns(stack, instant_ns(done + UNTIL_COMPARED), CAMPAIGN_MIN)
    runs = [each for each in parallel_runs(stack, begun_ns) if each.quantity == planned.instrument]
    laboratory, factory = plant.scenario.laboratory, plant.scenario.factory
    known = datetime.fromtimestamp(runs[-1].to_ns // 1_000_000_000, UTC).date() + timedelta(days=1)
    texts = comparison_documents(stack, laboratory, runs, factory)
    return {instant_ns(datetime.combine(known, time(0), UTC)): texts}


def _instant(at_ns: int) -> str:
    return toml(datetime.fromtimestamp(at_ns // 1_000_000_000, UTC))


def toml(at: datetime) -> str:
    """An instant as TOML writes it, UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
