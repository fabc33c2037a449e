"""The command `carbonmeter calibration type-b`: classes and sheets in, evaluations out."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from calibration.cli import calibration
from calibration.load import parse_confirmation
from tests.unit.calibration.documents import CONFIRMATION
from tests.unit.calibration.type_b.sheets import CORIOLIS, PRESSURE

SERIAL = "2301-8812"
METER = ("--class", "iec62053-22/0.5S", "--current", "0.3", "--power-factor", "0.8")
TRANSFORMERS = ("--ct", "iec61869-2/0.5S", "--vt", "iec61869-3/0.5")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.toml"
    path.write_text(PRESSURE, "utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> dict[str, Any]:
    assert calibration(["type-b", *options, "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def refused(capsys: pytest.CaptureFixture[str], *options: str, code: int = 78) -> str:
    assert calibration(["type-b", *options]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_meter_with_its_transformers(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, *METER, *TRANSFORMERS, "--serial", "S1", code=1)
    assert [each["influence"] for each in found["evaluations"]] == [
        "inst:S1/class",
        "inst:CT.current_ratio/class",
        "inst:CT.current_displacement/class",
        "inst:VT.voltage_ratio/class",
        "inst:VT.voltage_displacement/class",
    ]
    minutes = math.pi / 10_800.0
    limits = [0.6e-2, 0.5e-2, 30.0 * minutes * 0.75, 0.5e-2, -20.0 * minutes * 0.75]
    contributions = [each["contribution"] for each in found["evaluations"]]
    assert contributions == pytest.approx([each / math.sqrt(3.0) for each in limits])
    total = found["standard_uncertainty"]
    assert total["unit"] == "1"
    assert total["value"] == pytest.approx(math.hypot(*limits) / math.sqrt(3.0))


def test_what_is_recalled_is_told_in_the_report_and_by_the_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, *METER, code=1)
    (only,) = found["evaluations"]
    assert only["source"]["status"] == "K"
    sources = ["IEC 62053-22:2003, 8.1, table 4"]
    assert found["findings"] == [{"code": "unconfirmed_figures", "sources": sources}]
    assert calibration(["type-b", *METER, "--language", "zh"]) == 1
    shown = capsys.readouterr().out
    assert "IEC 62053-22:2003, 8.1, table 4 的数值未经核实" in shown
    assert "取较大者" in shown


def test_what_was_seen_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(
        capsys, "--class", "iec60751/A", "--temperature", "85", "--where", "construction=film"
    )
    (only,) = found["evaluations"]
    assert only["source"]["seen_as"] == "restatement"
    assert only["half_width"] == pytest.approx(0.32)
    assert found["standard_uncertainty"] == {"value": pytest.approx(0.32 / 3**0.5), "unit": "K"}
    assert found["findings"] == []


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["type-b", *METER, *TRANSFORMERS]) == 1
    shown = capsys.readouterr().out
    for word in ("deviation", "0.6 %", "30 '", "inst:SERIAL/class", "S, restated", "0.7021 %"):
        assert word in shown


def test_three_transformers_are_named_by_three_serials(capsys: pytest.CaptureFixture[str]) -> None:
    serials = [word for each in "abc" for word in ("--ct-serial", each)]
    found = told(capsys, *TRANSFORMERS[:2], "--ct-load", "1", "--power-factor", "1", *serials)
    assert [each["sensitivity"] for each in found["evaluations"]] == pytest.approx([1 / 3] * 3)


def test_the_load_of_a_current_transformer_is_that_of_the_meter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    in_amperes = ("--class", "iec62053-22/0.5S", "--current", "0.05", "--mark", "In=5")
    found = told(capsys, *in_amperes, "--power-factor", "1", "--ct", "iec61869-2/0.5S", code=1)
    assert [each["half_width"] for each in found["evaluations"]] == pytest.approx([0.01, 0.015])
    by_Itr = ("--class", "oiml-r46/B", "--current", "1", "--power-factor", "1")
    assert "--ct-load" in refused(capsys, *by_Itr, "--ct", "iec61869-2/1")


def test_influences_and_the_combined_maximum_error(capsys: pytest.CaptureFixture[str]) -> None:
    load = ("--class", "oiml-r46/B", "--current", "1", "--power-factor", "0.5L")
    influences = ("--influence", "voltage", "--influence", "frequency", "--ambient", "10", "40")
    found = told(capsys, *load, *influences, code=1)
    expected = math.hypot(1.5, 1.0, 0.7, 17.0 * 0.07) / 100.0
    assert found["combined_maximum_error"]["half_width"] == pytest.approx(expected)
    assert len(found["evaluations"]) == 5
    assert told(capsys, *load, code=1)["combined_maximum_error"] is None
    assert calibration(["type-b", *load, *influences]) == 1
    shown = capsys.readouterr().out
    assert "combined maximum error  2.271 %" in shown
    assert "voltage: voltage within 10 % of its nominal value" in shown


def test_a_heat_meter_by_parts_and_as_a_whole(capsys: pytest.CaptureFixture[str]) -> None:
    marks = ["--mark", "qi=0.006", "--mark", "qp=0.6", "--mark", "dTmin=3", "--mark", "dTmax=150"]
    load = ("--class", "en1434/2", "--flow", "0.6", "--temperature-difference", "30", *marks)
    parts = told(capsys, *load)["evaluations"]
    (whole,) = told(capsys, *load, "--complete")["evaluations"]
    assert len(parts) == 3
    assert whole["half_width"] == pytest.approx(math.fsum(each["half_width"] for each in parts))


def test_an_orifice_plate(capsys: pytest.CaptureFixture[str]) -> None:
    stated = {"ratio": 0.65, "pipe_diameter_mm": 100, "reynolds": 1e6, "pressure_ratio": 0.02}
    options = [word for n, v in stated.items() for word in ("--quantity", f"{n}={v}")]
    found = told(capsys, "--class", "iso5167-2/orifice", *options)
    assert [each["name"] for each in found["evaluations"]] == [
        "discharge_coefficient",
        "expansibility",
    ]
    assert "'reynolds'" in refused(capsys, "--class", "iso5167-2/orifice", *options[:4])
    unknown = refused(capsys, "--class", "iso5167-2/orifice", *options, "--quantity", "beta=1")
    assert "ratio, pipe_diameter_mm" in unknown


def test_a_sheet_at_a_reading(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, str(sheet), "--at", "20", "--basis", "verification")
    assert {each["u_basis"] for each in found["evaluations"]} == {"verification"}
    total = math.hypot(0.045, 0.05, 0.1) / math.sqrt(3.0)
    assert found["standard_uncertainty"] == {"value": pytest.approx(total), "unit": "kPa"}
    older = told(capsys, str(sheet), "--at", "20", "--years", "5")["evaluations"]
    assert older[-1]["half_width"] == pytest.approx(0.5)


def test_a_sheet_at_another_ambient_temperature(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.write_text(CORIOLIS, "utf-8")
    found = told(capsys, str(sheet), "--at", "40", "--ambient", "20", "30", code=1)
    mean = next(each for each in found["evaluations"] if each["sensitivity"] == 2.0)
    assert mean["influence"] == "inst:SERIAL/temperature"
    sheet.write_text(PRESSURE, "utf-8")
    assert "reference_Cel" in refused(capsys, str(sheet), "--at", "20", "--ambient", "0", "1")


def test_the_printed_lines_can_be_pasted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["type-b", "--class", "iec60751/A", "--temperature", "85", "--serial", SERIAL]
    transformer = ["type-b", "--ct", "iec61869-2/0.5S", "--ct-load", "1", "--power-factor", "0.8"]
    sheet = tmp_path / "sheet.toml"
    sheet.write_text(CORIOLIS, "utf-8")
    for command in (
        [*asked, "--where", "construction=film"],
        transformer,
        ["type-b", str(sheet), "--at", "40"],
    ):
        assert calibration([*command, "--json"]) in {0, 1}
        stated = json.loads(capsys.readouterr().out)["confirmation"]["influences"]
        assert calibration([*command, "--confirmation"]) in {0, 1}
        lines = capsys.readouterr().out
        pasted = lines[lines.index("[[influences]]") :]
        bare = CONFIRMATION.partition("[[influences]]")[0]
        found = parse_confirmation((bare + "\n" + pasted).encode(), "pasted").influences
        assert [each.id for each in found] == [each["id"] for each in stated]
        for each, record in zip(found, stated, strict=True):
            assert each.standard_uncertainty == record["standard_uncertainty"]
            relative = record["relative_standard_uncertainty"]
            assert each.relative_standard_uncertainty == relative
            assert each.distribution == record["distribution"]


def test_the_list_tells_every_class_with_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    tables = told(capsys, "--list")["tables"]
    found = {each["id"]: each for each in tables}
    assert found["iec62053-22"]["status"] == "K"
    assert found["iso5167-2"]["classes"] == ["orifice"]
    assert all(each["confidence"] and each["omitted"] for each in tables)
    assert calibration(["type-b", "--list"]) == 0
    assert "0.1S 0.2S 0.5S" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--class", "iec62053-22/9"), "E_CLASS_UNKNOWN"),
        (("--class", "x" * 5_000), "E_CLASS_UNKNOWN"),
        ((*METER[:4],), "E_CLASS_POINT"),
        ((*METER[:2], *METER[4:]), "E_CLASS_POINT"),
        ((*METER[:4], "--power-factor", "2"), "E_POWER_FACTOR"),
        ((*METER[:2], "--current", "nan", *METER[4:]), "E_TYPE_B_NUMBER"),
        ((*METER[:2], "--current", "9" * 5_000, *METER[4:]), "E_TYPE_B_NUMBER"),
        ((*METER, "--mark", "In=0"), "E_TYPE_B_NUMBER"),
        ((*METER, "--where", "load=none"), "E_CLASS_CONDITION"),
        ((*METER, "--influence", "harmonics"), "E_CLASS_NO_LIMIT"),
        ((*METER, "--ambient", "40", "10"), "E_TYPE_B_NUMBER"),
        (("--ct", "iec61869-2/0.5", "--power-factor", "1"), "E_CLASS_POINT"),
        (("--ct", "iec61869-2/0.5", "--ct-load", "nan", "--power-factor", "1"), "E_TYPE_B_NUMBER"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_code(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: str
) -> None:
    said = refused(capsys, *options)
    assert said.startswith(code + " ")
    assert len(said) < 700


def test_options_that_do_not_belong_together_are_wrong_usage(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in (
        (),
        (str(sheet),),
        (str(sheet), str(sheet), "--at", "1"),
        (str(sheet), "--at", "1", *METER),
        (str(sheet), "--at", "1", *TRANSFORMERS, "--power-factor", "1"),
        ("--class", "iec61869-2/0.5"),
    ):
        assert refused(capsys, *options, code=2).startswith("E_TYPE_B_USAGE")
    assert "no file" in refused(capsys, "none.toml", "--at", "1", code=2)
    for wrong in (("--mark", "In"), ("--mark", "In=x"), ("--at", "x")):
        with pytest.raises(SystemExit, match="2"):
            calibration(["type-b", *wrong])
