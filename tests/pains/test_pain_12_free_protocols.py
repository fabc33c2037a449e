"""Pain 12: DL/T 645 and CJ/T 188 are free, with simulators, from the command line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLI = [sys.executable, "-m", "carbonmeter.cli"]
PROFILES = ["dlt645-2007-three-phase", "dlt645-1997", "cjt188-cold-water", "cjt188-heat-unit-first"]
AGENT = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[[lines]]
name = "bus"
kind = "serial"
path = "{path}"
timeout_s = 1.0
[[lines.devices]]
name = "meter"
profile = "{profile}"
serial = "1"
address = "{address}"
"""


@contextmanager
def simulated(profile: str) -> Iterator[tuple[str, str]]:
    """Path and address of a meter that `simulate` serves on a pseudo terminal."""
    command = [*CLI, "simulate", "profile", profile, "--line", "pty", "--json"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        (line,) = json.loads(process.stdout.readline())["lines"]
        (unit,) = line["units"]
        try:
            yield line["path"], unit["address"]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def told(folder: Path, profile: str, path: str, address: str) -> subprocess.CompletedProcess[str]:
    """What `agent test` says of the meter."""
    config = folder / "agent.toml"
    config.write_text(AGENT.format(path=path, profile=profile, address=address), encoding="utf-8")
    return subprocess.run(
        [*CLI, "agent", "test", "--config", str(config), "--json"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_a_meter_is_simulated_and_read_by_two_commands(tmp_path: Path, profile: str) -> None:
    with simulated(profile) as (path, address):
        said = told(tmp_path, profile, path, address)
    assert said.returncode == 0, said.stderr


def test_a_meter_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with simulated(PROFILES[0]) as (path, _):
        said = told(tmp_path, PROFILES[0], path, "000000000099")
    assert said.returncode != 0
    assert "E_TIMEOUT" in said.stdout + said.stderr
