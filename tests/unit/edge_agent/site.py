"""A site on disk for tests: configuration, certificates, key; and polls as a device would give."""

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from calibration.indication import MissReason
from edge_agent.assembly import World
from edge_agent.installation import Installation, load_installation
from edge_agent.poll import Lacking, Pending, Poll, Reading, pending_bytes
from edge_agent.waiting import Waiting, waiting_as
from evidence.clock import Clock
from evidence.log.key import SigningKey, generate

KEY: SigningKey = generate("line-1", b"k" * 32)
_NUMBERS = count(1)
START_NS = 1_767_225_600_000_000_000  # 2026-01-01T00:00:00Z
S = 1_000_000_000

CONFIG = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[batch]
max_age_s = 3600
[spool]
limit_MiB = {limit_MiB}
[[lines]]
name = "bus-1"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {port}
timeout_s = 0.3
{devices}
"""
DEVICE = """
[[lines.devices]]
name = "{name}"
profile = "abb-b23"
unit_id = {unit}
serial = "SIM-{unit}"
period_s = {period_s}
channels = {channels}
{more}
"""
CERTIFICATE = """
schema = 1
id = "C-1"
kind = "calibration"
performed_on = 2025-06-01
recorded_at = 2025-06-02T00:00:00Z
[instrument]
maker = "ABB"
model = "B23"
serial = "SIM-1"
[laboratory]
name = "Lab"
[[standards]]
influence = "std:lab/S-1"
certificate = "S-1"
relative_standard_uncertainty = 0.001
[[results]]
kind_of_quantity = "active_power"
unit = "kW"
result = "value"
argument = "indication"
argument_unit = "kW"
measuring_interval = [0.5, 100.0]
repeatability = 0.002
[results.function]
form = "polynomial"
coefficients = [0.01, 1.002]
covariance = [[1e-6, 0.0], [0.0, 4e-8]]
"""
CONFIRMATION = """
schema = 1
id = "M-1"
certificate = "C-1"
serial = "SIM-1"
requirement = "class 1"
decision = "pass"
rule = "simple acceptance"
fitted_by = "laboratory"
effective_from = {effective_from}
due_on = {due_on}
confirmed_by = "A. Nother"
recorded_at = 2025-06-03T00:00:00Z
[drift]
relative_standard_uncertainty_per_year = 0.001
"""


def device(
    name: str = "feeder-1",
    unit: int = 1,
    channels: Sequence[str] = ("active_energy_import",),
    period_s: float = 60.0,
    more: str = "",
) -> str:
    listed = "[" + ", ".join(f'"{channel}"' for channel in channels) + "]"
    return DEVICE.format(name=name, unit=unit, channels=listed, period_s=period_s, more=more)


def write_site(
    folder: Path, devices: str | None = None, port: int = 502, limit_MiB: float = 64
) -> Path:
    """Writes agent.toml and gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "agent.toml"
    devices = device() if devices is None else devices
    path.write_text(CONFIG.format(port=port, devices=devices, limit_MiB=limit_MiB))
    return path


def write_certificate(
    folder: Path, effective_from: str = "2025-07-01T00:00:00Z", due_on: str = "2026-06-30"
) -> None:
    """A certificate of the power of SIM-1, and its confirmation."""
    certificates = folder / "certificates"
    certificates.mkdir(exist_ok=True)
    (certificates / "c.toml").write_text(CERTIFICATE)
    text = CONFIRMATION.format(effective_from=effective_from, due_on=due_on)
    (certificates / "m.toml").write_text(text)


def installed(folder: Path, devices: str | None = None, limit_MiB: float = 64) -> Installation:
    return load_installation(write_site(folder, devices, limit_MiB=limit_MiB))


def world(clock: Clock) -> World:
    """Time from a clock, and randomness that is not."""
    return World(clock=clock, entropy=lambda n: next(_NUMBERS).to_bytes(n, "big"))


def reading(channel: int, at_ns: int, number: float) -> Reading:
    raw = round(number * 100).to_bytes(8, "big", signed=True)
    return Reading(channel=channel, at_ms=at_ns // 1_000_000, raw=raw, number=number)


def waiting(pending: Iterable[Pending]) -> list[Waiting]:
    """Polls and records as they wait in a spool."""
    return [waiting_as(n, each, pending_bytes(each)) for n, each in enumerate(pending)]


def poll(
    installation: Installation, at_ns: int, sequence: int, *numbers: float, name: str = "feeder-1"
) -> Poll:
    """A poll in which the channels show `numbers`; those beyond them gave nothing."""
    found = installation.devices[name]
    at_ms = at_ns // 1_000_000
    places = range(len(numbers), len(found.setup.channels))
    return Poll(
        device=name,
        setup=found.digest,
        sequence=sequence,
        at_ms=at_ms,
        readings=tuple(reading(n, at_ns, number) for n, number in enumerate(numbers)),
        lacking=tuple(
            Lacking(channel=place, at_ms=at_ms, reason=MissReason.TIMEOUT) for place in places
        ),
    )
