"""40 CFR Part 75, Appendices F and G: CO2 mass and heat input, to the digit that is reported.

The equations and roundings are those of US-EPA-CAMD/check-engine, commit 28bd5e98; the figures are
computed by hand from them. CFR wording was recalled.
"""

import pytest

from calibration.model.evaluate import evaluate, evaluate_each
from calibration.model.load import factor_named, factors
from calibration.model.reported import reported
from calibration.model.stated import in_unit
from tests.unit.calibration.model.stating import given

FLOW = 5e7
COAL = {"f_c": 1800.0, "f_d": 9780.0}
FUELS = (
    ("natural_gas", 8710.0, 1040.0, "S"),
    ("propane", 8710.0, 1190.0, "S"),
    ("butane", 8710.0, 1250.0, "S"),
    ("bituminous", 9780.0, 1800.0, "K"),
)


@pytest.mark.parametrize(
    ("name", "inputs", "unrounded", "printed"),
    [
        ("F-11", {"co2_wet": 12.0, "flow_wet": FLOW}, 5.7e-7 * 12.0 * FLOW, "342.0"),
        ("F-2", {"co2_dry": 13.2, "flow_wet": FLOW, "moisture": 9.0}, 342.342, "342.3"),
        ("F-14A", {**COAL, "o2_dry": 6.0}, 13.121202336572704, "13.1"),
        ("F-14B", {**COAL, "o2_wet": 5.5, "moisture": 8.0}, 12.0891185017759, "12.1"),
        ("F-15", {"flow_wet": FLOW, "f_c": 1800.0, "co2_wet": 12.0}, FLOW / 15_000.0, "3333.3"),
        (
            "F-16",
            {"flow_wet": FLOW, "f_c": 1800.0, "co2_dry": 13.2, "moisture": 9.0},
            FLOW * 0.91 / 1800.0 * 0.132,
            "3336.7",
        ),
        (
            "F-17",
            {"flow_wet": FLOW, "f_d": 9780.0, "o2_wet": 5.5, "moisture": 8.0},
            FLOW / 9780.0 * (19.228 - 5.5) / 20.9,
            "3358.1",
        ),
        (
            "F-18",
            {"flow_wet": FLOW, "f_d": 9780.0, "o2_dry": 6.0, "moisture": 8.0},
            FLOW * 0.92 / 9780.0 * 14.9 / 20.9,
            "3353.2",
        ),
        ("G-4", {"f_c": 1040.0, "heat_input": 1000.0}, 1040.0 * 1000.0 / 385.0 * 0.022, "59.4"),
    ],
)
def test_an_equation_gives_the_value_and_its_reported_digits(
    name: str, inputs: dict[str, float], unrounded: float, printed: str
) -> None:
    model, row = given(name, **inputs)
    found = evaluate(model, row)
    assert found.value == pytest.approx(unrounded, rel=1e-9)
    assert str(reported(model, found)) == printed


def test_the_ten_digits_that_were_computed_by_hand_for_o2_to_co2() -> None:
    for name, o2, digits in (
        ("F-14A", {"o2_dry": 6.0}, 13.1212023366),
        ("F-14B", {"o2_wet": 5.5, "moisture": 8.0}, 12.0891185018),
    ):
        model, row = given(name, **COAL, **o2)
        assert evaluate(model, row).value == pytest.approx(digits, abs=5e-11)


def test_342_short_tons_are_310_25718108_tonnes() -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=FLOW)
    assert in_unit(evaluate(model, row), "t/h", "co2").value == pytest.approx(
        310.25718108, rel=1e-9
    )


@pytest.mark.parametrize(("co2", "printed"), [(1.7, "48.5"), (12.1, "344.9"), (2.3, "65.6")])
def test_a_tie_is_rounded_away_from_zero_though_the_double_lies_below_it(
    co2: float, printed: str
) -> None:
    """5.7e-7 * 1.7 * 5e7 is 48.45; in doubles it is 48.449999999999996."""
    model, row = given("F-11", co2_wet=co2, flow_wet=FLOW)
    assert str(reported(model, evaluate(model, row))) == printed


