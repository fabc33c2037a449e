"""`carbonmeter replay` on real loopback sockets: a few days of the steel plant."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[1] / "vectors" / "steel_plant_2018_excerpt.csv"
RESOLUTION_kWh = 0.01
STEP_kWh = 1.000001 * RESOLUTION_kWh  # two truncations, and the last digit of a float


@pytest.fixture(scope="module")
def recording() -> Path:
    """The last two days of January and the first two of February."""
    return FILE


def column(path: Path) -> list[float]:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return [float(row["Usage_kWh"]) for row in rows]


def command(path: Path, name: str, *options: str) -> list[str]:
    begin = [sys.executable, "-m", "carbonmeter.cli", "replay", str(path)]
    return [*begin, "--column", name, "--interval", "15min", *options]


def replayed(path: Path, *options: str) -> list[dict[str, Any]]:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "carbonmeter.cli",
            "replay",
            str(path),
            "--column",
            "Usage_kWh",
            "--interval",
            "15min",
            "--json",
            *options,
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    rows: list[dict[str, Any]] = json.loads(run.stdout)
    return rows


def test_an_ideal_meter_gives_each_months_own_sum_within_its_resolution(recording: Path) -> None:
    rows = replayed(recording, "--instrument", "ideal")
    energies = column(recording)
    january, february, whole = rows
    assert [row["kind"] for row in rows] == ["month", "month", "year"]
    assert january["value"] == pytest.approx(sum(energies[: 2 * 96]), abs=STEP_kWh)
    assert february["value"] == pytest.approx(sum(energies[2 * 96 :]), abs=STEP_kWh)
    assert whole["value"] == pytest.approx(sum(energies), abs=STEP_kWh)
    assert whole["truth"] == pytest.approx(sum(energies), abs=1e-6)
    assert all(row["completeness"]["ratio"] == 1.0 for row in rows)
    q_over_root_6 = RESOLUTION_kWh / 6**0.5
    assert [row["standard_uncertainty"] for row in rows] == pytest.approx([q_over_root_6] * 3)


def test_a_typical_meter_states_its_truth_within_its_interval_and_names_its_influences(
    recording: Path,
) -> None:
    (*_, whole) = replayed(recording, "--instrument", "typical", "--seed", "7")
    assert abs(whole["value"] - whole["truth"]) <= 1.5 * whole["expanded_uncertainty"]
    assert whole["uncorrected_value"] != whole["value"]
    named = {part["influence"].split(":")[0] for part in whole["components"]}
    assert {"std", "cert", "inst", "read"} <= named
    assert whole["distribution"] == "convolution"


def test_a_column_that_is_not_there_is_named_with_its_remedy(recording: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "carbonmeter.cli",
            "replay",
            str(recording),
            "--column",
            "Usage",
            "--interval",
            "15min",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 78
    assert "E_CSV_" in run.stderr
    assert "Usage_kWh" in run.stderr
    assert run.stdout == ""
