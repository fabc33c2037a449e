"""The commands `rata`, `drift`, `linearity`, `response-time`, `qal2`, `ast` and `qal3`."""

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import msgspec
import pytest

from calibration.cli import calibration
from calibration.function import CalibrationFunction
from calibration.performance import errors
from calibration.performance.errors import PerformanceError
from calibration.performance.load import known_limits
from calibration.performance.words import SAID

RATA = "run,RM,CEM,used,remark\n" + "".join(f"{k},10.0,9.9,Y,\n" for k in range(1, 10))
DRIFT = "at,point,reference,reading\nd1,zero,0,1\nd1,span,80,84\n"
LINEARITY = "level,reference,reading\n" + "".join(
    f"{level},{value},{value}\n"
    for level, value in (("low", 25), ("mid", 55), ("high", 90))
    for _ in range(3)
)
RESPONSE = "seconds,reading\n0,0\n100,80\n120,100\n"
VELOCITIES = "day,rm,cem\n2026-03-01,10.2,10\n2026-03-02,10.4,10\n2026-03-03,9.8,10\n"
PAIRS = "x,y\n" + "".join(f"{4 + k},{20 * k + (-1) ** k}\n" for k in range(1, 16))
CHART = "at,point,reference,reading,adjusted\n1,zero,0,2,n\n2,zero,0,2,y\n3,zero,0,0,n\n"
LAW = ("--elv", "200", "--uncertainty-percent", "20")
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "rata": (RATA, ("--pollutant", "co2")),
    "drift": (DRIFT, ("--pollutant", "so2", "--full-scale", "100")),
    "linearity": (LINEARITY, ("--pollutant", "so2", "--full-scale", "100")),
    "response-time": (RESPONSE, ("--pollutant", "co2")),
    "velocity-field": (VELOCITIES, ()),
    "qal2": (PAIRS, LAW),
    "ast": (PAIRS, (*LAW, "--function=-80,20")),
    "qal3": (CHART, ("--s-zero", "1")),
}
OUTCOMES = {"drift": (1, "adjust"), "qal3": (0, "in_control")}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data.csv"


def written(data: Path, text: str) -> str:
    data.write_text(text, "utf-8")
    return str(data)


