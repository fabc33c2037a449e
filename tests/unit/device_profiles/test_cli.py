import json
from pathlib import Path
from typing import Any

import pytest

from device_profiles.cli import profile
from device_profiles.load import SCHEMA, catalogue, load_profile, path_of
from device_profiles.register_model import RegisterChannel
from tests.unit.device_profiles.examples import channel, document

GOOD = document(channel("x", '{ address = 0, format = "uint16" }'))


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.toml"
    path.write_text(GOOD.replace("uint16", "uint17"))
    return path


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_list_names_every_shipped_profile(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["id", *catalogue()]
    assert profile(["list", "--json"]) == 0
    rows = _json(capsys)["profiles"]
    assert [row["sha256"] for row in rows] == [load_profile(each).sha256 for each in catalogue()]


def test_list_speaks_chinese_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["list", "--language", "zh"]) == 0
    assert "二氧化碳探头" in capsys.readouterr().out


@pytest.mark.parametrize("profile_id", catalogue())
def test_show_prints_each_channel_with_address_unit_source_and_grade(
    profile_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    device = load_profile(profile_id).profile
    assert profile(["show", profile_id]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split() for line in lines if line}
    for each in device.channels:
        cited = device.citation(each)
        row = rows[each.name]
        if isinstance(each, RegisterChannel):
            assert str(each.terms[0].address) in row
            assert f"(0x{each.terms[0].address:04X})" in row
        assert each.unit in row
        assert row[-2:] == [cited.key, cited.grade]
    for source in device.sources:
        assert any(source.document in line and f"[{source.grade}]" in line for line in lines)


def test_show_as_json_is_the_profile_and_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["show", "tuf-2000m", "--json"]) == 0
    shown = _json(capsys)
    assert shown["sha256"] == load_profile("tuf-2000m").sha256
    assert shown["profile"]["channels"][4]["source"][1]["format"] == "float32"


def test_show_of_a_sum_has_a_line_for_every_term(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["show", "tuf-2000m"]) == 0
    assert capsys.readouterr().out.count("\n  + 1 x ") == 2


def test_show_of_an_unknown_id_is_a_usage_fault_with_suggestions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert profile(["show", "sdm-630"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "E_PROFILE_ID" in told.err
    assert "eastron-sdm630" in told.err


def test_show_of_a_bad_file_is_a_bad_configuration(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad.write_text(bad.read_text().replace('unit = "kW.h"', 'unit = ""'))
    assert profile(["show", str(bad), "--language", "zh"]) == 78
    told = capsys.readouterr().err
    assert "E_PROFILE_FORMAT" in told
    assert "限值" in told
    assert "E_PROFILE_LIMIT" in told


def test_lint_checks_all_shipped_profiles_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["lint"]) == 0
    assert capsys.readouterr().out == f"{len(catalogue())} profiles, 0 findings\n"


def test_lint_tells_findings_and_exits_with_1(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(bad.parent / "missing.toml")
    assert profile(["lint", str(bad), str(path_of("abb-b23")), missing]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"E_PROFILE_FORMAT {bad}: channels[x].source.format: ")
    assert lines[1].startswith(f"E_PROFILE_FILE {missing}")
    assert lines[2] == "3 profiles, 2 findings"


def test_lint_as_json_is_one_document(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["lint", "--json", str(bad)]) == 1
    (finding,) = _json(capsys)["findings"]
    assert finding["code"] == "E_PROFILE_FORMAT"
    assert finding["file"] == str(bad)
    assert finding["remedy_zh"]


def test_schema_prints_the_shipped_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["schema"]) == 0
    assert capsys.readouterr().out == SCHEMA.read_text("utf-8")


@pytest.mark.parametrize("argv", [[], ["shout"], ["show"], ["list", "--verbose"]])
def test_what_is_not_understood_is_a_usage_fault(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        profile(argv)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


LIST = "name,address,type,unit\nVoltage L1,40001,float32,V\n"


def test_new_writes_a_profile_that_show_understands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points, made = tmp_path / "points.csv", tmp_path / "made" / "e1.toml"
    points.write_text(LIST)
    told = ["--printed", "--maker", "Example", "--model", "E1", "--out", str(made)]
    assert profile(["new", "--from-csv", str(points), *told]) == 0
    assert "N_POINTS" in capsys.readouterr().err
    assert profile(["lint", str(made)]) == 0
    assert profile(["show", str(made), "--json"]) == 0
    shown = capsys.readouterr().out.partition("\n")[2]
    assert json.loads(shown)["profile"]["id"] == "example-e1"


def test_new_tells_what_is_wrong_with_row_and_column_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points, made = tmp_path / "points.csv", tmp_path / "e1.toml"
    points.write_text(LIST.replace("float32", "float33"))
    assert profile(["new", "--from-csv", str(points), "--printed", "--out", str(made)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"E_POINTS_CELL {points}: row 2, column 'type'" in told.err
    assert not made.exists()


def test_new_without_a_file_or_a_writable_place_is_a_usage_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = tmp_path / "points.csv"
    assert profile(["new", "--from-csv", str(points)]) == 2
    points.write_text(LIST)
    below = ["--printed", "--out", str(points / "e1.toml")]
    assert profile(["new", "--from-csv", str(points), *below]) == 2
    assert "E_PROFILE_FILE" in capsys.readouterr().err


def test_new_explains_columns_and_conventions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        profile(["new", "--help"])
    assert caught.value.code == 0
    page = capsys.readouterr().out
    assert all(word in page for word in ("name,address,type,unit,scale", "40001", "--printed"))


def test_page_prints_one_device_in_either_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(["page", "vaisala-gmp252"]) == 0
    assert "## Channels" in capsys.readouterr().out
    assert profile(["page", "vaisala-gmp252", "--language", "zh"]) == 0
    assert "## 通道" in capsys.readouterr().out


def test_page_writes_all_devices_and_two_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert profile(["page", "--all", str(tmp_path / "devices")]) == 0
    written = {path.name for path in (tmp_path / "devices").iterdir()}
    assert written >= {"index.md", "index.zh.md", "abb-b23.md", "abb-b23.zh.md"}
    assert len(written) == 2 * len(catalogue()) + 2
    assert f"{len(catalogue())} devices" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [["page"], ["page", "abb-b23", "--all", "x"]])
def test_page_wants_one_device_or_all(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        profile(argv)
    assert caught.value.code == 2
