"""The list of settings: what was set by whom, what holds, and what does not fit."""

import json
from pathlib import Path

import pytest

from calibration.cli import calibration
from tests.unit.calibration.test_settings import TEXT

LATER = (
    TEXT.replace("KV-2026-1", "KV-2026-2")
    .replace("2026-03-01T00:00:00+08:00", "2026-06-01T00:00:00+08:00")
    .replace("2026-02-27T08:00:00Z", "2026-05-30T08:00:00Z")
    .replace("value = 1.02", "value = 1.05")
    .replace("value = 1.00", "value = 1.02")
    .replace('unit = "1", standard_uncertainty = 0.02', 'unit = "1", standard_uncertainty = 0.015')
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.toml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "two.toml").write_text(LATER, encoding="utf-8")
    return tmp_path


def test_every_change_is_listed_with_who_and_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["settings", str(folder)]) == 0
    told = capsys.readouterr().out
    assert told.index("KV-2026-1") < told.index("KV-2026-2")
    for part in ("Li Wei", "report 2026-117", "1.02 1 (u 0.015)", "gave way to KV-2026-2"):
        assert part in told


@pytest.mark.parametrize(
    ("more", "held"),
    [
        (["--at", "2026-05-01T00:00Z"], "KV-2026-1"),
        (["--at", "2026-07-01T00:00Z"], "KV-2026-2"),
        (["--at", "2026-07-01T00:00Z", "--known-at", "2026-05-01T00:00Z"], "KV-2026-1"),
    ],
)
def test_what_holds_is_told_as_it_was_known(
    folder: Path, more: list[str], held: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["settings", str(folder), "--json", *more]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["in_force"] == {"liaocheng/stack-1 velocity_coefficient": held}


def test_what_does_not_fit_is_a_finding_in_both_languages(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "two.toml").write_text(LATER.replace("value = 1.02", "value = 1.03"), "utf-8")
    assert calibration(["settings", str(folder)]) == 1
    assert "is not on record" in capsys.readouterr().out
    assert calibration(["settings", str(folder), "--language", "zh", "--json"]) == 1
    (found,) = [
        each
        for each in json.loads(capsys.readouterr().out)["outcomes"]
        if each["weight"] == "finding"
    ]
    assert found["code"] == "before_differs"
    assert "没有记录" in found["text"]


def test_another_subject_has_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["settings", str(folder), "--subject", "other", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"settings": [], "outcomes": []}


def test_a_file_that_cannot_be_read_has_a_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "two.toml").write_text(LATER.replace('unit = "1"', 'unit = "m2"'), "utf-8")
    assert calibration(["settings", str(folder)]) == 78
    assert "E_UNIT_MISMATCH" in capsys.readouterr().err