def document(
    capsys: pytest.CaptureFixture[str], data: Path, command: str, *options: str
) -> dict[str, Any]:
    text, own = COMMANDS[command]
    assert calibration([command, written(data, text), "--json", *own, *options]) in {0, 1}
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    tracemalloc.start()
    began = time.process_time()
    assert calibration(argv) == 78
    assert time.process_time() - began < 5.0
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    return capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_tells_outcome_and_digest_of_its_limits(
    data: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    text, options = COMMANDS[command]
    code, outcome = OUTCOMES.get(command, (0, "pass"))
    assert calibration([command, written(data, text), "--json", *options]) == code
    found = json.loads(capsys.readouterr().out)
    assert found["outcome"] == outcome
    assert found["limits"]["id"] in known_limits()
    assert len(found["limits"]["sha256"]) == 64


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_get_tables_and_a_sentence_in_their_language(
    data: Path, capsys: pytest.CaptureFixture[str], command: str, language: str
) -> None:
    text, options = COMMANDS[command]
    code, outcome = OUTCOMES.get(command, (0, "pass"))
    assert calibration([command, written(data, text), "--language", language, *options]) == code
    shown = capsys.readouterr().out
    assert f"{outcome}: {SAID[outcome][language]}" in shown
    assert f"unconfirmed: {SAID['unconfirmed'][language]}" in shown


def test_reported_figures_keep_their_decimals(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, data, "rata", "--on", "2026-03-31")
    assert found["reported"]["relative_accuracy_percent"] == "1.00"
    assert found["relative_accuracy_percent"] == 1.0
    assert (found["next_test_quarters"], found["due_by"]) == (4, "2027-03-31")


def test_without_a_pollutant_the_figures_are_told_all_the_same(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["rata", written(data, RATA), "--level", "mid"]) == 0
    assert f"not_judged: {SAID['not_judged']['en']}" in capsys.readouterr().out


def test_bias_is_told_with_its_factor(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["rata", written(data, RATA), "--pollutant", "SO2"]) == 0
    shown = capsys.readouterr().out
    assert "reported.bias_adjustment_factor       1.010" in shown
    assert SAID["bias_found"]["en"] in shown


def test_the_low_emitters_alternative_is_claimed_by_an_option(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poor = written(data, RATA.replace("9.9", "8.8"))
    assert calibration(["rata", poor, "--pollutant", "so2"]) == 1
    assert SAID["no_limit_met"]["en"] in capsys.readouterr().out
    assert calibration(["rata", poor, "--pollutant", "so2", "--aps"]) == 0


def test_limits_of_one_standard_or_another(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hj = ("--limits", "hj75-2017", "--pollutant", "so2", "--unit")
    assert calibration(["rata", written(data, RATA), *hj, "umol/mol", "--json"]) == 0
    (limit,) = json.loads(capsys.readouterr().out)["criteria"]
    assert (limit["measure"], limit["at_most"]) == ("mean_difference", 6.0)
    assert calibration(["rata", written(data, RATA), *hj, "mg/m3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["criteria"][0]["at_most"] == 17.0


def test_the_calibration_line_is_a_function_for_certificates(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, data, "qal2")["line"]
    function = msgspec.convert(found["function"], CalibrationFunction)
    assert function.coefficients[1] == pytest.approx(found["slope"], rel=1e-12)
    assert function.degrees_of_freedom == 13


def test_method_b_takes_the_reading_at_zero_with_its_uncertainty(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zero = ("--method", "b", "--zero", "4")
    exact = document(capsys, data, "qal2", *zero)["line"]
    vague = document(capsys, data, "qal2", *zero, "--zero-uncertainty", "0.1")["line"]
    assert exact["intercept"] == vague["intercept"] == pytest.approx(-4.0 * exact["slope"])
    assert vague["covariance"][0][0] > exact["covariance"][0][0]


def test_a_drift_that_was_adjusted_is_history(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = document(capsys, data, "qal3")["charts"][0]["steps"]
    assert [each["outcome"] for each in steps] == ["in_control", "adjust_drift", "in_control"]
    assert calibration(["qal3", written(data, CHART[:62]), "--s-zero", "1"]) == 1
    assert "charts[0].steps" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "text", "code"),
    [
        ("rata", "", "E_PERFORMANCE_COLUMN data.csv: the first line names the column 'rm' 0 times"),
        ("rata", "rm,cem,rm\n1,2,3\n", "E_PERFORMANCE_COLUMN"),
        ("rata", "rm,cem,use\n1,2,y\n", "E_PERFORMANCE_COLUMN_UNKNOWN data.csv: the column 'use'"),
        ("rata", "rm,cem\n", "E_PERFORMANCE_COUNT"),
        ("rata", "rm,cem\n1,2\n", "E_PERFORMANCE_COUNT"),
        ("rata", "rm,cem\n1,2\n1\n", "E_PERFORMANCE_VALUE data.csv: 'row' in row 2 is 1 fields"),
        (
            "rata",
            "rm,cem\n7,08,6,299\n",
            "E_PERFORMANCE_VALUE data.csv: 'row' in row 1 is 4 fields",
        ),
        ("rata", "rm,cem\n1,nan\n", "E_PERFORMANCE_VALUE"),
        ("rata", "rm,cem\n1,-Infinity\n", "E_PERFORMANCE_VALUE"),
        ("rata", "rm,cem\n1,1e308\n", "E_PERFORMANCE_VALUE"),
        ("rata", "rm,cem\n1,1e-999999999\n", "E_PERFORMANCE_VALUE"),
        ("rata", f"rm,cem\n1,{'9' * 5000}\n", "E_PERFORMANCE_VALUE"),
        ("rata", "rm,cem\n1,1e99999999999999999999999\n", "E_PERFORMANCE_VALUE"),
        ("rata", "rm,cem,used\n1,2,maybe\n", "E_PERFORMANCE_VALUE data.csv: 'used' in row 1"),
        ("rata", "rm,cem,used\n1,2,\n", "E_PERFORMANCE_VALUE"),
        ("rata", "rm,cem\n1,1_000\n", "E_PERFORMANCE_VALUE"),
        ("rata", "rm,cem\n1,１\n", "E_PERFORMANCE_VALUE"),
        ("rata", 'rm,cem\n"1,2\n', "E_PERFORMANCE_FILE"),
        ("rata", "rm,cem\n" + "1,2\n" * 5001, "E_PERFORMANCE_COUNT"),
        ("drift", DRIFT.replace("zero", "middle"), "E_PERFORMANCE_VALUE"),
        ("drift", "point,reference,reading\n", "E_PERFORMANCE_COUNT"),
        ("linearity", "level,reference,reading\nlow,1,1\nlow,2,1\n", "E_PERFORMANCE_VALUE"),
        ("response-time", "seconds,reading\n-1,0\n", "E_PERFORMANCE_VALUE"),
        ("response-time", "seconds,reading\n0,0\n0,1\n", "E_PERFORMANCE_UNDEFINED"),
        ("qal2", "x,y,day\n1,2,2026-02-30\n", "E_PERFORMANCE_VALUE"),
        ("qal2", "x,y,ams_factor\n1,2,0\n", "E_PERFORMANCE_VALUE"),
        ("qal2", "x,y,kind\n1,2,other\n", "E_PERFORMANCE_VALUE"),
        ("qal2", "x,y\n1,2\n", "E_PERFORMANCE_COUNT"),
        ("qal2", "x,y\n5,1\n5,90\n5,60\n", "E_FIT_RANK"),
        ("qal2", "x,y\n1,50\n2,50\n3,50\n4,50.0000000001\n", "E_PERFORMANCE_OPTION method b: "),
        ("qal2", "x,y\n5,-1\n6,-51\n7,-99\n", "E_PERFORMANCE_UNDEFINED"),
        ("qal2", "x,y\n1,1\n2,2\n3,3\n", "E_PERFORMANCE_REFERENCE_MATERIAL"),
        ("ast", "x,y\n1,2\n", "E_PERFORMANCE_COUNT"),
        ("qal3", CHART.replace("zero", "span"), "E_PERFORMANCE_OPTION chart: '--s-span'"),
        ("qal3", "point,reference,reading\n", "E_PERFORMANCE_COUNT"),
    ],
)
def test_bad_files_are_refused_by_code(
    data: Path, capsys: pytest.CaptureFixture[str], command: str, text: str, code: str
) -> None:
    options = COMMANDS[command][1]
    assert refused(capsys, command, written(data, text), *options).startswith(code)


@pytest.mark.parametrize(
    ("command", "options", "code"),
    [
        ("rata", ("--pollutant", "hg"), "E_PERFORMANCE_LIMIT_MISSING part75-2011: 0 limits"),
        ("rata", ("--pollutant", "flow"), "E_PERFORMANCE_LIMIT_MISSING part75-2011: 2 limits"),
        ("rata", ("--limits", "none.toml"), "E_PERFORMANCE_LIMITS none.toml"),
        ("rata", ("--limits", "en14181-2014"), "E_PERFORMANCE_LIMIT_MISSING"),
        ("rata", ("--pollutant", "so2", "--on", "9999-12-31"), "E_PERFORMANCE_OPTION"),
        ("drift", ("--pollutant", "so2"), "E_PERFORMANCE_OPTION limits: '--full-scale' is None"),
        ("drift", ("--pollutant", "so2", "--full-scale", "1e308"), "E_PERFORMANCE_OPTION"),
        ("drift", ("--pollutant", "so2", "--full-scale", "-1"), "E_PERFORMANCE_OPTION"),
        ("response-time", ("--pollutant", "so2", "--final", "nan"), "E_PERFORMANCE_OPTION"),
        ("qal2", ("--elv", "nan", "--uncertainty-percent", "20"), "E_PERFORMANCE_OPTION"),
        ("qal2", ("--elv", "200", "--uncertainty-percent", "0"), "E_PERFORMANCE_OPTION"),
        ("qal2", (*LAW, "--method", "b"), "E_PERFORMANCE_OPTION method b: '--zero' is None"),
        ("qal2", (*LAW, "--zero", "9" * 5000), "E_PERFORMANCE_OPTION"),
        ("ast", (*LAW, "--function=1,2,3"), "E_PERFORMANCE_OPTION"),
        ("ast", (*LAW, "--function=a,b"), "E_PERFORMANCE_OPTION"),
        ("ast", (*LAW, "--function=1,1e308"), "E_PERFORMANCE_OPTION"),
        ("qal3", (), "E_PERFORMANCE_OPTION chart: '--s-zero' is None"),
        ("qal3", ("--s-zero", "0"), "E_PERFORMANCE_OPTION"),
        ("qal3", ("--s-zero", "1", "--limits", "part75-2011"), "E_PERFORMANCE_LIMIT_MISSING"),
    ],
)
def test_bad_options_are_refused_by_code(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    options: tuple[str, ...],
    code: str,
) -> None:
    path = written(data, COMMANDS[command][0])
    assert refused(capsys, command, path, *options).startswith(code)


def test_files_that_are_no_text_or_too_long(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.write_bytes(b"\xff\xfe\x00x")
    assert refused(capsys, "rata", str(data)).startswith("E_PERFORMANCE_FILE")
    data.write_text("rm,cem\n" + "1,2\n" * 1_100_000, "utf-8")
    said = refused(capsys, "rata", str(data), "--language", "zh")
    assert said.startswith("E_PERFORMANCE_FILE data.csv: 无法读取文件")
    assert refused(capsys, "rata", str(data.parent)).startswith("E_PERFORMANCE_FILE")


@pytest.mark.parametrize(
    ("command", "head", "row"),
    [
        ("rata", "rm,cem\n", "999999999999999.12345678901234,0.5{k:022d}1\n"),
        ("qal2", "x,y\n", "{k},{k}.5\n"),
        ("qal3", "point,reference,reading\n", "zero,0,{k}\n"),
        ("drift", "point,reference,reading\n", "zero,0,{k}\n"),
    ],
)
def test_as_many_rows_as_are_taken_are_answered_within_two_seconds(
    data: Path, capsys: pytest.CaptureFixture[str], command: str, head: str, row: str
) -> None:
    path = written(data, head + "".join(row.format(k=k) for k in range(5_000)))
    began = time.process_time()
    assert calibration([command, path, "--json", *COMMANDS[command][1]]) in {0, 1}
    assert time.process_time() - began < 2.0
    assert json.loads(capsys.readouterr().out)["outcome"]


def test_every_error_has_a_code_of_its_own_and_two_languages() -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, PerformanceError)
    ]
    assert len({each.code for each in kinds}) == len(kinds)
    assert all(each.en != each.zh for each in kinds if each is not PerformanceError)


def test_wrong_usage_has_exit_code_2(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["rata", str(data)]) == 2
    with pytest.raises(SystemExit) as left:
        calibration(["rata", written(data, RATA), "--on", "yesterday"])
    assert left.value.code == 2
    assert "--on" in capsys.readouterr().err
