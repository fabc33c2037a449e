import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from calibration.cli import calibration
from carbonmeter.dated import calibration as dated

FIRST = """\
schema = 1
id = "C-2025"
kind = "calibration"
performed_on = 2025-01-01
recorded_at = 2025-01-05T00:00:00Z

[instrument]
maker = "ABB"
model = "B23"
serial = "A-1"

[laboratory]
name = "Metrology Centre"

[[standards]]
influence = "std:NIM/REF-7"
certificate = "REF-7-2024"
valid_until = 2026-06-30
relative_standard_uncertainty = 0.0001

[[results]]
kind_of_quantity = "active_energy"
unit = "kW.h"
result = "relative_error"
argument = "load"
argument_unit = "kW"
measuring_interval = [5.0, 100.0]

[[results.points]]
at = 5.0
value = 0.001
expanded_uncertainty = 0.001

[[results.points]]
at = 100.0
value = 0.002
expanded_uncertainty = 0.001
"""
SECOND = FIRST.replace("2025", "2026").replace("value = 0.002", "value = 0.006")
CONFIRMED = """\
schema = 1
id = "MC-2025"
certificate = "C-2025"
serial = "A-1"
requirement = "class 1"
decision = "pass"
rule = "simple acceptance"
fitted_by = "Metrology Centre"
effective_from = 2025-01-10T00:00:00Z
due_on = 2026-01-09
confirmed_by = "Li Wei"
recorded_at = 2025-01-10T00:00:00Z
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("first", FIRST), ("second", SECOND), ("confirmed", CONFIRMED)):
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    return tmp_path


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_history_tells_each_outcome_with_code_and_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["history", str(folder), "--on", "2026-02-01", "--json"]) == 1
    found = {each["code"]: each for each in _json(capsys)["outcomes"]}
    assert set(found) == {"overdue", "shift"}
    assert found["shift"]["weight"] == "finding"
    assert "可疑" in found["shift"]["zh"]
    assert calibration(["history", str(folder), "--language", "zh"]) == 1
    assert "1 instruments, 1 outcomes" in capsys.readouterr().out


def test_history_as_known_then_knows_less(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    then = ["--known-at", "2025-12-31T00:00Z", "--on", "2025-12-31"]
    assert calibration(["history", str(folder), *then]) == 0
    assert "0 outcomes" in capsys.readouterr().out


def test_chain_tells_standards_and_what_rests_on_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["chain", str(folder), "--certificate", "C-2025", "--json"]) == 0
    (standard,) = _json(capsys)["standards"]
    assert (standard["certificate"], standard["validity"]) == ("REF-7-2024", "valid")
    assert calibration(["chain", str(folder), "--certificate", "C-2025"]) == 0
    assert "REF-7-2024" in capsys.readouterr().out
    assert calibration(["chain", str(folder), "--certificate", "C-1"]) == 2
    assert "C-2025, C-2026" in capsys.readouterr().err


def test_shift_tells_the_shift_its_u_and_the_effect_on_an_amount(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = ["shift", str(folder), "--serial", "A-1", "--kind", "active_energy"]
    more = ["--amount", "1000000", "--load", "100", "--plot", str(tmp_path / "shift.svg")]
    assert calibration([*asked, *more, "--json"]) == 1
    document = _json(capsys)
    (shift,), (effect,) = document["shifts"], document["effects"]
    assert shift["points"][1]["shift"] == pytest.approx(0.004)
    assert shift["points"][1]["is_significant"]
    assert effect["correction"] == pytest.approx(1e6 * (1.002 / 1.004 - 1.0))
    assert document["suspect"][0]["begins"] == "2025-01-01"
    assert ET.parse(tmp_path / "shift.svg").getroot().tag.endswith("svg")  # noqa: S314
    assert calibration([*asked, "--from", "2025-07-01"]) == 1
    assert "beyond U" in capsys.readouterr().out


def test_an_amount_of_another_time_is_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["shift", str(folder), "--serial", "A-1", "--kind", "active_energy", "--json"]
    amount = ["--amount", "1000", "--load", "100", "--from", "2026-02-01", "--to", "2026-02-28"]
    assert calibration([*asked, *amount]) == 1
    assert _json(capsys)["effects"] == []


@pytest.mark.parametrize("more", [["--amount", "5"], ["--load", "5"]])
def test_an_amount_without_its_load_is_refused(folder: Path, more: list[str]) -> None:
    asked = ["shift", str(folder), "--serial", "A-1", "--kind", "active_energy", *more]
    assert calibration(asked) == 2
    assert calibration([*asked[:-3], "energy"]) == 2


def test_due_needs_a_day_and_the_front_door_knows_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["due", str(folder)]) == 2
    assert "--on" in capsys.readouterr().err
    assert dated(["due", str(folder), "--json"]) == 1
    (row,) = _json(capsys)["rows"]
    assert (row["state"], row["due_on"]) == ("overdue", "2026-01-09")


def test_today_is_the_day_of_judging_and_never_that_of_a_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.csv"
    path.write_text("rm,cem\n" + "10.0,10.1\n10.1,10.0\n" * 5, "utf-8")
    assert dated(["rata", str(path), "--pollutant", "co2", "--json"]) in {0, 1}
    told = json.dumps(_json(capsys))
    assert '"due_by": null' in told


def test_due_counts_the_days_that_are_left(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["due", str(folder), "--on", "2025-12-01"]
    assert calibration([*asked, "--within", "38d"]) == 0
    assert calibration([*asked, "--within", "39d"]) == 1
    assert "ABB B23 A-1" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["-1d", "1.5", "99999d", "soon"])
def test_days_that_are_none_are_refused(folder: Path, text: str) -> None:
    with pytest.raises(SystemExit):
        calibration(["due", str(folder), "--within", text])
