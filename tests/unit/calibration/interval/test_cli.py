"""The command `carbonmeter calibration interval`: a history in, an interval out."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from calibration.cli import calibration

GROWTH = "days,deviation\n70,.1\n86,.11\n104,.251\n135,.299\n167,.403\n173,.615\n"
NASA = (
    *("--degree", "2", "--standard-uncertainty", "0.28", "--uncertainty-limit", "0.5"),
    *("--start", "10.03", "--upper", "11", "--probability", "0.9"),
)
RESULTS = "as_found\n" + "".join(
    "in\n" if each == "1" else "out\n" for each in "11010111101111101110"
)
DATED = "date,as_found,as_left\n2023-01-01,,10\n2024-01-01,10.2,10\n2025-01-01,10.3,10\n"


def written(tmp_path: Path, text: str) -> str:
    (tmp_path / "history.csv").write_text(text, "utf-8")
    return str(tmp_path / "history.csv")


def told(capsys: pytest.CaptureFixture[str], code: int, *options: str) -> dict[str, Any]:
    assert calibration(["interval", *options, "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def refused(capsys: pytest.CaptureFixture[str], *options: str, code: int = 78) -> str:
    assert calibration(["interval", *options]) == code
    return capsys.readouterr().err


def test_words_are_judged_by_a3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, 1, written(tmp_path, RESULTS), "--interval-days", "365")
    assert found["method"] == "a3"
    assert found["new_interval_days"] == pytest.approx(231.0, abs=0.5)
    assert found["findings"] == ["interval_rejected"]
    kept = told(
        capsys,
        0,
        written(tmp_path, RESULTS),
        *("--interval-days", "365", "--target-reliability", "0.8"),
    )
    assert kept["new_interval_days"] == 365.0


def test_deviations_are_fitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, 1, written(tmp_path, GROWTH), *NASA)
    assert found["method"] == "growth"
    assert found["growth"]["coefficients"][1] == pytest.approx(1.67379251e-5, rel=5e-9)
    assert found["days_until"]["uncertainty"] == pytest.approx(327.1533, abs=5e-5)
    assert found["days_until"]["limits_two_sided"] == pytest.approx(140.091, abs=5e-4)
    assert [each["days"] for each in found["points"]] == [70, 86, 104, 135, 167, 173]


def test_values_with_dates_serve_both_methods(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, DATED)
    grown = told(capsys, 0, path, "--standard-uncertainty", "0.05")
    assert [each["deviation"] for each in grown["points"]] == pytest.approx([0.2, 0.3])
    assert grown["allowed"]["start"] == 10.0
    options = ("--method", "a3", "--interval-days", "365", "--upper", "10.25")
    assert told(capsys, 1, path, *options)["observed_reliability"] == 0.5


def test_people_read_it_in_their_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["interval", written(tmp_path, GROWTH), *NASA, "--language", "zh"]) == 1
    shown = capsys.readouterr().out
    assert "days until u reaches its limit    327.1533" in shown
    assert "beyond_history: 所得时间超出历史数据" in shown
    assert calibration(["interval", written(tmp_path, RESULTS), "--interval-days", "365"]) == 1
    shown = capsys.readouterr().out
    assert "new_interval_days       230.84605" in shown
    assert "interval_rejected: as-found results contradict" in shown


def test_what_is_not_reached_is_told_with_the_horizon(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--standard-uncertainty", "0.28", "--uncertainty-limit", "1e6")
    assert calibration(["interval", written(tmp_path, GROWTH), *options]) == 0
    assert "days until u reaches its limit    - (looked ahead 1730 d)" in capsys.readouterr().out


def test_a_picture_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "out.svg"
    told(capsys, 1, written(tmp_path, GROWTH), *NASA, "--unit", "V", "--plot", str(picture))
    assert picture.read_bytes().startswith(b"<?xml")


def test_without_matplotlib_only_the_picture_is_refused(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['matplotlib'] = None\n"
        "from calibration.cli import calibration\n"
        "sys.exit(calibration(sys.argv[1:]))"
    )
    history = written(tmp_path, GROWTH)
    command = [sys.executable, "-c", code, "interval", history, "--standard-uncertainty", "0.28"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    picture = [*command, "--plot", str(tmp_path / "out.svg")]
    found = subprocess.run(picture, check=False, capture_output=True, text=True)
    assert found.returncode == 78
    assert found.stderr.startswith("E_INTERVAL_PLOT --plot: no picture can be drawn with no matpl")


@pytest.mark.parametrize(("text", "options"), [(GROWTH, ()), (RESULTS, ()), (GROWTH, NASA[4:])])
def test_what_a_method_needs_is_a_matter_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, options: tuple[str, ...]
) -> None:
    assert "needs --" in refused(capsys, written(tmp_path, text), *options, code=2)


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("", NASA, "E_CSV_FILE"),
        ("days,deviation\n", NASA, "E_INTERVAL_HISTORY"),
        ("day,deviation\n1,1\n", NASA, "E_CSV_COLUMN"),
        ("days,deviation\n70,zehn\n", NASA, "E_CSV_NUMBER history.csv line 2"),
        ("days,deviation\n70,0,1\n", NASA, "E_CSV_FILE history.csv line 2"),
        ("days,deviation\n70,nan\n", NASA, "E_INTERVAL_NUMBER"),
        ("days,deviation\n70," + "9" * 5_000 + "\n", NASA, "E_INTERVAL_NUMBER"),
        ("days,deviation\n70,1e308\n", NASA, "E_INTERVAL_NUMBER"),
        ("days,deviation\n70,1\n", NASA, "E_INTERVAL_HISTORY"),
        ("days,deviation\n" + "1,1\n" * 10_001, NASA, "E_CSV_FILE"),
        ("days,deviation\n" + "1,1\n" * 300_000, NASA, "E_INTERVAL_FILE"),
        (GROWTH, ("--standard-uncertainty", "0"), "E_INTERVAL_NUMBER"),
        (GROWTH, ("--standard-uncertainty", "1", "--upper", "1"), "E_INTERVAL_HISTORY --start"),
        (GROWTH, (*NASA, "--lower", "12"), "E_CONFORMITY_LIMITS"),
        (GROWTH, (*NASA, "--plot", "/nowhere/out.svg"), "E_INTERVAL_FILE"),
        (GROWTH, ("--method", "a3", "--interval-days", "365"), "E_INTERVAL_HISTORY"),
        (RESULTS, ("--interval-days", "nan"), "E_INTERVAL_NUMBER"),
        (RESULTS, ("--interval-days", "365", "--plot", "never.svg"), "E_INTERVAL_PLOT"),
        (RESULTS, ("--method", "growth", *NASA), "E_INTERVAL_HISTORY"),
    ],
)
def test_bad_histories_are_refused_by_code_at_once(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    options: tuple[str, ...],
    code: str,
) -> None:
    path, before = written(tmp_path, text), time.process_time()
    assert refused(capsys, path, *options).startswith(code)
    assert time.process_time() - before < 5.0
