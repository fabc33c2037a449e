"""Regulation (EU) 2018/2066, Annex VIII, equations 1 to 4, and Articles 43 and 45."""

import math
import statistics

import pytest

from calibration.model.errors import InputCountError
from calibration.model.evaluate import evaluate, evaluate_each
from calibration.model.influenced import influenced
from calibration.model.load import model_named
from calibration.model.stated import Modelled, Stated
from tests.unit.calibration.model.stating import NORMAL_DRY, given, relative

EIGHT = (212.4, 208.9, 215.3, 219.8, 210.6, 206.7, 214.1, 217.2)
FIVE = EIGHT[:5]
VOLUMES = (401_200.0, 398_500.0, 405_900.0, 410_300.0, 399_700.0)


def substitute(values: tuple[float, ...]) -> Modelled:
    rows = [given("MRR-4", concentration=each)[1] for each in values]
    return evaluate_each(model_named("MRR-4"), rows)


def emission(pairs: list[tuple[float | Stated, float]]) -> Modelled:
    rows = [given("MRR-1", concentration=c, volume=_volume(v))[1] for c, v in pairs]
    return evaluate_each(model_named("MRR-1"), rows)


def _volume(value: float) -> Stated:
    return influenced(value, "m3", {}, NORMAL_DRY)


def test_equation_4_with_the_deviation_of_a_sample() -> None:
    assert substitute(EIGHT).value == pytest.approx(221.8387002, abs=5e-8)
    assert statistics.stdev(EIGHT) == pytest.approx(4.3568501, abs=5e-8)
    assert 213.125 + 2.0 * statistics.pstdev(EIGHT) == pytest.approx(221.2759202, abs=5e-8)


def test_equations_1_and_2_over_five_hours() -> None:
    found = emission(list(zip(FIVE, VOLUMES, strict=True)))
    assert found.value == pytest.approx(430.21256, rel=1e-9)
    model, row = given("MRR-2", em_total=found, hours_of_operation=5.0)
    assert evaluate(model, row).value == pytest.approx(86_042.512, rel=1e-9)


def test_a_missing_hour_is_substituted_and_its_share_of_the_quantity_is_told() -> None:
    c = substitute(FIVE)
    assert c.value == pytest.approx(221.9825404, abs=5e-8)
    five, six = emission(list(zip(FIVE, VOLUMES, strict=True))), emission([(c, 403_000.0)])
    whole = emission([*zip(FIVE, VOLUMES, strict=True), (c, 403_000.0)])
    assert whole.value == pytest.approx(519.6715238, abs=5e-8)
    assert whole.value == pytest.approx(five.value + six.value, rel=1e-12)
    assert 100.0 * six.value / whole.value == pytest.approx(17.2145, abs=5e-5)
    assert pytest.approx(16.667, abs=5e-4) == 100.0 / 6.0


def test_the_average_concentration_is_weighted_by_volume() -> None:
    total = emission(list(zip(FIVE, VOLUMES, strict=True)))
    model, row = given("MRR-2A", em_total=total, volume_total=_volume(math.fsum(VOLUMES)))
    found = evaluate(model, row)
    weighted = math.fsum(c * v for c, v in zip(FIVE, VOLUMES, strict=True)) / math.fsum(VOLUMES)
    assert found.value == pytest.approx(weighted, rel=1e-12)
    assert found.reference_conditions == NORMAL_DRY


def test_what_other_components_leave_is_the_fraction_and_has_their_uncertainty_reversed() -> None:
    others = influenced(86.4, "%", {"factor:others": 0.3}, NORMAL_DRY)
    found = evaluate(model_named("MRR-3"), {"others": others})
    assert found.value == pytest.approx(13.6, rel=1e-12)
    assert [each.contribution for each in found.components] == [-0.3]


def test_flow_by_mass_balance_of_what_does_not_react() -> None:
    model, row = given("MRR-FLOW", air=100_000.0, o2_dry=6.0)
    assert evaluate(model, row).value == pytest.approx(100_000.0 * 0.7905 / 0.94, rel=1e-12)


def test_co_counts_as_the_same_amount_of_co2() -> None:
    co2 = influenced(12.0, "%", {}, NORMAL_DRY)
    co = influenced(350.0, "[ppm]", {}, NORMAL_DRY)
    assert evaluate(model_named("MRR-CO"), {"co2": co2, "co": co}).value == pytest.approx(12.035)


def test_the_slopes_of_equation_4_are_those_of_differences() -> None:
    values, step = list(EIGHT), 1e-5
    rows = [
        given("MRR-4", concentration=influenced(c, "g/m3", {f"factor:c{k}": 1.0}, NORMAL_DRY))[1]
        for k, c in enumerate(values)
    ]
    parts = evaluate_each(model_named("MRR-4"), rows).components
    for k, part in enumerate(parts):
        up, down = values.copy(), values.copy()
        up[k], down[k] = up[k] + step, down[k] - step
        change = substitute(tuple(up)).value - substitute(tuple(down)).value
        assert part.contribution == pytest.approx(change / (2.0 * step), rel=1e-6, abs=1e-8)


def test_a_deviation_needs_two_values() -> None:
    with pytest.raises(InputCountError, match="E_MODEL_INPUT_COUNT"):
        substitute(EIGHT[:1])


def test_the_tier_is_judged_by_the_annual_average_and_hours_have_no_uncertainty_of_their_own() -> (
    None
):
    """What the hours share stays: 2 % shared and 5 % an hour over 100 hours are 2.06 %."""
    c = influenced(212.4, "g/m3", {"span:co2/w1": 4.248, "fresh:co2": 10.62}, NORMAL_DRY)
    total = emission([(c, 401_200.0)] * 100)
    model, row = given("MRR-2", em_total=total, hours_of_operation=100.0)
    assert relative(evaluate(model, row)) == pytest.approx(math.hypot(2.0, 0.5), rel=1e-9)
