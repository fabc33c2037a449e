"""Components through every model: against differences, and against drawn distributions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.model.catalogue import MeasurementModel
from calibration.model.evaluate import evaluate
from calibration.model.influenced import influenced
from calibration.model.load import model_named, models
from calibration.model.sampling import distributions
from calibration.model.stated import Stated
from calibration.propagation.montecarlo import sample
from calibration.uncertainty import combine
from tests.unit.calibration.model.typical import typical

FORMULAS = [each for each in models() if each.form in ("formula", "sum")]
PLAIN = [each for each in models() if each.form == "formula"]
STEAM = [each for each in models() if each.form == "code"]
INFLUENCES = ("span:a1/w7", "factor:area.s1", "inst:s-1/temperature")
STEP = 1e-6
TRIALS = 200_000


def moved(row: dict[str, Stated], influence: str, step: float) -> dict[str, Stated]:
    """The inputs after one influence deviated by so many of its standard uncertainties."""
    return {
        name: influenced(
            each.value
            + step
            * math.fsum(p.contribution for p in each.components if p.influence.id == influence),
            each.unit,
            {},
            each.reference_conditions,
        )
        for name, each in row.items()
    }


@pytest.mark.parametrize("model", FORMULAS + STEAM, ids=lambda model: model.id)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_a_component_is_what_the_result_changes_by_when_its_influence_deviates(
    model: MeasurementModel, data: st.DataObject
) -> None:
    plain = typical(model)
    shares = st.floats(-0.01, 0.01, allow_subnormal=False)
    parts = {
        name: {key: data.draw(shares) * abs(each.value) for key in INFLUENCES}
        for name, each in plain.items()
    }
    row = typical(model, parts)
    found = evaluate(model, row)
    for part in found.components:
        up, down = (
            evaluate(model, moved(row, part.influence.id, sign * STEP)).value for sign in (1, -1)
        )
        scale = abs(found.value) * 1e-3
        assert part.contribution == pytest.approx(
            (up - down) / (2.0 * STEP), rel=2e-5, abs=1e-5 * scale + 1e-9
        )


@pytest.mark.parametrize("model", PLAIN, ids=lambda model: model.id)
def test_first_order_agrees_with_drawn_distributions(model: MeasurementModel) -> None:
    """Each input is uncertain by 1 %, its neighbours share half of it with opposite signs."""
    plain = typical(model)
    parts = {
        name: {
            f"factor:{name}": 0.008 * abs(each.value),
            "span:shared/1": 0.006 * abs(each.value) * (-1) ** k,
        }
        for k, (name, each) in enumerate(plain.items())
    }
    row = typical(model, parts)
    found = evaluate(model, row)
    drawn = sample(*distributions(model, row), np.random.default_rng(7), trials=TRIALS)
    u = found.standard_uncertainty
    assert drawn.standard_uncertainty == pytest.approx(u, rel=0.015)
    assert drawn.value == pytest.approx(found.value, abs=0.05 * u)
    assert found.findings == ()


@pytest.mark.parametrize("model", STEAM, ids=lambda model: model.id)
def test_first_order_of_steam_agrees_with_drawn_states(model: MeasurementModel) -> None:
    first, second = model.input_names
    u = {first: 0.01, second: 1.5 if second == "temperature" else 0.01}
    plain = typical(model) | {"pressure": influenced(1.0, "MPa", {})}
    if second == "temperature":
        plain[second] = influenced(250.0, "Cel", {})
    row = {
        name: influenced(each.value, each.unit, {f"factor:{name}": u[name]})
        for name, each in plain.items()
    }
    rng = np.random.default_rng(5)
    drawn = [
        evaluate(
            model,
            {
                name: influenced(each.value + u[name] * rng.standard_normal(), each.unit, {})
                for name, each in plain.items()
            },
        ).value
        for _ in range(4_000)
    ]
    found = evaluate(model, row)
    assert np.std(drawn, ddof=1) == pytest.approx(found.standard_uncertainty, rel=0.04)
    assert np.mean(drawn) == pytest.approx(found.value, abs=0.06 * found.standard_uncertainty)


def test_ignoring_a_shared_influence_would_be_seen() -> None:
    """The same test with the sign of one neighbour turned has another u."""
    model = model_named("F-11")
    u = []
    for sign in (1.0, -1.0):
        parts = {"co2_wet": {"span:x/1": 0.12}, "flow_wet": {"span:x/1": sign * 5e5}}
        u.append(evaluate(model, typical(model, parts)).standard_uncertainty)
    assert u[0] == pytest.approx(2.0 * 0.01 * 342.0, rel=1e-9)
    assert u[1] == pytest.approx(0.0, abs=1e-9)


def test_a_bounded_input_alone_is_drawn_bounded_and_a_correlated_one_normal() -> None:
    model = model_named("F-11")
    shared = {"co2_wet": {"span:x/1": 0.12}, "flow_wet": {"span:x/1": 5e5}}
    inputs = distributions(model, typical(model, shared))[1]
    assert inputs.correlation[0, 1] == pytest.approx(1.0)
    assert inputs.correlated == ("co2_wet", "flow_wet")
    constants = [each for each in inputs.quantities if each.name == "k"]
    assert [each.standard_uncertainty for each in constants] == [0.0]


def test_what_bends_within_its_uncertainty_is_named() -> None:
    model = model_named("pitot_velocity")
    row = typical(model, {"dp": {"factor:dp": 110.0}})
    assert "second_order_matters" in evaluate(model, row).findings
    row = typical(model, {"dp": {"factor:dp": 1.0}})
    assert "second_order_matters" not in evaluate(model, row).findings


def test_components_are_merged_over_inputs_and_combine_to_the_models_uncertainty() -> None:
    model = model_named("F-2")
    parts = {name: {"factor:one": 1e-3, "fresh:a": 1e-3} for name in model.input_names}
    found = evaluate(model, typical(model, parts))
    assert [each.influence.id for each in found.components] == ["factor:one", "fresh:a"]
    assert combine(found.components) == found.standard_uncertainty
