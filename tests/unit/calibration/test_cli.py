import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from calibration.cli import calibration
from tests.unit.calibration.documents import CERTIFICATE, CONFIRMATION, spoiled

SERIAL = "2301-8812"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "certificate.toml").write_text(CERTIFICATE, "utf-8")
    (tmp_path / "confirmation.toml").write_text(CONFIRMATION, "utf-8")
    return tmp_path


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def _in_force(folder: Path, *more: str, at: str = "2026-03-01T00:00Z") -> int:
    kind = ("--kind", "active_energy")
    return calibration(["in-force", str(folder), "--serial", SERIAL, "--at", at, *kind, *more])


def test_good_files_have_no_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["check", str(folder)]) == 0
    assert capsys.readouterr().out == "2 files, 0 findings\n"


def test_check_tells_every_finding_of_every_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = spoiled(CERTIFICATE, 'unit = "kW.h"', 'unit = "kWh"').decode()
    wrong = spoiled(wrong, "at = 0.5", "at = nan").decode()
    (folder / "certificate.toml").write_text(wrong, "utf-8")
    (folder / "broken.toml").write_bytes(b"\xff\xfe")
    assert calibration(["check", str(folder), "--json"]) == 1
    document = _json(capsys)
    assert document["files"] == 3
    where = [(each["code"], each["where"]) for each in document["findings"]]
    assert where == [
        ("E_CERT", "broken.toml"),
        ("E_CERT", "certificate.toml results[0].points[0]: points"),
        ("E_CERT", "confirmation.toml confirmation MC-2026-012"),
    ]
    assert all(each["zh"].startswith(each["code"]) for each in document["findings"])


def test_check_finds_what_is_wrong_between_sound_files(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swapped = spoiled(CONFIRMATION, SERIAL, "2301-9999")
    (folder / "confirmation.toml").write_bytes(swapped)
    assert calibration(["check", str(folder)]) == 1
    assert f"is for serial '{SERIAL}', not '2301-9999'" in capsys.readouterr().out


def test_check_finds_an_argument_that_does_not_fit_the_quantity(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = spoiled(CERTIFICATE, 'argument_unit = "kW"', 'argument_unit = "m3/h"')
    (folder / "certificate.toml").write_bytes(wrong)
    assert calibration(["check", str(folder / "certificate.toml"), "--json"]) == 1
    (finding,) = _json(capsys)["findings"]
    assert finding["code"] == "E_UNIT_MISMATCH"
    assert finding["where"].startswith("certificate.toml ")


def test_show_prints_points_function_influences_and_the_rung(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["show", str(folder / "certificate.toml")]) == 0
    shown = capsys.readouterr().out
    for text in ("at kW", "0.004", "covariance_assumed", "std:NIM/REF-7", "19.98", "CNAS L0001"):
        assert text in shown


def test_show_as_json_says_what_would_be_applied(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["show", str(folder / "certificate.toml"), "--json"]) == 0
    document = _json(capsys)
    assert document["certificate"]["id"] == "NIM-2026-0417"
    energy, power = document["applied"]
    assert (energy["basis"], power["basis"]) == ("covariance_assumed", "calibration")
    assert energy["certificate_influences"] == ["cert:NIM-2026-0417/0"]
    assert power["standard_uncertainties"] == pytest.approx([0.02, 0.001])
    assert energy["influences"] == {"std:NIM/REF-7": 1e-4}


def test_show_of_a_verification_names_its_rung(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = CERTIFICATE.partition("[[results]]")[0].replace('"calibration"', '"verification"')
    path = tmp_path / "v.toml"
    path.write_text(f"{head}[conformity]\nmpe_relative = 0.01\nstatement = 'pass'\n", "utf-8")
    assert calibration(["show", str(path), "--json"]) == 0
    (applied,) = _json(capsys)["applied"]
    assert applied["basis"] == "verification"
    assert applied["influences"] == pytest.approx({f"inst:{SERIAL}/class": 0.01 / 3**0.5})


def test_show_of_a_confirmation_prints_the_decision(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["show", str(folder / "confirmation.toml"), "--json"]) == 0
    assert _json(capsys)["confirmation"]["decision"] == "pass"
    assert calibration(["show", str(folder / "confirmation.toml")]) == 0
    assert "simple acceptance" in capsys.readouterr().out


def test_a_file_that_cannot_be_used_is_bad_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(spoiled(CERTIFICATE, "schema = 1", "schema = 9"))
    assert calibration(["show", str(path), "--language", "zh"]) == 78
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("E_CERT c.toml schema")


@pytest.mark.parametrize("command", [["check"], ["show"]])
def test_a_path_that_does_not_exist_is_a_wrong_call(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration([*command, str(tmp_path / "none.toml")]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_in_force_names_confirmation_certificate_and_rung(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _in_force(folder, "--json") == 0
    found = _json(capsys)["in_force"]
    assert found["confirmation"] == "MC-2026-012"
    assert found["certificate"] == "NIM-2026-0417"
    assert (found["basis"], found["overdue"]) == ("covariance_assumed", False)


def test_in_force_tells_an_overdue_confirmation(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _in_force(folder, "--json", at="2027-01-10T00:00Z") == 0
    assert _json(capsys)["in_force"]["overdue"] is True


def test_in_force_answers_what_was_known_at_another_instant(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _in_force(folder, "--known-at", "2026-01-09T08:59Z", "--json") == 1
    assert _json(capsys) == {"in_force": None, "because": None}
    assert _in_force(folder, "--known-at", "2026-01-09T09:00Z") == 0
    assert "NIM-2026-0417" in capsys.readouterr().out


@pytest.mark.parametrize("at", ["yesterday", "2026-03-01T00:00"])
def test_an_instant_is_iso_8601_with_its_time_zone(
    at: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        _in_force(folder, at=at)
    assert at in capsys.readouterr().err


def test_an_unknown_kind_of_quantity_names_all_that_are_known(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--serial", SERIAL, "--at", "2026-03-01T00:00Z", "--kind", "energy"]
    assert calibration(["in-force", str(folder), *arguments]) == 2
    assert "active_energy" in capsys.readouterr().err


def test_check_and_show_never_import_scipy(folder: Path) -> None:
    code = (
        "import sys; from calibration.cli import calibration;"
        f"calibration(['check', {str(folder)!r}]);"
        f"calibration(['show', {str(folder / 'certificate.toml')!r}]);"
        "sys.exit(any(name.partition('.')[0] == 'scipy' for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_help_imports_neither_numpy_nor_msgspec() -> None:
    code = (
        "import sys; import calibration.cli;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'msgspec', 'scipy')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
