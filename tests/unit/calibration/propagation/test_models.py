import json
import math
from pathlib import Path

import numpy as np
import pytest

from calibration.cli import calibration
from calibration.formula.grammar import parse_expression, parse_formula
from calibration.formula.tree import names, worth
from calibration.model.catalogue import MeasurementModel
from calibration.model.errors import ModelUnknownError
from calibration.model.load import constant_sets, factors, model_named, models

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "cems-models.md").read_text("utf-8")
FORMULAS = [each for each in models() if each.formula]
SHEET = """\
schema = 1
result = "V"
unit = "m3"
model = "gas_volume_at_reference"
quantities = [
  { name = "v", estimate = 100.0, standard_uncertainty = 0.5 },
  { name = "p", estimate = 202650.0, standard_uncertainty = 100.0 },
  { name = "p_ref", estimate = 101325.0 },
  { name = "t", estimate = 293.15, standard_uncertainty = 0.2 },
  { name = "t_ref", estimate = 273.15 },
  { name = "z", estimate = 1.0 },
  { name = "z_ref", estimate = 1.0 },
]
"""


@pytest.mark.parametrize("found", models(), ids=lambda model: model.id)
def test_every_model_is_told_of_in_the_reference(found: MeasurementModel) -> None:
    (line,) = (each for each in PAGE.splitlines() if each.startswith(f"| `{found.id}` |"))
    assert f"`{found.formula or found.code}`" in line
    assert all(f"`{name}`" in line for name in found.input_names)
    assert line.endswith(f"| {found.status} |")


def test_every_constant_and_factor_is_told_of_with_its_status() -> None:
    for group in constant_sets():
        for each in group.values:
            start = f"| `{group.id}` | `{each.name}` | {each.value!r} {each.unit} | {each.status} |"
            assert start in PAGE
    for table in factors():
        (line,) = (each for each in PAGE.splitlines() if each.startswith(f"| `{table.id}` |"))
        assert f"| {table.status} |" in line
        assert all(f"`{name}` {value:g}" in line for name, value in table.values.items())


@pytest.mark.parametrize("found", FORMULAS, ids=lambda model: model.id)
def test_every_formula_is_of_exactly_its_inputs_and_constants(found: MeasurementModel) -> None:
    known = {*found.input_names, *found.constant_names}
    assert names(parse_expression(found.formula)) == known


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("relative_error", {"indication": 101.0, "reference": 100.0}, 0.01),
        ("corrected_indication", {"indication": 101.0, "e": 0.01}, 100.0),
        # 1,000 t of coal of 26.7 GJ/t, 0.02749 t C/GJ, 94 % oxidised
        (
            "co2_of_fuel",
            {"fc": 1e3, "ncv": 26.7, "cc": 0.02749, "of": 0.94, "co2_per_carbon": 44 / 12},
            2529.79474,
        ),
        (
            "energy_through_transformers",
            {
                "indication": 2.0,
                "ct_ratio": 40.0,
                "vt_ratio": 100.0,
                "e_meter": 0.001,
                "e_ct": 0.002,
                "e_vt": -0.001,
                "d_ct": 0.004,
                "d_vt": 0.001,
                "phi": math.pi / 4.0,
            },
            8000.0 / 1.005,
        ),
        (
            "differential_pressure_mass_flow",
            {"c": 0.6, "d": 0.05, "pipe": 0.1, "epsilon": 1.0, "dp": 10_000.0, "rho": 1000.0},
            0.6 / math.sqrt(1 - 0.5**4) * math.pi / 4 * 0.0025 * math.sqrt(2e7),
        ),
    ],
)
def test_a_model_gives_what_is_computed_by_hand(
    name: str, values: dict[str, float], expected: float
) -> None:
    parsed = parse_formula(model_named(name).formula, values)
    found = worth(parsed, {key: np.asarray(value) for key, value in values.items()})
    assert float(found) == pytest.approx(expected, rel=1e-6)


def test_a_file_may_name_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "b.toml"
    path.write_text(SHEET, "utf-8")
    assert calibration(["budget", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["budget"]
    assert told["value"] == pytest.approx(100.0 * 2.0 * 273.15 / 293.15)
    relative = math.hypot(0.005, 100.0 / 202650.0, 0.2 / 293.15)
    assert told["expanded"]["standard_uncertainty"] == pytest.approx(told["value"] * relative)


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ('"gas_volume_at_reference"', '"no_such"', "E_MODEL_UNKNOWN"),
        ('model = "gas', 'formula = "v"\nmodel = "gas', "E_BUDGET_FILE"),
        ('"gas_volume_at_reference"', '"MRR-4"', "E_MODEL_FORM"),
    ],
)
def test_a_model_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], was: str, now: str, code: str
) -> None:
    path = tmp_path / "b.toml"
    path.write_text(SHEET.replace(was, now), "utf-8")
    assert calibration(["budget", str(path)]) == 78
    assert code in capsys.readouterr().err


def test_the_list_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["budget", "--models"]) == 0
    assert "HJ75-CO2" in capsys.readouterr().out
    assert calibration(["budget", "--models", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["models"]) == len(FORMULAS)
    assert calibration(["budget"]) == 2


def test_an_unknown_name_lists_those_that_are_known() -> None:
    with pytest.raises(ModelUnknownError, match="co2_of_fuel"):
        model_named("x", "here")


def test_the_constants_of_a_named_model_stand_in_the_budget(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "b.toml"
    path.write_text(
        'schema = 1\nresult = "E"\nmodel = "F-11"\nquantities = ['
        '{ name = "co2_wet", estimate = 12.0, standard_uncertainty = 0.1 },'
        '{ name = "flow_wet", estimate = 5e7 }]\n',
        "utf-8",
    )
    assert calibration(["budget", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["budget"]
    assert told["value"] == pytest.approx(342.0)
    assert told["rows"][-1] | {"quantity": "k", "estimate": 5.7e-7} == told["rows"][-1]
