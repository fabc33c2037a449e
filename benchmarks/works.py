"""A works on loopback: devices, mosquitto, an agent with calibrations, and who listens to it."""

import contextlib
import io
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.listener import COLLECTOR, Heard, read_heard
from benchmarks.processes import UnavailableError, python, running
from edge_agent.cli import agent as agent_command

POINTS = 20
AGENT = "bench"
_AGENT = """\
schema = 1
[agent]
id = "{agent}"
site = "works"
state_dir = "state"
[uplink]
port = {broker}
collector_key = "{key}"
[batch]
max_age_s = {max_age_s}
"""
_LINE = """\
[[lines]]
name = "bus-{number}"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {port}
"""
_DEVICE = """\
[[lines.devices]]
name = "meter-{unit}"
profile = "meter.toml"
unit_id = {unit}
serial = "SN-{unit}"
period_s = {period_s}
"""
_PROFILE = """\
schema = 1
id = "meter"
maker = "Bench"
model = "M"
protocol = "modbus"
title.en = "Meter of the benchmark"
title.zh = "基准测试仪表"
sources = [{{ key = "own", document = "benchmarks", page = "works.py", grade = "C" }}]
modbus.unit_id = 1
modbus.function = 3
modbus.word_order = "ABCD"
channels = [
{channels}
]
"""
_CHANNEL = (
    '  {{ name = "power_{n}", kind_of_quantity = "active_power", unit = "kW", '
    'accumulation = "rate", source = {{ address = {address}, format = "{form}" }}, '
    "scale = {scale}, resolution = 0.01 }},"
)
_CERTIFICATE = """\
schema = 1
id = "C-{unit}"
kind = "calibration"
performed_on = 2025-06-01
recorded_at = 2025-06-02T00:00:00Z
[instrument]
maker = "Bench"
model = "M"
serial = "SN-{unit}"
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
_CONFIRMATION = """\
schema = 1
id = "M-{unit}"
certificate = "C-{unit}"
serial = "SN-{unit}"
requirement = "class 1"
decision = "pass"
rule = "simple acceptance"
fitted_by = "laboratory"
effective_from = 2025-07-01T00:00:00Z
due_on = 2099-06-30
confirmed_by = "A. Nother"
recorded_at = 2025-06-03T00:00:00Z
"""
_DRIFT = """\
[drift]
relative_standard_uncertainty_per_year = 0.001
"""


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Which devices are polled, and how fast.

    Attributes:
        devices: How many, with 20 points each.
        period_s: Between polls.
        ports: Of the devices, dealt out in turn; each port is a line.
        form: Of the registers: float32 as the simulated devices have it, or int32 hundredths.
        drift: Whether it is one more influence beside the three of the certificate.
        max_age_s: Of a batch.
    """

    devices: int
    period_s: float
    ports: tuple[int, ...]
    form: str = "float32"
    drift: bool = True
    max_age_s: float = 10.0


@contextlib.contextmanager
def mosquitto(folder: Path) -> Iterator[int]:
    """The port of a running mosquitto.

    Raises:
        UnavailableError: it is not installed.
    """
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise UnavailableError("no mosquitto")
    port, settings = free_port(), folder / "mosquitto.conf"
    settings.write_text(
        f"user root\nlistener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "set_tcp_nodelay true\n"
    )
    with running([program, "-c", settings]):
        wait_until(lambda: _answers(port), "mosquitto answers")
        yield port


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class StandstillError(Exception):
    """What is measured does nothing. That is a finding, never a benchmark to be skipped."""


def wait_until(true: Callable[[], bool], what: str, longest_s: float = 60.0) -> None:
    """Returns when `true()` is.

    Raises:
        StandstillError: it never came true.
    """
    end = time.monotonic() + longest_s
    while not true():
        if time.monotonic() > end:
            raise StandstillError(f"in {longest_s:.0f} s it did not happen that {what}")
        time.sleep(0.02)


def write_site(folder: Path, broker: int, site: Site) -> str:
    """Writes an agent's configuration, profile, certificates and key; the line of its key."""
    (folder / "certificates").mkdir(parents=True)
    scale = 1.0 if site.form == "float32" else 0.01
    channels = "\n".join(
        _CHANNEL.format(n=n, address=2 * n, form=site.form, scale=scale) for n in range(POINTS)
    )
    (folder / "meter.toml").write_text(_PROFILE.format(channels=channels))
    for unit in range(1, site.devices + 1):
        certificates = folder / "certificates"
        (certificates / f"c-{unit}.toml").write_text(_CERTIFICATE.format(unit=unit))
        confirmation = _CONFIRMATION.format(unit=unit) + (_DRIFT if site.drift else "")
        (certificates / f"m-{unit}.toml").write_text(confirmation)
    path = folder / "agent.toml"
    path.write_text(_agent(broker, site) + _lines(site))
    out, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        code = agent_command(["init", "--config", str(path)])
    assert code == 0, said.getvalue()
    return out.getvalue().strip()


def _agent(broker: int, site: Site) -> str:
    key = COLLECTOR.verifier.to_text()
    return _AGENT.format(agent=AGENT, broker=broker, key=key, max_age_s=site.max_age_s)


def _lines(site: Site) -> str:
    text = []
    for number, port in enumerate(site.ports):
        units = range(1 + number, site.devices + 1, len(site.ports))
        text.append(_LINE.format(number=number, port=port))
        text += [_DEVICE.format(unit=unit, period_s=site.period_s) for unit in units]
    return "".join(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An agent at work, and what is heard of it."""

    process: "subprocess.Popen[str]"
    log: Path
    counters: Path
    started_s: float

    def heard(self) -> Heard:
        """What arrived so far."""
        return read_heard(self.counters)


@contextlib.contextmanager
def agent_at_work(folder: Path, broker: int, site: Site) -> Iterator[Running]:
    """`carbonmeter agent run` on a fresh site, and a listener that gives receipts."""
    own = folder / f"agent-{time.monotonic_ns()}"
    key = write_site(own, broker, site)
    log = own / "agent.log"
    with listening(own, broker, f"carbonmeter/v1/{AGENT}/batch", key) as counters:
        words = python("carbonmeter.cli", "agent", "run", "--config", own / "agent.toml")
        begin = time.monotonic()
        with running(words, log) as process:
            yield Running(process=process, log=log, counters=counters, started_s=begin)


@contextlib.contextmanager
def listening(folder: Path, broker: int, topic: str, key: str = "") -> Iterator[Path]:
    """The counters of a process that hears `topic`; with an agent's key it gives receipts."""
    counters = folder / "heard"
    with running(
        python("benchmarks.listener", broker, topic, counters, key), folder / "listener.log"
    ):
        wait_until(counters.exists, "the listener hears", longest_s=10)
        yield counters
