"""What a declared stack brings into a model, and what its parts share."""

import math
import subprocess
import sys

import pytest
from msgspec.structs import replace

from calibration.function import CalibrationFunction
from calibration.model.errors import InputRangeError
from calibration.model.evaluate import evaluate, evaluate_each
from calibration.model.stack import Analyser, ReferenceShare, Stack, VelocityFieldCoefficient
from calibration.model.stated import Stated, added
from tests.unit.calibration.model.stating import NORMAL_DRY, STACK, given, relative

LINE = CalibrationFunction(
    form="polynomial",
    coefficients=(0.1, 1.01),
    covariance=((4e-4, -3e-5), (-3e-5, 1e-5)),
    measuring_interval=(0.0, 20.0),
    degrees_of_freedom=13.0,
)
METHOD = ReferenceShare(laboratory="L7", certificate="SRM-3", relative_uncertainty=0.01)


def analyser(reference: ReferenceShare | None = METHOD) -> Analyser:
    return Analyser(
        id="co2",
        serial="A 17",
        channel="stack-1/co2",
        unit="%",
        conditions=NORMAL_DRY,
        function=LINE,
        certificate="QAL2-9",
        check="w31",
        span_uncertainty=0.005,
        drift=0.03,
        temperature=-0.02,
        noise=0.05,
        reference=reference,
    )


def stack(reference: ReferenceShare | None = METHOD) -> Stack:
    k_v = VelocityFieldCoefficient(
        value=1.02,
        standard_uncertainty=0.011,
        certificate="KV-7",
        valid_from_ns=0,
        valid_until_ns=1_000,
        reference=reference,
        degrees_of_freedom=8.0,
    )
    return Stack(id="stack-1", area_m2=19.635, area_uncertainty_m2=0.0982, velocity_field=k_v)


def hour(reading: float, *, shared: bool = True) -> dict[str, Stated]:
    other = ReferenceShare(laboratory="L8", certificate="SRM-4", relative_uncertainty=0.01)
    own = stack().stated(5) | {"co2_dry": analyser(METHOD if shared else other).stated(reading)}
    rest = {name: each for name, each in STACK.items() if name not in own}
    return given("HJ75-CO2", **rest, **own)[1]


def test_an_analyser_brings_its_function_its_check_and_its_own_influences() -> None:
    found = analyser().stated(11.6)
    assert found.value == pytest.approx(0.1 + 1.01 * 11.6)
    assert {each.influence.id for each in found.components} == {
        "cert:QAL2-9/0",
        "cert:QAL2-9/1",
        "fresh:stack-1%2Fco2",
        "inst:A%2017/drift",
        "inst:A%2017/temperature",
        "span:co2/w31",
        "std:L7/SRM-3",
    }


def test_the_calibration_functions_own_uncertainty_is_that_of_its_covariance() -> None:
    found = analyser(None).stated(11.6)
    parts = [p.contribution for p in found.components if p.influence.id.startswith("cert:")]
    variance = 4e-4 + 2.0 * 11.6 * -3e-5 + 11.6**2 * 1e-5
    assert math.hypot(*parts) == pytest.approx(math.sqrt(variance), rel=1e-12)
    nu = [p.influence.degrees_of_freedom for p in found.components if "cert:" in p.influence.id]
    assert nu == [13.0, 13.0]


def test_a_temperature_effect_keeps_its_sign() -> None:
    parts = {p.influence.id: p.contribution for p in analyser().stated(11.6).components}
    assert parts["inst:A%2017/temperature"] == pytest.approx(-0.02 * 1.01)


def test_one_reference_method_behind_flow_and_co2_adds_linearly() -> None:
    model = given("HJ75-CO2")[0]
    one, two = (evaluate(model, hour(11.6, shared=shared)) for shared in (True, False))
    assert one.value == pytest.approx(two.value, rel=1e-12)
    parts = {p.influence.id: 100.0 * p.contribution / one.value for p in one.components}
    assert parts["std:L7/SRM-3"] == pytest.approx(2.0, rel=1e-9)
    assert relative(one) ** 2 - relative(two) ** 2 == pytest.approx(4.0 - 2.0, rel=1e-6)


def test_over_a_month_what_is_declared_stays_and_noise_averages_out() -> None:
    model = given("HJ75-CO2")[0]
    single = evaluate(model, hour(11.6))
    rows = [given("HJ75-TOTAL", g_h=single, hours=1.0)[1]] * 720
    month = evaluate_each(given("HJ75-TOTAL")[0], rows)
    kept = {p.influence.id: p.contribution / month.value for p in month.components}
    before = {p.influence.id: p.contribution / single.value for p in single.components}
    assert kept["factor:area.stack-1"] == pytest.approx(before["factor:area.stack-1"])
    assert kept["cert:KV-7/0"] == pytest.approx(before["cert:KV-7/0"])
    fresh = "fresh:stack-1%2Fco2"
    assert kept[fresh] == pytest.approx(before[fresh] / math.sqrt(720.0))


def test_two_stacks_calibrated_by_one_method_are_not_independent() -> None:
    g = evaluate(given("HJ75-CO2")[0], hour(11.6))
    both = added(g, g)
    assert relative(both) < relative(g) * 1.0000001
    parts = {p.influence.id: p.contribution for p in both.components}
    assert parts["std:L7/SRM-3"] == pytest.approx(0.02 * both.value, rel=1e-9)


@pytest.mark.parametrize("reading", [float("nan"), float("inf")])
def test_a_reading_that_is_no_number_is_refused(reading: float) -> None:
    with pytest.raises(InputRangeError, match="E_MODEL_INPUT_RANGE co2"):
        analyser().stated(reading)


@pytest.mark.parametrize(
    ("area", "u"), [(-1.0, 0.1), (float("nan"), 0.1), (19.0, -0.1), (19.0, 20.0), (1e5, 1.0)]
)
def test_an_area_that_cannot_be_is_refused(area: float, u: float) -> None:
    with pytest.raises(InputRangeError, match="stack-1"):
        Stack(
            id="stack-1",
            area_m2=area,
            area_uncertainty_m2=u,
            velocity_field=stack().velocity_field,
        )


def test_models_need_neither_scipy_nor_the_library_of_steam() -> None:
    code = (
        "import sys, calibration.model.evaluate, calibration.model.stack, calibration.model.load;"
        "calibration.model.load.models(); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"scipy", "seuif97"} & set(run.stdout.split())


def test_the_places_of_a_traverse_deviate_alike_in_every_comparison() -> None:
    first = replace(stack(), section_uncertainty=0.005)
    second = replace(first, velocity_field=replace(first.velocity_field, certificate="KV-8"))
    mean = added(first.stated(5)["k_v"], second.stated(5)["k_v"])
    parts = {each.influence.id: each.contribution for each in mean.components}
    assert parts["factor:section.stack-1"] == pytest.approx(2 * 1.02 * 0.005)
    assert parts["cert:KV-7/0"] == parts["cert:KV-8/0"] == 0.011
    assert "factor:section.stack-1" not in dict.fromkeys(
        each.influence.id for each in stack().stated(5)["k_v"].components
    )
    with pytest.raises(InputRangeError):
        replace(first, section_uncertainty=1.5)
