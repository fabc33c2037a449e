"""`carbonmeter cems hours`, from files to a table and to JSON."""

import json
from pathlib import Path

import pytest

from calibration.increment import NS_PER_HOUR
from evidence.clock import utc_text
from evidence.statement.hours.cli import hours
from evidence.statement.hours.load import rule_pack
from tests.unit.evidence.hours.series import START


def hourly(path: Path, values: list[str], name: str = "co2.csv") -> str:
    rows = [f"{utc_text(START + k * NS_PER_HOUR)},{each}" for k, each in enumerate(values)]
    file = path / name
    file.write_text("\n".join(["time,value,state", *rows, ""]), "utf-8")
    return str(file)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


FIVE = ["12.2,valid", ",fault", ",calibrating", "12.6,valid", ",stopped"]


def test_a_table_says_value_code_state_and_totals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hours([hourly(tmp_path, FIVE), "--rules", "part75"]) == 0
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines()[:6]]
    assert [row[1:4] for row in rows[1:]] == [
        ["measured", "01", "12.2"],
        ["substituted", "07", "12.4"],
        ["substituted", "07", "12.4"],
        ["measured", "01", "12.6"],
        ["shutdown", "off", "-"],
    ]
    assert rule_pack("part75").sha256 in out
    assert "recalled and must be confirmed" in out


def test_many_findings_of_a_kind_are_counted_in_the_table_and_whole_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = hourly(tmp_path, ["12,valid", ",fault"] * 6 + ["12,valid"])
    hours([data, "--rules", "mrr", "--unit", "g/m3"])
    out = capsys.readouterr().out
    assert "3 more of 'few_places'" in out
    assert out.count("places to punch") == 3
    hours([data, "--rules", "mrr", "--unit", "g/m3", "--json"])
    findings = told(capsys)["findings"]
    assert isinstance(findings, list)
    assert sum(each["kind"] == "few_places" for each in findings) == 6


def test_chinese_is_spoken_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hours([hourly(tmp_path, FIVE), "--rules", "part75", "--language", "zh"])
    assert "须与正式文本核对" in capsys.readouterr().out
    bad = hourly(tmp_path, ["x,valid"])
    assert hours([bad, "--rules", "part75", "--language", "zh"]) == 78
    assert "程序不作猜测" in capsys.readouterr().err


def test_json_is_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [hourly(tmp_path, FIVE), "--rules", "part75", "--json"]
    assert hours([*arguments, "--influence", "inst:7/class=0.01"]) == 0
    found = told(capsys)
    assert found["schema"] == "carbonmeter/hours/v1"
    assert set(found) >= {"rules", "totals", "gaps", "findings", "hours", "digest", "availability"}
    rows = found["hours"]
    assert isinstance(rows, list)
    assert len(rows) == 5
    assert rows[1]["because"] == "fault"
    assert [part["influence"]["id"] for part in rows[1]["components"]] == [
        "inst:7/class",
        "substitution:co2.20260101T010000Z",
    ]


def test_history_comes_before_the_first_hour_that_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = "2026-01-01T02:00:00Z"
    hours([hourly(tmp_path, FIVE), "--rules", "part75", "--json", "--from", start])
    found = told(capsys)
    assert found["start"] == start
    rows = found["hours"]
    assert isinstance(rows, list)
    assert rows[0]["compliance"] == 12.4


def test_minutes_make_hours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        f"{utc_text(START + k * 60_000_000_000)},{'' if k < 16 else 5},{'C' if k < 16 else 'N'}"
        for k in range(120)
    ]
    path = tmp_path / "mass.csv"
    path.write_text("\n".join(["time,value,state", *rows]), "utf-8")
    arguments = [str(path), "--rules", "hj75", "--interval", "60", "--unit", "t/h", "--json"]
    assert hours(arguments) == 1  # nothing lies before the gap
    rows_told = told(capsys)["hours"]
    assert isinstance(rows_told, list)
    first, second = rows_told
    assert (first["state"], first["counts"]) == ("invalid", {"calibrating": 16, "valid": 44})
    assert (second["state"], second["compliance"]) == ("measured", 5.0)


