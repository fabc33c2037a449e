"""`carbonmeter demo`: the whole system as processes, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

FIELDS = {
    "channel",
    "measurand",
    "unit",
    "period",
    "value",
    "uncorrected_value",
    "standard_uncertainty",
    "expanded_uncertainty",
    "coverage_factor",
    "coverage_probability",
    "effective_degrees_of_freedom",
    "u_basis",
    "components",
    "completeness",
    "quality",
    "certificates",
    "digest",
}
COMMAND = [sys.executable, "-m", "carbonmeter.cli", "demo"]


def descendants_alive(marker: str) -> list[str]:
    """Command lines of live processes that carry `marker` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return [line for line in found if line]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    mark = f"once-{os.getpid()}"
    run = subprocess.run(
        [*COMMAND, "--once", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "CARBONMETER_DEMO_MARK": mark},
    )
    assert run.returncode == 0, run.stderr
    assert descendants_alive(f"CARBONMETER_DEMO_MARK={mark}") == []
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def test_each_row_has_what_an_activity_datum_needs(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 5
    assert all(row.keys() >= FIELDS for row in rows)


def test_one_instrument_is_overdue_and_says_so(rows: list[dict[str, Any]]) -> None:
    (water,) = [row for row in rows if "cooling-water" in row["channel"]]
    assert water["quality"] == "overdue"
    assert water["certificates"] == ["SIMLAB-2024-0004"]


def test_the_exchanged_meter_is_an_event_and_not_energy(rows: list[dict[str, Any]]) -> None:
    (meter,) = [row for row in rows if "compressors" in row["channel"]]
    (event,) = [each for each in meter["events"] if each["kind"] == "exchange"]
    assert event["before"] > event["after"]
    assert meter["serials"] == ["IEM-0003A", "IEM-0003B"]
    assert 5_000.0 < meter["value"] < 60_000.0


def test_the_agent_that_was_cut_off_has_caught_up(rows: list[dict[str, Any]]) -> None:
    (water,) = [row for row in rows if "cooling-water" in row["channel"]]
    assert water["completeness"]["present"] > 40  # without what it caught up: 30 of 60


def test_every_basis_of_the_ladder_that_the_factory_has_is_named(
    rows: list[dict[str, Any]],
) -> None:
    assert {row["u_basis"] for row in rows} == {"calibration", "verification", "nameplate"}


def test_ctrl_c_leaves_no_process_behind() -> None:
    mark = f"CARBONMETER_DEMO_MARK=ctrl-c-{os.getpid()}"
    name, value = mark.split("=")
    process = subprocess.Popen(
        COMMAND,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, name: value},
    )
    assert process.stderr is not None
    said = ""
    while "Ctrl-C" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    process.wait(60)
    process.stderr.close()
    deadline = time.monotonic() + 10.0
    while descendants_alive(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert descendants_alive(mark) == []
