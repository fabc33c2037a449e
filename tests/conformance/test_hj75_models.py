"""HJ 75-2017, appendix: from velocity and CO2 to tonnes (recalled), and the budget of a stack."""

import math
from functools import reduce

import pytest

from calibration.coverage import expand
from calibration.model.evaluate import evaluate, evaluate_each
from calibration.model.influenced import influenced
from calibration.model.load import constants_named
from calibration.model.stated import Stated, added
from tests.unit.calibration.model.stating import STACK, Given, given, relative

SETS = (("hj75", 584_178.574, 135_404.248), ("si", 584_232.371, 135_361.538))
ROOT3 = math.sqrt(3.0)


def chain(constants: str, **inputs: Given) -> dict[str, Stated]:
    """V_s, Q_s, Q_sn, CO2 in g/m3 and t/h, one model after the other."""
    known = constants_named(constants)
    found: dict[str, Given] = dict(inputs)
    for name, gives in (
        ("HJ75-VS", "v_s"),
        ("HJ75-QS", "q_s"),
        ("HJ75-QSN", "q_sn"),
        ("HJ75-RHO", "rho_co2"),
        ("HJ75-G", "g_h"),
    ):
        model = given(name)[0]
        row = given(name, **{key: found[key] for key in model.input_names})[1]
        found[gives] = evaluate(model, row, known)
    return {key: each for key, each in found.items() if isinstance(each, Stated)}


@pytest.mark.parametrize(("constants", "flow", "co2"), SETS)
def test_the_chain_gives_the_flows_and_the_mass_rate(
    constants: str, flow: float, co2: float
) -> None:
    found = chain(constants, **STACK)
    assert found["v_s"].value == pytest.approx(11.2 * 1.02, rel=1e-12)
    assert found["q_s"].value == pytest.approx(807_516.864, rel=1e-9)
    assert found["q_sn"].value == pytest.approx(flow, abs=5e-4)
    assert found["g_h"].value * 1000.0 == pytest.approx(co2, abs=5e-4)


@pytest.mark.parametrize(("constants", "flow", "co2"), SETS)
def test_one_model_of_the_whole_chain_gives_the_same_value_and_the_same_components(
    constants: str, flow: float, co2: float
) -> None:
    assert flow
    uncertain: dict[str, Given] = {
        name: (value, abs(value) / 50.0) for name, value in STACK.items()
    }
    uncertain["p_s"] = influenced(-150.0, "Pa", {"factor:b_a": 30.0})
    model, row = given("HJ75-CO2", **uncertain)
    whole, steps = evaluate(model, row, constants_named(constants)), chain(constants, **uncertain)
    assert whole.value * 1000.0 == pytest.approx(co2, abs=5e-4)
    assert [each.influence.id for each in whole.components] == [
        each.influence.id for each in steps["g_h"].components
    ]
    assert [each.contribution for each in whole.components] == pytest.approx(
        [each.contribution for each in steps["g_h"].components], rel=1e-12
    )


def test_o2_reference_of_a_limit() -> None:
    model, row = given("HJ75-REF", rho_dry=35.0, o2_dry=7.2, o2_reference=6.0)
    found = evaluate(model, row)
    assert found.value == pytest.approx(38.0434783, abs=5e-8)
    assert found.reference_oxygen == 6.0
    alpha = 21.0 / (21.0 - 7.2), 21.0 / (21.0 - 6.0)
    assert found.value == pytest.approx(35.0 * alpha[0] / alpha[1], rel=1e-12)


def test_the_american_basis_of_20_9_percent_gives_another_value() -> None:
    assert pytest.approx(38.0656934, abs=5e-8) == 35.0 * (20.9 - 6.0) / (20.9 - 7.2)


def test_co2_from_o2_by_the_fuels_largest_co2() -> None:
    model, row = given("HJ75-CO2-OF-O2", co2_max=18.4, o2_dry=6.0)
    assert evaluate(model, row).value == pytest.approx(18.4 * 14.9 / 20.9, rel=1e-12)


def test_a_wet_concentration_is_divided_by_the_dry_share() -> None:
    model, row = given("HJ75-DRY", rho_wet=(100.0, 1.0), x_sw=12.0)
    dry = evaluate(model, row)
    assert dry.value == pytest.approx(100.0 / 0.88, rel=1e-12)
    model, row = given("HJ75-WET", rho_dry=dry, x_sw=12.0)
    assert evaluate(model, row).value == pytest.approx(100.0, rel=1e-12)


# The budget of the stack: relative standard uncertainties in percent, k = 2.
BUDGET: dict[str, Given] = {
    **STACK,
    "v_p": (11.2, 11.2 * 0.020),
    "k_v": (1.02, 1.02 * 0.015),
    "area": (19.635, 19.635 * 0.005),
    "co2_dry": (11.8, 0.10),
    "t_s": (55.0, 1.5 / ROOT3),
    "b_a": (100_800.0, 300.0 / ROOT3),
    "x_sw": (12.5, 1.0),
}


def test_the_budget_of_the_stack_is_5_87_percent_and_fits_tier_2() -> None:
    model, row = given("HJ75-CO2", **BUDGET)
    u = relative(evaluate(model, row, constants_named("si")))
    assert u == pytest.approx(2.936592, abs=5e-7)
    assert 2.0 * u == pytest.approx(5.873, abs=5e-4)
    assert 5.0 < 2.0 * u <= 7.5


def test_a_year_of_7900_hours_keeps_what_the_hours_share() -> None:
    """u of 2 % is shared, 5 % is new each hour: 4.00 %; not 0.12 %, and not 10.8 %."""
    n = 7900
    hour = influenced(135.0, "t/h", {"factor:area.stack-1": 2.7, "fresh:co2": 6.75})
    rows = [given("HJ75-TOTAL", g_h=hour, hours=1.0)[1]] * n
    year = evaluate_each(given("HJ75-TOTAL")[0], rows)
    assert year.value == pytest.approx(135.0 * n, rel=1e-12)
    assert 2.0 * relative(year) == pytest.approx(4.0016, abs=5e-5)
    naive = 2.0 * math.hypot(2.0, 5.0)
    assert naive / math.sqrt(n) == pytest.approx(0.1212, abs=5e-5)
    assert naive == pytest.approx(10.770, abs=5e-4)


@pytest.mark.parametrize(
    ("shared", "expected"), [(False, 1.39443), (True, 2.33333)], ids=["apart", "one standard"]
)
def test_three_meters(shared: bool, expected: float) -> None:  # noqa: FBT001
    meters = [
        influenced(value, "MW.h", {f"std:lab/{'one' if shared else k}": value * percent / 200.0})
        for k, (value, percent) in enumerate([(1200.0, 2.0), (800.0, 2.5), (400.0, 3.0)])
    ]
    total = reduce(added, meters)
    assert total.value == 2400.0
    assert 2.0 * relative(total) == pytest.approx(expected, abs=5e-6)


def test_k_of_the_budget_is_that_of_a_normal_distribution() -> None:
    model, row = given("HJ75-CO2", **BUDGET)
    assert expand(evaluate(model, row).components).coverage_factor == pytest.approx(1.96, abs=1e-3)
