"""modpoll (PyPI) polling the same devices, publishing at QoS 1 to the same broker."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peers.environment import environment
from benchmarks.processes import running
from benchmarks.works import POINTS

NAME, TOPIC = "modpoll", "modpoll/#"
FLAT_OUT_S = 0.001


def prepare() -> Path:
    """Its program; raises UnavailableError where it does not install."""
    return environment("modpoll", ["modpoll==1.6.0"]) / "modpoll"


@contextlib.contextmanager
def at_work(
    folder: Path, broker: int, port: int, devices: int, period_s: float | None
) -> "Iterator[subprocess.Popen[str]]":
    """Its process; flat out where no period is given."""
    config = folder / "modpoll.csv"
    config.write_text("\n".join(_device(unit) for unit in range(1, devices + 1)))
    words = [
        *(prepare(), "--daemon", "-f", config, "--tcp", "127.0.0.1", "--tcp-port", port),
        *("--rate", period_s or FLAT_OUT_S, "--interval", 0, "--loglevel", "ERROR"),
        *("--mqtt-version", "5.0", "--mqtt-host", "127.0.0.1", "--mqtt-port", broker),
        *("--mqtt-qos", 1, "--mqtt-clientid", "modpoll"),
    ]
    with running(words, folder / "modpoll.log") as process:
        yield process


def _device(unit: int) -> str:
    references = [f"ref,power_{n},{2 * n},float32,r" for n in range(POINTS)]
    poll = f"poll,holding_register,0,{2 * POINTS},BE_BE"
    return "\n".join([f"device,meter-{unit},{unit}", poll, *references])
