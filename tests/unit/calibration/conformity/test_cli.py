"""The command `carbonmeter calibration conformity`: one value, or a file of points."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from calibration.cli import calibration

ZENER = ("--value", "-5.47", "--standard-uncertainty", "0.05", "--upper", "-5.40")
CSV = """\
# three points of a weighing instrument
name,value,U,k,lower,upper
10 g,0.02,0.04,2,-0.3,0.3
100 g,0.28,0.04,2,-0.3,0.3
200 g,0.31,0.04,2,-0.3,0.3
"""
TOML = """\
schema = 1
rule = "guarded"
guard_band = "1U"
[prior]
mean = 1500
standard_deviation = 0.12
[[points]]
name = "R1"
value = 1500.1
standard_uncertainty = 0.04
lower = 1499.8
upper = 1500.2
[[points]]
value = 1500.15
expanded_uncertainty = 0.08
coverage_factor = 2
lower = 1499.8
upper = 1500.2
"""


def told(
    capsys: pytest.CaptureFixture[str], *options: str, code: int | None = None
) -> dict[str, Any]:
    found = calibration(["conformity", *options, "--json"])
    assert found in ({0, 1} if code is None else {code})
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def refused(capsys: pytest.CaptureFixture[str], *options: str, code: int = 78) -> str:
    assert calibration(["conformity", *options]) == code
    return capsys.readouterr().err


def written(tmp_path: Path, text: str, name: str = "points.toml") -> str:
    (tmp_path / name).write_text(text, "utf-8")
    return str(tmp_path / name)


def test_one_value_is_decided_simply(capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, *ZENER, code=0)
    (point,) = document["points"]
    assert document["outcomes"] == {"pass": 1, "fail": 0, "undetermined": 0}
    assert point["decision"]["rule"] == "simple_acceptance"
    assert point["specific"]["conformance_probability"] == pytest.approx(0.919243341, abs=5e-10)
    assert point["capability_index"] is None


def test_a_guard_band_on_the_command_line_makes_the_rule_guarded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (point,) = told(capsys, *ZENER, "--guard-band", "1U", code=1)["points"]
    assert point["decision"]["rule"] == "guarded_acceptance"
    assert point["decision"]["acceptance"] == {"lower": None, "upper": -5.5}
    (point,) = told(capsys, *ZENER, "--guard-band=-1U", code=0)["points"]
    assert point["decision"]["rule"] == "guarded_rejection"


def test_students_t_for_few_degrees_of_freedom(capsys: pytest.CaptureFixture[str]) -> None:
    (point,) = told(capsys, *ZENER, "--dof", "3")["points"]
    assert point["specific"]["conformance_probability"] == pytest.approx(0.8719, abs=5e-4)


def test_a_prior_tells_the_risks_of_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--value", "1500.1", "--expanded-uncertainty", "0.08", "--coverage-factor", "2")
    prior = ("--prior-mean", "1500", "--prior-standard-deviation", "0.12")
    limits = ("--lower", "1499.8", "--upper", "1500.2")
    (point,) = told(capsys, *options, *prior, *limits)["points"]
    assert point["global_risks"]["consumer"] == pytest.approx(0.01894221, abs=5e-9)
    guarded = told(capsys, *options, *prior, *limits, "--guard-band", "global:0.001")
    assert guarded["points"][0]["global_risks"]["consumer"] == pytest.approx(0.001, rel=1e-9)


def test_a_file_in_csv_is_decided_point_by_point(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, written(tmp_path, CSV, "points.csv"), "--rule", "jjf1094", code=1)
    assert document["outcomes"] == {"pass": 2, "fail": 1, "undetermined": 0}
    assert [each["name"] for each in document["points"]] == ["10 g", "100 g", "200 g"]
    assert document["points"][0]["decision"]["source_status"] == "K"


def test_a_file_in_toml_states_its_rule_and_the_command_line_goes_over_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, TOML)
    document = told(capsys, path)
    assert [each["decision"]["outcome"] for each in document["points"]] == ["pass", "fail"]
    assert [each["name"] for each in document["points"]] == ["R1", "2"]
    assert document["points"][0]["global_risks"]["consumer"] == pytest.approx(0.00046863, abs=5e-9)
    assert told(capsys, path, "--rule", "simple", code=0)["outcomes"]["pass"] == 2
    over = told(capsys, path, "--guard-band", "0.04", code=0)
    assert over["policy"]["guard_band"] == {"by": "length", "number": 0.04}


def test_a_guard_band_in_a_file_may_be_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, written(tmp_path, TOML.replace('"1U"', "0.05")))
    assert document["policy"]["guard_band"] == {"by": "length", "number": 0.05}


def test_people_read_it_in_their_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["conformity", *ZENER]) == 0
    shown = capsys.readouterr().out
    assert "conformance probability   0.9192433408" in shown
    assert "pass: the value lies within the limits of acceptance" in shown
    path = written(tmp_path, CSV, "points.csv")
    assert calibration(["conformity", path, "--language", "zh"]) == 1
    shown = capsys.readouterr().out
    assert "-0.3 .. 0.3" in shown
    assert "2 合格：" in shown
    assert "1 不合格：" in shown
    unsure = ("--value", "0.3", "--expanded-uncertainty", "0.2", "--coverage-factor", "2")
    limits = ("--lower", "-0.3", "--upper", "0.3", "--rule", "jjf1094")
    assert calibration(["conformity", *unsure, *limits, "--language", "zh"]) == 1
    assert "待定：" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--lower", "1"),
        (*ZENER, "--prior-mean", "0"),
        (*ZENER, "FILE"),
        ("FILE", "FILE"),
        ("FILE", "--lower", "1"),
        ("nowhere.toml",),
    ],
)
def test_what_does_not_go_together_is_a_matter_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    path = written(tmp_path, TOML)
    assert refused(capsys, *(path if each == "FILE" else each for each in options), code=2)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--value", "nan", *ZENER[2:]), "E_CONFORMITY_NUMBER point 1: value"),
        (("--value", "inf", *ZENER[2:]), "E_CONFORMITY_NUMBER point 1: value"),
        (("--value", "9" * 5_000, *ZENER[2:]), "E_CONFORMITY_NUMBER point 1: value"),
        (("--value", "1e308", *ZENER[2:]), "E_CONFORMITY_NUMBER point 1: value"),
        (("--value", "1", "--upper", "2"), "E_CONFORMITY_UNCERTAINTY"),
        (("--value", "1", "--standard-uncertainty", "0.1"), "E_CONFORMITY_LIMITS"),
        ((*ZENER, "--lower", "0"), "E_CONFORMITY_LIMITS"),
        ((*ZENER, "--rule", "guarded"), "E_CONFORMITY_RULE"),
        ((*ZENER, "--rule", "simple", "--guard-band", "1U"), "E_CONFORMITY_RULE"),
        ((*ZENER, "--rule", "jjf1094"), "E_CONFORMITY_LIMITS"),
        ((*ZENER, "--guard-band", "2u"), "E_CONFORMITY_GUARD_BAND"),
        ((*ZENER, "--guard-band", "global:0.01"), "E_CONFORMITY_RULE"),
        (
            (*ZENER, "--dof", "3", "--prior-mean", "0", "--prior-standard-deviation", "1"),
            "E_CONFORMITY_RULE",
        ),
        ((*ZENER, "--prior-mean", "nan", "--prior-standard-deviation", "1"), "E_CONFORMITY_NUMBER"),
    ],
)
def test_bad_numbers_and_rules_are_refused_by_code(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: str
) -> None:
    assert refused(capsys, *options).startswith(code)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("schema = 1", "schema = 2", "E_CONFORMITY_FILE"),
        ("schema = 1", "schema =", "E_CONFORMITY_FILE"),
        ("schema = 1", "schema = 1\nrules = 2", "E_CONFORMITY_FILE"),
        ('name = "R1"', 'nam = "R1"', "E_CONFORMITY_FILE"),
        ("value = 1500.1\n", 'value = "1500.1"\n', "E_CONFORMITY_FILE"),
        ("value = 1500.1\n", "value = nan\n", "E_CONFORMITY_NUMBER point R1: value"),
        ("value = 1500.1\n", "value = 1e308\n", "E_CONFORMITY_NUMBER point R1: value"),
        ("value = 1500.1\n", f"value = {'9' * 5_000}\n", "E_CONFORMITY_FILE"),
        ("value = 1500.1\n", f"value = {'9' * 400}\n", "E_CONFORMITY_FILE"),
        ("standard_deviation = 0.12", "standard_deviation = -1", "E_CONFORMITY_NUMBER"),
        ('"guarded"', '"strict"', "E_CONFORMITY_FILE"),
        ('"1U"', '"1 U"', "E_CONFORMITY_GUARD_BAND"),
        ('"1U"', "inf", "E_CONFORMITY_GUARD_BAND"),
        ('"1U"', "0.3", "E_CONFORMITY_GUARD_BAND point R1"),
        ("coverage_factor = 2\n", "", "E_CONFORMITY_UNCERTAINTY point 2"),
        ("[[points]]", "[[points]]\nx = [" + "[" * 5_000, "E_CONFORMITY_FILE"),
    ],
)
def test_bad_files_are_refused_by_code_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str
) -> None:
    assert old in TOML
    path, before = written(tmp_path, TOML.replace(old, new, 1)), time.process_time()
    assert refused(capsys, path).startswith(code)
    assert time.process_time() - before < 5.0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E_CSV_FILE"),
        ("value,u,upper\n", "E_CONFORMITY_FILE"),
        ("value,u,upper\n1,5,0.1,2\n", "E_CSV_FILE points.csv line 2"),
        ("value,u,uper\n1,0.1,2\n", "E_CSV_COLUMN"),
        ("u,upper\n0.1,2\n", "E_CSV_NUMBER points.csv line 2: 'value' is ''"),
        ("value,u,upper\n1,zehn,2\n", "E_CSV_NUMBER"),
        ("value,u,upper\n1,0,2\n", "E_CONFORMITY_NUMBER point 1: standard_uncertainty"),
        ("value,u,upper\n" + "1,0.1,2\n" * 10_001, "E_CSV_FILE"),
        ("value,u,upper\n" + "1,0.1,2\n" * 300_000, "E_CONFORMITY_FILE"),
    ],
)
def test_bad_tables_are_refused_by_code_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    path, before = written(tmp_path, text, "points.csv"), time.process_time()
    assert refused(capsys, path).startswith(code)
    assert time.process_time() - before < 5.0


def test_what_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "points.toml").write_bytes(b"\xff\xfe")
    shown = refused(capsys, str(tmp_path / "points.toml"), "--language", "zh")
    assert shown.startswith("E_CONFORMITY_FILE points.toml: 文件内容为")
    assert refused(capsys, str(tmp_path)).startswith("E_CONFORMITY_FILE")


def test_options_are_read_without_scipy() -> None:
    code = (
        "import sys\n"
        "from calibration.cli import _parser\n"
        "_parser().parse_args(['conformity', '--value', '1'])\n"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_where_the_guard_bands_meet_no_value_is_accepted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["--value", "13.6", "--expanded-uncertainty", "3.6", "--coverage-factor", "2"]
    limits = ["--lower", "12.5", "--upper", "16.3", "--rule", "jjf1094"]
    assert calibration(["conformity", *asked, *limits]) == 1
    assert "no value" in capsys.readouterr().out