@pytest.mark.parametrize(
    ("name", "inputs", "best", "printed"),
    [
        ("F-14A", {**COAL, "o2_dry": 20.9}, 0.0, "0.0"),
        ("F-14B", {**COAL, "o2_wet": 20.0, "moisture": 8.0}, -0.6798, "0.0"),
        ("F-15", {"flow_wet": 1e4, "f_c": 1800.0, "co2_wet": 1.0}, 0.05556, "1.0"),
        ("F-15", {"flow_wet": 1e4, "f_c": 1800.0, "co2_wet": 18.0}, 1.0, "1.0"),
        ("F-16", {"flow_wet": 1e4, "f_c": 1800.0, "co2_dry": 1.0, "moisture": 0.0}, 0.05556, "0.1"),
    ],
)
def test_clipping_is_reported_and_never_in_the_best_estimate(
    name: str, inputs: dict[str, float], best: float, printed: str
) -> None:
    model, row = given(name, **inputs)
    found = evaluate(model, row)
    assert found.value == pytest.approx(best, abs=5e-5)
    assert str(reported(model, found)) == printed


def test_a_quarter_is_the_sum_of_rates_times_operating_times_and_a_year_that_of_quarters() -> None:
    hours = [(342.0, 1.0), (338.5, 0.75), (0.0, 0.0), (344.9, 0.25)]
    rows = [given("F-12", co2_rate=rate, operating_time=time)[1] for rate, time in hours]
    quarter = evaluate_each(given("F-12")[0], rows)
    assert quarter.value == pytest.approx(342.0 + 338.5 * 0.75 + 344.9 * 0.25, rel=1e-12)
    year = evaluate_each(
        given("F-13")[0], [given("F-13", co2_of_quarter=quarter)[1] for _ in range(4)]
    )
    assert year.value == pytest.approx(4.0 * quarter.value, rel=1e-12)


@pytest.mark.parametrize(("fuel", "f_d", "f_c", "status"), FUELS)
def test_f_factors_are_those_of_the_table(fuel: str, f_d: float, f_c: float, status: str) -> None:
    assert factor_named(f"part75.{fuel}", "f_d").value == f_d
    assert factor_named(f"part75.{fuel}", "f_c").value == f_c
    (own,) = (each for each in factors() if each.id == f"part75.{fuel}")
    assert own.status == status


def test_the_regulatory_constant_is_0_19_percent_below_the_physical_one() -> None:
    """385.326 scf/lb-mol and 44.0095 g/mol give 5.7107e-7: the two routes differ by definition."""
    physical = 44.0095 / 2000.0 / 385.326 / 100.0
    assert physical == pytest.approx(5.7107e-7, abs=5e-12)
    model, row = given("F-11", co2_wet=12.0, flow_wet=FLOW)
    found = evaluate(model, row).value / (12.0 * FLOW)
    assert 100.0 * (found / physical - 1.0) == pytest.approx(-0.19, abs=0.005)


def test_o2_and_co2_routes_agree_where_the_gas_is_that_of_the_fuel() -> None:
    """CO2 from O2 by F-14A, then heat input by F-16, is the heat input of F-18 itself."""
    model, row = given("F-14A", **COAL, o2_dry=(6.0, 0.1))
    co2 = evaluate(model, row)
    model, row = given("F-16", flow_wet=FLOW, f_c=1800.0, co2_dry=co2, moisture=8.0)
    through = evaluate(model, row)
    model, row = given("F-18", flow_wet=FLOW, f_d=9780.0, o2_dry=(6.0, 0.1), moisture=8.0)
    direct = evaluate(model, row)
    assert through.value == pytest.approx(direct.value, rel=1e-12)
    assert through.standard_uncertainty == pytest.approx(direct.standard_uncertainty, rel=1e-12)
