"""The stack of the demo: what its agent is told, and how its CO2 is computed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.plant import Plant
from simulators.stack.documents import instrument_serial

MODEL: Final = "HJ75-CO2"
INPUTS: Final = {
    "velocity": "v_p",
    "temperature": "t_s",
    "static_pressure": "p_s",
    "barometric_pressure": "b_a",
    "h2o": "x_sw",
    "co2": "co2_dry",
}
"""The model's name for each quantity."""
NAMEPLATE: Final = {"velocity": 0.01}
"""Of the flow meter, which has no certificate of its own: its K_v is found in the duct."""
WET: Final = {"co2": False, "h2o": True}
FIRST_DAY: Final = "2026-01-06T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackInstrument:
    """An instrument of a stack, and the device that shows it."""

    serial: str
    quantity: str
    channel: str
    profile: str
    unit_id: int


def stack_devices(
    plant: Plant, line: str, period_s: int, classes: Mapping[str, float] = NAMEPLATE
) -> str:
    """The devices of an agent's line, one for each instrument; empty where no stack is shown.

    `classes` are relative maximum errors by the instruments' plates, by quantity.
    """
    return "".join(_device(each, period_s, classes) for each in _instruments(plant, line))


def copy_profiles(folder: Path, scenario: Path, plant: Plant) -> None:
    """Puts the profiles that lie beside the scenario where the agents' configurations look."""
    for name in sorted({each.profile for each in plant.scenario.standing}):
        if name.endswith(".toml"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((scenario.parent / name).read_bytes())


def write_derivation(
    folder: Path, site: str, stack: str, plant: Plant, since: str = FIRST_DAY
) -> Path:
    """The document that says how a stack's CO2 is computed, beside the laboratory's."""
    shown = [each for each in _instruments(plant) if each.serial.startswith(f"{stack}-")]
    inputs = {INPUTS[each.quantity]: f"{site}/{each.serial}/{each.channel}" for each in shown}
    path = folder / f"CO2-{stack}.toml"
    path.write_text(
        f"""\
schema = 1
derivation = "{site}/{stack}/co2"
subject = "{stack}"
kind_of_quantity = "mass_flow"
model = "{MODEL}"
effective_from = {since}
recorded_at = {since}
decided_by = "{plant.scenario.factory}"
reason = "monitoring plan of the simulated site"
[inputs]
{"".join(f'{name} = "{channel}"{chr(10)}' for name, channel in inputs.items())}\
[settings]
area = "stack_area"
k_v = "velocity_coefficient"
""",
        encoding="utf-8",
    )
    return path


def _instruments(plant: Plant, line: str = "") -> Iterator[StackInstrument]:
    """What the devices of a line show that the model needs; of all lines where none is given."""
    for outlet in plant.scenario.outlets:
        for shown in outlet.shows:
            if shown.quantity in INPUTS and line in ("", outlet.line):
                yield StackInstrument(
                    serial=instrument_serial(plant.stacks[outlet.stack], shown.quantity),
                    quantity=shown.quantity,
                    channel=shown.channel,
                    profile=outlet.profile,
                    unit_id=outlet.unit_id,
                )


def _device(each: StackInstrument, period_s: int, classes: Mapping[str, float]) -> str:
    nameplate, wet = classes.get(each.quantity), WET.get(each.quantity)
    lines = [
        "[[lines.devices]]",
        f'name = "{each.serial}"',
        f'profile = "{each.profile}"',
        f"unit_id = {each.unit_id}",
        f'serial = "{each.serial}"',
        f"period_s = {period_s}.0",
        f'channels = ["{each.channel}"]',
    ]
    if nameplate is not None:
        lines.append(f"nameplate_mpe_relative = {nameplate}")
    if wet is not None:
        state = f"temperature_K = 273.15, pressure_Pa = 101325, wet = {str(wet).lower()}"
        lines.append(f"reference_conditions = {{ {each.channel} = {{ {state} }} }}")
    return "\n".join(lines) + "\n"
