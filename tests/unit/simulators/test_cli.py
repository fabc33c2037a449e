import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import simulators
from device_profiles.modbus.tcp import asking_read
from device_profiles.plan import ReadRequest
from simulators.cli import BAD_CONFIGURATION, UNAVAILABLE, simulate

ROOT = Path(__file__).parents[3]
SCENARIOS = Path(simulators.__file__).parent / "scenarios"
FACTORY = str(SCENARIOS / "factory.toml")
COMMAND = "import sys; from simulators.cli import simulate; sys.exit(simulate(sys.argv[1:]))"


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def read_words(port: int, unit_id: int, address: int, count: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        request = ReadRequest(function=3, address=address, count=count)
        connection.sendall(asking_read(1, unit_id, request))
        return connection.recv(300)[9:]


def stopped(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_scenario_is_served_until_a_signal_and_leaves_nothing_behind(
    number: int, tmp_path: Path
) -> None:
    documents = tmp_path / "documents"
    arguments = ("run", FACTORY, "--json", "--scale", "60", "--certificates", str(documents))
    with running(*arguments) as (process, line):
        told: dict[str, Any] = json.loads(line)
        ports = {served["line"]: served["port"] for served in told["lines"]}
        assert told["now"].startswith("2026-01-05T00:")
        energy = int.from_bytes(read_words(ports["electricity"], 1, 0x5000, 4), "big") / 100
        assert 18_234.5 <= energy < 18_300
        assert stopped(process, number) == (0, "")
    for port in ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1)
    assert sorted(str(path) for path in documents.iterdir()) == sorted(told["documents"])
    named = {Path(document).name for document in told["documents"]}
    assert len([name for name in named if "SIMLAB" in name or re.match(r"MC-\d", name)]) == 12
    assert named >= {"KV-boiler-2026-01-05.toml", "SET-AREA-boiler.toml", "RM-boiler-co2-001.toml"}


def test_an_announced_clock_is_shown_by_another_process() -> None:
    with running("run", FACTORY, "--json", "--at", "2026-02-01T00:00:00Z", "--scale", "3600") as (
        _,
        first,
    ):
        clock = json.loads(first)["clock"]
    with running("run", FACTORY, "--json", "--clock", clock) as (_, second):
        assert json.loads(second)["clock"] == clock
    assert clock.endswith(":3600.0")


def test_a_profile_is_served_with_constants_and_told_as_a_table() -> None:
    with running("profile", "abb-b23") as (process, heading):
        assert heading.split() == ["ADDRESS", "UNIT", "PROFILE", "SERIAL"]
        assert process.stdout is not None
        address, unit_id, profile = process.stdout.readline().split()
        port = int(address.rpartition(":")[2])
        assert (unit_id, profile) == ("1", "abb-b23")
        assert int.from_bytes(read_words(port, 1, 0x5B00, 2), "big") == 2300
        assert stopped(process, signal.SIGTERM)[0] == 0


def test_a_port_that_is_taken_is_unavailable(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert simulate(["profile", "abb-b23", "--port", str(port)]) == UNAVAILABLE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("E_SIM_UNAVAILABLE")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["run", "/nowhere/factory.toml"], "E_SCENARIO_FILE"),
        (["profile", "abb-b99"], "E_PROFILE"),
        (["profile", "hj212-2017-cems"], "E_SCENARIO_SERVE"),
        (["run", FACTORY, "--at", "yesterday"], "E_TIME_TEXT"),
        (["run", FACTORY, "--clock", "[]"], "E_TIME_CLOCK"),
        (["run", FACTORY, "--clock", "{}"], "E_TIME_CLOCK"),
    ],
)
def test_a_bad_configuration_is_told_in_two_languages(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(arguments) == BAD_CONFIGURATION
    english, chinese, *_ = capsys.readouterr().err.splitlines()
    assert english.startswith(code)
    assert chinese.startswith(code)
    assert english != chinese


@pytest.mark.parametrize(
    "arguments",
    [[], ["run"], ["run", FACTORY, "--port", "70000"], ["run", FACTORY, "--scale", "0"]],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        simulate(arguments)
    assert caught.value.code == 2
