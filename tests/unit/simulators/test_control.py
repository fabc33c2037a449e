"""Faults at run time: lines on a file, and a running simulation that hears them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from device_profiles.load import load_profile
from simulators.control import MOST_BYTES, Listener, strike
from simulators.errors import ControlError
from simulators.fault import Silence, Stuck
from simulators.place import Place
from simulators.serve import lone_line

PROFILE = load_profile("abb-b23").profile


def place() -> Place:
    ((_, found),) = lone_line(PROFILE, 0).standing
    return found


def line(*faults: dict[str, object], serial: str = "M-1") -> bytes:
    return json.dumps({"serial": serial, "faults": faults}).encode()


def test_a_line_plans_faults_in_place_of_those_before_and_none_ends_them() -> None:
    one = place()
    places = {"M-1": one}
    assert strike(line({"kind": "silence"}), places) == "M-1"
    assert one.planned(0) == (Silence(),)
    strike(line({"kind": "stuck", "channel": "active_power", "first_poll": 0}), places)
    assert one.planned(0) == (Stuck(channel="active_power"),)
    strike(line(), places)
    assert one.planned(0) == ()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        line(serial="M-2"),
        line({"kind": "quiet"}),
        line({"kind": "silence", "for": 3}),
        line({"kind": "late_reply", "delay_s": -1}),
        line({"kind": "truncated"}),
        line({"kind": "stuck", "channel": "no_channel"}),
    ],
)
def test_a_line_that_cannot_be_followed_is_a_coded_error_and_changes_nothing(said: bytes) -> None:
    one = place()
    one.strike((Silence(),))
    with pytest.raises(ControlError, match="E_SIM_CONTROL"):
        strike(said, {"M-1": one})
    assert one.planned(0) == (Silence(),)


def heard(*pieces: bytes) -> list[bytes]:
    """The lines that are heard when these bytes are written to a pipe, which is then closed."""
    found: list[bytes] = []

    async def meeting() -> None:
        source, sink = os.pipe()
        Listener(source, found.append).start()
        for piece in pieces:
            os.write(sink, piece)
            await asyncio.sleep(0.005)
        os.close(sink)
        await asyncio.sleep(0.005)
        assert not asyncio.get_running_loop().remove_reader(source), "it still listens"
        os.close(source)

    asyncio.run(meeting())
    return found


def test_lines_are_heard_however_they_are_cut_and_empty_ones_are_not() -> None:
    assert heard(b"one\ntw", b"o\n\n  \nthree\n", b"half") == [b"one", b"two", b"three"]


def test_a_line_without_an_end_is_not_kept() -> None:
    listener = Listener(0, lambda _line: None)
    source, sink = os.pipe()
    listener._file = source
    for _ in range(40):
        os.write(sink, bytes(4096))
        listener._read()
    assert len(listener._rest) <= MOST_BYTES
    for file in (source, sink):
        os.close(file)


def test_a_terminal_that_is_another_programs_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "isatty", lambda _file: True)
    monkeypatch.setattr(os, "tcgetpgrp", lambda _file: os.getpgrp() + 1)
    assert heard(b"one\n") == []


@pytest.mark.parametrize("given", ["/dev/null", "", "closed"])
def test_a_simulation_runs_without_a_standard_input_that_can_be_waited_for(
    tmp_path: Path, given: str
) -> None:
    (tmp_path / "file").write_text("x\n")
    redirect = "<&-" if given == "closed" else f"<{given or tmp_path / 'file'}"
    command = (
        f"exec '{sys.executable}' -m carbonmeter.cli simulate profile abb-b23 --json {redirect}"
    )
    with subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["lines"][0]["port"] > 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_running_simulation_hears_faults_on_its_standard_input() -> None:
    command = [sys.executable, "-m", "carbonmeter.cli", "simulate", "profile", "abb-b23", "--json"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        for said, answer in (
            (line({"kind": "silence"}, serial="abb-b23"), b"faults of abb-b23"),
            (line(serial="none"), b"E_SIM_CONTROL"),
        ):
            process.stdin.write(said + b"\n")
            process.stdin.flush()
            assert answer in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0