def test_a_standing_makes_hours_invalid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    standing = tmp_path / "standing.csv"
    standing.write_text("time,standing\n2026-01-01T01:00:00Z,out_of_control\n", "utf-8")
    data = hourly(tmp_path, ["12,valid", "12,valid", "12,valid"])
    hours([data, "--rules", "part75", "--standing", str(standing), "--json"])
    rows = told(capsys)["hours"]
    assert isinstance(rows, list)
    assert [row["because"] for row in rows] == [None, "out_of_control", None]


def test_a_register_bridges_a_gap_of_a_meter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kwh.csv"
    lines = ["time,value,register", "2026-01-01T00:00:00Z,5,100", "2026-01-01T03:00:00Z,6,130"]
    path.write_text("\n".join(lines), "utf-8")
    assert hours([str(path), "--rules", "meters", "--unit", "kW.h", "--json"]) == 0
    rows = told(capsys)["hours"]
    assert isinstance(rows, list)
    assert [row["method"] for row in rows] == ["measured", "totaliser", "totaliser", "measured"]
    assert sum(row["compliance"] for row in rows) == pytest.approx(35.0)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--rules", "part76"], "E_HOURS_RULES"),
        (["--rules", "part75", "--quantity", "so2"], "E_HOURS_RULE_MISSING"),
        (["--rules", "part75", "--unit", "g/m3"], "E_HOURS_OPTION"),
        (["--rules", "hj75"], "E_HOURS_OPTION"),
        (["--rules", "part75", "--issue", "2"], "E_HOURS_OPTION"),
        (["--rules", "part75", "--from", "2026-01-01"], "E_TIME_TEXT"),
        (["--rules", "part75", "--from", "2027-01-01T00:00:00Z"], "E_HOURS_OPTION"),
        (["--rules", "part75", "--maximum-potential", "nan"], "E_HOURS_OPTION"),
        (["--rules", "part75", "--influence", "inst:7/class"], "E_HOURS_OPTION"),
        (["--rules", "part75", "--influence", "mine=0.1"], "E_INFLUENCE"),
        (["--rules", "part75", "--interval", "7"], "E_HOURS_OPTION"),
        (["--rules", "part75", "--standing", "nowhere.csv"], "E_HOURS_FILE"),
    ],
)
def test_what_cannot_be_used_is_told_with_a_code(
    options: list[str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hours([hourly(tmp_path, FIVE), *options]) == 78
    assert capsys.readouterr().err.startswith(code)


def test_a_missing_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert hours(["nowhere.csv", "--rules", "mrr", "--unit", "g/m3"]) == 78
    assert "E_HOURS_FILE nowhere.csv" in capsys.readouterr().err


def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        hours(["x.csv"])
    assert ended.value.code == 2
    assert "--rules" in capsys.readouterr().err


def test_a_unit_that_is_not_given_is_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hours([hourly(tmp_path, FIVE), "--rules", "hj75"]) == 78
    assert "'unit' is not given; it must be UCUM, given by --unit" in capsys.readouterr().err


def test_a_sum_of_which_nothing_is_known_is_a_dash_and_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [hourly(tmp_path, [",fault", ",fault"]), "--rules", "part75"]
    assert hours(arguments) == 1
    lines = [line.partition("  ") for line in capsys.readouterr().out.splitlines()]
    told_of = {name: value.strip() for name, _, value in lines}
    assert told_of["best estimate: sum, mean"] == "-, -"
    assert told_of["best estimate: u of the sum"] == "-"
    assert told_of["best estimate: substituted share"] == "-"
    assert hours([*arguments, "--json"]) == 1
    totals = told(capsys)["totals"]
    assert isinstance(totals, dict)
    assert totals["best_estimate"]["value"] is totals["standard_uncertainty"] is None
    assert totals["best_estimate"]["without"] == 2
