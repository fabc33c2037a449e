"""Configurations of the demo's processes, written as a person would write them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from carbonmeter.demo_stack import stack_devices
from evidence.load import write_signing_key
from evidence.log.key import Algorithm, generate
from simulators.plant import Plant
from simulators.scenario import InstrumentForm

SITE: Final = "works"
ZONE: Final = "Asia/Shanghai"
"""Of the times on the agent's page: what the collector's pages show if nothing else is chosen."""
PERIOD_s: Final = 60
TIMEOUT_s: Final = 0.1
"""Of this machine, not of the demo's time: a second would hold up a line for three polls."""
CHANNELS: Final = {
    "abb-b23": ("active_energy_import", "active_power"),
    "eastron-sdm630": ("active_energy_import",),
    "schneider-iem3155": ("active_energy_import",),
    "tuf-2000m": ("volume_positive",),
    "vaisala-gmp252": ("co2",),
}
NAMES: Final = {
    "abb-b23": "rolling-mill",
    "eastron-sdm630": "furnace",
    "schneider-iem3155": "compressors",
    "tuf-2000m": "cooling-water",
    "vaisala-gmp252": "hall-air",
}
RATED: Final = {"active_energy_import": 200.0, "volume_positive": 100.0}
REGISTER_FACTOR: Final = {"schneider-iem3155": 1000.0}  # this profile counts in W.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Loopback ports of the demo."""

    broker: int
    relay: int
    api: int
    lines: dict[str, int]


def write_collector(folder: Path, ports: Ports, agent_keys: dict[str, str]) -> tuple[Path, str]:
    """The collector's configuration and key; the file, and the line for the agents."""
    state = folder / "collector"
    state.mkdir(mode=0o700)
    key = generate("collector", os.urandom(32), Algorithm.COSIGNATURE_V1)
    write_signing_key(state / "collector.key", key)
    agents = "".join(
        f'[[agents]]\nid = "{agent}"\nsite = "{SITE}"\nkey = "{line}"\n'
        for agent, line in agent_keys.items()
    )
    path = folder / "collector.toml"
    path.write_text(
        f'[collector]\nid = "collector"\nstate_dir = "{state}"\naccept_simulated_clock = true\n'
        f"[broker]\nport = {ports.broker}\n[api]\nport = {ports.api}\n{agents}",
        encoding="utf-8",
    )
    return path, key.verifier.to_text()


def make_agent_key(folder: Path, agent: str) -> str:
    """The agent's key in its state folder; the line to pin at the collector."""
    state = folder / agent
    state.mkdir(mode=0o700)
    key = generate(agent, os.urandom(32))
    write_signing_key(state / "agent.key", key)
    return key.verifier.to_text()


def write_agent(
    folder: Path, agent: str, line: str, plant: Plant, broker_port: int, port: int, collector: str
) -> Path:
    """The configuration of the agent of one line."""
    forms = [form for form in plant.scenario.instruments if form.line == line]
    meters = "".join(_device(form, plant) for form in forms)
    path = folder / f"{agent}.toml"
    path.write_text(
        f"""\
schema = 1
[agent]
id = "{agent}"
site = "{SITE}"
state_dir = "{folder / agent}"
[uplink]
port = {broker_port}
collector_key = "{collector}"
[batch]
max_age_s = 600.0
readings_per_channel = 10
[clock]
standard_uncertainty_s = 0.5
[calibration]
directory = "{folder / "papers"}"
[[lines]]
name = "{line}"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {port}
timeout_s = {TIMEOUT_s}
{meters}{stack_devices(plant, line, PERIOD_s)}""",
        encoding="utf-8",
    )
    return path


def show_page(agent: Path, port: int) -> str:
    """Has an agent show its own page; its address.

    Args:
        agent: The agent's configuration.
        port: A free one of this machine.
    """
    with agent.open("a", encoding="utf-8") as file:
        file.write(f'[page]\nport = {port}\nzone = "{ZONE}"\n')
    return f"http://127.0.0.1:{port}/"


def _device(form: InstrumentForm, plant: Plant) -> str:
    channels = CHANNELS[form.profile]
    rated = {
        name: RATED[name] * REGISTER_FACTOR.get(form.profile, 1.0)
        for name in channels
        if name in RATED
    }
    return f"""\
[[lines.devices]]
name = "{NAMES[form.profile]}"
profile = "{form.profile}"
unit_id = {form.unit_id}
serial = "{form.serial}"
period_s = {PERIOD_s}.0
channels = [{_quoted(channels)}]
nameplate_mpe_relative = 0.01
{f"rated_rate = {{ {_pairs(rated)} }}" if rated else ""}
{_exchange(form, plant, channels)}"""


def _exchange(form: InstrumentForm, plant: Plant, channels: Sequence[str]) -> str:
    """The exchange as the person at the meter noted it: both readings, read off the displays."""
    if form.exchange is None:
        return ""
    at = form.exchange.at
    at_ns = round(at.timestamp()) * 1_000_000_000
    place = plant.lines[form.line][form.unit_id]
    old, new = (each.indications(at_ns) for each in place.instruments)
    stamp = datetime.fromtimestamp(at.timestamp(), tz=UTC).isoformat().replace("+00:00", "Z")
    return f"""\
[[lines.devices.exchanges]]
at = {stamp}
old_serial = "{form.serial}"
new_serial = "{form.exchange.serial}"
closing = {{ {_pairs({name: old[name] for name in channels})} }}
opening = {{ {_pairs({name: new[name] for name in channels})} }}
"""


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _pairs(numbers: dict[str, float]) -> str:
    return ", ".join(f"{name} = {float(number)!r}" for name, number in numbers.items())
