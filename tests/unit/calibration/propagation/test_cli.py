"""The command `carbonmeter calibration budget`: a file in, a table or one document out."""

import json
from pathlib import Path
from typing import Any

import pytest

from calibration.cli import calibration

SUM = """\
schema = 1
result = "E"
unit = "V"
formula = "vx - vs + dvs"
[[quantities]]
name = "vx"
estimate = 100.1
half_width = 0.05
distribution = "rectangular"
unit = "V"
[[quantities]]
name = "vs"
estimate = 100.0
expanded_uncertainty = 0.002
coverage_factor = 2
[[quantities]]
name = "dvs"
estimate = 0
half_width = 0.011
distribution = "rectangular"
"""
LOSS = """\
schema = 1
result = "dY"
formula = "x1^2 + x2^2"
[[quantities]]
name = "x1"
estimate = 0
standard_uncertainty = 0.005
[[quantities]]
name = "x2"
estimate = 0
standard_uncertainty = 0.005
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.toml"
    path.write_text(SUM, "utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> dict[str, Any]:
    assert calibration(["budget", str(path), "--json", *options]) in {0, 1}
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def refused(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> str:
    assert calibration(["budget", str(path), *options]) == 78
    return capsys.readouterr().err


def test_a_budget_whose_bounded_parts_dominate_has_no_k_of_2(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """EA-4/02, S9: 0.029574764 V; true half-width 0.05057 V, k = 1.710."""
    found = told(capsys, sheet)["budget"]
    assert found["value"] == pytest.approx(0.1)
    expanded = found["expanded"]
    assert expanded["standard_uncertainty"] == pytest.approx(0.029574764, rel=1e-8)
    assert expanded["expanded_uncertainty"] == pytest.approx(0.05057, abs=5e-5)
    assert expanded["coverage_factor"] == pytest.approx(1.710, abs=0.002)
    assert [row["quantity"] for row in found["rows"]] == ["vx", "vs", "dvs"]
    assert sum(row["share"] for row in found["rows"]) == pytest.approx(1.0)


def test_monte_carlo_stands_beside_it_and_is_the_same_each_time(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [told(capsys, sheet, "--monte-carlo", "50000") for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0]["monte_carlo"]["trials"] == 50_000
    assert runs[0]["first_order_holds"] is True
    adaptive = told(capsys, sheet, "--monte-carlo")
    assert adaptive["monte_carlo"]["is_stable"] is True


def test_a_level_model_has_no_budget_but_has_trials(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.write_text(LOSS, "utf-8")
    assert refused(capsys, sheet).startswith("E_SENSITIVITY_VANISHES")
    found = told(capsys, sheet, "--monte-carlo", "100000")
    assert found["budget"] is None
    assert found["first_order_holds"] is False
    assert found["monte_carlo"]["standard_uncertainty"] == pytest.approx(50e-6, rel=0.02)
    sheet.write_text(LOSS.replace("schema = 1", "schema = 1\nsecond_order = true"), "utf-8")
    exact = told(capsys, sheet)["budget"]
    assert exact["value"] == pytest.approx(50e-6)
    assert exact["expanded"]["standard_uncertainty"] == pytest.approx(50e-6)


def test_correlated_inputs_and_a_trapezoid(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SUM.replace('"rectangular"\nunit', '"trapezoidal"\ntop_share = 0.5\nunit')
    more = '[[correlations]]\nbetween = ["vs", "dvs"]\ncoefficient = 0.5\n'
    sheet.write_text(text + more, "utf-8")
    found = told(capsys, sheet)["budget"]
    u = 0.05 * (1.25 / 6) ** 0.5, 0.001, 0.011 / 3**0.5
    expected = (u[0] ** 2 + u[1] ** 2 + u[2] ** 2 - 2 * 0.5 * u[1] * u[2]) ** 0.5
    assert found["expanded"]["standard_uncertainty"] == pytest.approx(expected, rel=1e-9)


def test_people_get_a_table(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["budget", str(sheet), "--monte-carlo", "10000"]) == 0
    shown = capsys.readouterr().out
    for word in ("quantity", "sensitivity", "share", "coverage_factor", "Monte Carlo", "95.3 %"):
        assert word in shown


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("schema = 1", "schema = 2", "E_BUDGET_FILE"),
        ("schema = 1", "schema =", "E_BUDGET_FILE"),
        ('unit = "V"\nformula', 'units = "V"\nformula', "E_BUDGET_FILE"),
        ("estimate = 100.0", 'estimate = "100"', "E_BUDGET_FILE"),
        ("half_width = 0.05\n", 'half_width = "0.05"\n', "E_BUDGET_FILE"),
        ("half_width = 0.05\n", "half_width = 0.05\nstandard_uncertainty = 1\n", "E_BUDGET_FILE"),
        ("coverage_factor = 2\n", "", "E_BUDGET_FILE"),
        ("coverage_factor = 2\n", "coverage_factor = 0\n", "E_NUM_RANGE"),
        ('distribution = "rectangular"\nunit', "unit", "E_BUDGET_FILE"),
        ("half_width = 0.05", "half_width = nan", "E_QUANTITY"),
        ("schema = 1", "schema = 1\ncoverage_probability = 1.0", "E_BUDGET_FILE"),
        ('"vx - vs + dvs"', '"vx - vs + nobody"', "E_FORMULA_NAME"),
        ('"vx - vs + dvs"', "\"__import__('os')\"", "E_FORMULA_FUNCTION"),
        ('name = "vs"', 'name = "vx"', "E_"),
    ],
)
def test_bad_files_are_refused_by_code(
    sheet: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str
) -> None:
    assert old in SUM
    sheet.write_text(SUM.replace(old, new, 1), "utf-8")
    assert refused(capsys, sheet).startswith(code)


def test_too_few_and_too_many_trials(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for trials in ("9999", "10000001"):
        assert refused(capsys, sheet, "--monte-carlo", trials).startswith("E_TRIALS")


def test_files_that_are_no_text_or_too_long(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.write_bytes(b"\xff\xfe")
    assert refused(capsys, sheet, "--language", "zh").startswith("E_BUDGET_FILE sheet.toml: 文件")
    sheet.write_text("# " + "x" * 300_000, "utf-8")
    assert refused(capsys, sheet).startswith("E_BUDGET_FILE")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema = 1", "schema = 1\nseed = -1"),
        ('distribution = "rectangular"\nunit', 'distribution = ["rectangular"]\nunit'),
        (
            'distribution = "rectangular"\nunit',
            'distribution = "trapezoidal"\ntop_share = "a"\nunit',
        ),
        ("estimate = 100.1", "estimate = 1e300"),
        ('"vx - vs + dvs"', '"(vx - vs + dvs)*1e200*1e90"'),
    ],
)
def test_numbers_that_no_double_can_carry_on_end_in_a_code(
    sheet: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    assert old in SUM
    sheet.write_text(SUM.replace(old, new, 1), "utf-8")
    assert refused(capsys, sheet, "--monte-carlo", "10000").startswith("E_")
