import json
import math
from pathlib import Path

import numpy as np
import pytest

from calibration.cli import calibration
from calibration.formula.grammar import parse_formula
from calibration.formula.tree import names, worth
from calibration.propagation.errors import ModelUnknownError
from calibration.propagation.models import NamedModel, named_model, named_models

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "fits-and-budgets.md").read_text("utf-8")
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


@pytest.mark.parametrize("found", named_models(), ids=lambda model: model.name)
def test_every_model_is_a_formula_of_exactly_its_quantities(found: NamedModel) -> None:
    parsed = parse_formula(found.formula, found.quantities)
    assert names(parsed) == frozenset(found.quantities)
    assert f"`{found.name}`" in PAGE


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("relative_error", {"indication": 101.0, "reference": 100.0}, 0.01),
        ("corrected_indication", {"indication": 101.0, "e": 0.01}, 100.0),
        # 1,000 t of coal of 26.7 GJ/t, 0.02749 t C/GJ, 94 % oxidised
        ("co2_of_fuel", {"fc": 1000.0, "ncv": 26.7, "cc": 0.02749, "of": 0.94}, 2529.79474),
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
            "co2_of_stack",
            {"kv": 1.0, "area": 10.0, "v": 10.0, "t": 546.3, "p": 101325.0}
            | {"w": 0.1, "c": 0.1, "rho": 2.0},
            9.0,
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
    model = named_model(name, "here")
    parsed = parse_formula(model.formula, model.quantities)
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
    assert "co2_of_stack" in capsys.readouterr().out
    assert calibration(["budget", "--models", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["models"]) == len(named_models())
    assert calibration(["budget"]) == 2


def test_an_unknown_name_lists_those_that_are_known() -> None:
    with pytest.raises(ModelUnknownError, match="co2_of_fuel"):
        named_model("x", "here")
