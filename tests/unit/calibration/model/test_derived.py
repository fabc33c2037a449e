"""An hour of a stack's CO2, from hourly means through one model: shares, influences, refusals."""

import datetime as dt
import math

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.derivation import Derivation
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.model.derived import InputHour, derived_hour, derived_measurand
from calibration.model.errors import DerivedInputError, MeasurementModelError
from calibration.model.influenced import influenced
from calibration.model.load import model_named
from calibration.model.stated import Stated
from calibration.uncertainty import Influence, UncertaintyComponent, combine
from calibration.window import FlowWindow, Grounds, Tally, components_of, merge_flow

HOUR_NS = 3_600_000_000_000
START_NS = 1_767_225_600_000_000_000
MODEL = model_named("HJ75-CO2")
DRY = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=False)
WET = replace(DRY, wet=True)
GROUNDS = Grounds(basis=UncertaintyBasis.CALIBRATION, serials=("S-1",), certificates=("C-1",))
FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
STACK = Derivation(
    schema=1,
    derivation="works/stack-1/co2",
    subject="stack 1",
    kind_of_quantity=KindOfQuantity.MASS_FLOW,
    model="HJ75-CO2",
    inputs={name: f"works/cems/{name}" for name in ("v_p", "t_s", "b_a", "p_s", "x_sw", "co2_dry")},
    settings={"area": "stack_area", "k_v": "velocity_coefficient"},
    effective_from=FROM,
    recorded_at=FROM,
    decided_by="Q. Ma",
    reason="first operation",
)
SHOWN = {
    "v_p": (11.2, "m/s", KindOfQuantity.VELOCITY, None),
    "t_s": (55.0, "Cel", KindOfQuantity.TEMPERATURE, None),
    "b_a": (100.8, "kPa", KindOfQuantity.PRESSURE, None),
    "p_s": (-150.0, "Pa", KindOfQuantity.PRESSURE, None),
    "x_sw": (12.5, "%", KindOfQuantity.AMOUNT_FRACTION, WET),
    "co2_dry": (11.8, "%", KindOfQuantity.AMOUNT_FRACTION, DRY),
}
DECLARED = {
    "area": influenced(19.635, "m2", {"factor:area.stack-1": 0.098}),
    "k_v": influenced(1.02, "1", {"cert:KV-1/0": 0.0153}),
}


def part(influence: str, contribution: float, nu: float | None = None) -> UncertaintyComponent:
    shared = not influence.startswith(("fresh:", "sampling:"))
    described = Influence(id=influence, shared=shared, degrees_of_freedom=nu)
    return UncertaintyComponent(influence=described, contribution=contribution)


def mean(name: str, present: int = 60, start_ns: int = START_NS, **more: float) -> InputHour:
    value, unit, kind, conditions = SHOWN[name]
    parts = (
        part(f"inst:{name}/drift", 0.001 * abs(value)),
        part(f"fresh:works/cems/{name}", 0.0005 * abs(value)),
        part(f"sampling:works/cems/{name}", 0.0008 * abs(value), more.get("nu", 30.0)),
    )
    measurand = Measurand(
        kind_of_quantity=kind,
        unit=unit,
        subject="stack 1",
        accumulation=Accumulation.RATE,
        reference_conditions=conditions,
    )
    window = MeanWindow(
        channel=f"works/cems/{name}",
        start_ns=start_ns,
        end_ns=start_ns + HOUR_NS,
        measurand=measurand,
        uncorrected=value if present else None,
        value=value if present else None,
        components=parts if present else (),
        tally=Tally(expected=60, present=present, missed={"calibrating": 60 - present}),
        grounds=GROUNDS,
    )
    return InputHour(hour=window, measurand=measurand)


def hours(**other: InputHour) -> dict[str, InputHour]:
    return {name: mean(name) for name in STACK.inputs} | other


def made(inputs: dict[str, InputHour], declared: dict[str, Stated] | None = None) -> FlowWindow:
    found = derived_hour(STACK, MODEL, inputs, DECLARED if declared is None else declared)
    assert found is not None
    return found


def test_an_hour_is_what_the_model_gives_of_the_means() -> None:
    window = made(hours())
    assert window.unit == "t"
    assert window.value == pytest.approx(135.404248, rel=1e-8)  # HJ 75, constants as printed
    assert window.grounds == GROUNDS
    assert derived_measurand(STACK, MODEL).unit == "t/h"


def test_influences_go_through_and_what_is_new_stays_new() -> None:
    window = made(hours())
    relative = {each.influence.id: each.contribution / window.value for each in window.components}
    assert relative["factor:area.stack-1"] == pytest.approx(0.098 / 19.635)
    assert relative["cert:KV-1/0"] == pytest.approx(0.015)
    assert relative["inst:co2_dry/drift"] == pytest.approx(0.001)
    assert relative["inst:x_sw/drift"] == pytest.approx(-0.001 * 12.5 / 87.5)
    assert all(each.influence.shared for each in window.components)
    assert window.fresh_variance > 0.0
    assert window.sampling_variance == pytest.approx(window.fresh_variance * 1.6**2)


def test_a_month_of_hours_adds_what_is_shared_linearly_and_what_is_new_in_quadrature() -> None:
    each = made(hours())
    later = [
        replace(each, start_ns=START_NS + n * HOUR_NS, end_ns=START_NS + (n + 1) * HOUR_NS)
        for n in range(720)
    ]
    whole = merge_flow(later)
    shared = combine(each.components)
    new = each.fresh_variance + each.sampling_variance
    expected = math.hypot(720 * shared, math.sqrt(720 * new))
    assert combine(components_of(whole)) == pytest.approx(expected)


def test_degrees_of_freedom_that_differ_between_hours_do_not_stand_in_the_way() -> None:
    first, second = made(hours()), made(hours(v_p=mean("v_p", nu=12.0)))
    moved = replace(second, start_ns=START_NS + HOUR_NS, end_ns=START_NS + 2 * HOUR_NS)
    assert merge_flow([first, moved]).sampling_spread > 2 * first.sampling_spread


def test_the_amount_is_of_the_share_of_the_hour_that_the_worst_input_has() -> None:
    window = made(hours(co2_dry=mean("co2_dry", present=45)))
    assert window.value == pytest.approx(0.75 * 135.404248, rel=1e-8)
    assert window.tally.missed == {"calibrating": 15}


def with_states(name: str, states: str) -> InputHour:
    """An input with these slots, and as many readings as slots that are valid."""
    plain = mean(name, present=60 * states.count("v") // len(states))
    tally = replace(plain.hour.tally, states=states)
    return InputHour(hour=replace(plain.hour, tally=tally), measurand=plain.measurand)


def test_the_slots_of_the_amount_are_what_all_inputs_were_in_them() -> None:
    whole = {name: with_states(name, "v" * 60) for name in STACK.inputs}
    checked = with_states("co2_dry", "c" * 15 + "v" * 45)
    blown = with_states("v_p", "v" * 10 + "b" * 10 + "v" * 40)
    broken = with_states("t_s", "f" * 5 + "v" * 55)
    window = made(whole | {"co2_dry": checked, "v_p": blown, "t_s": broken})
    assert window.tally.states == "f" * 5 + "c" * 5 + "b" * 10 + "v" * 40
    assert window.tally.present == 45


def test_an_input_that_is_polled_less_often_makes_the_slots_coarser() -> None:
    whole = {name: with_states(name, "v" * 60) for name in STACK.inputs}
    slow = with_states("x_sw", "vvlv")
    assert made(whole | {"x_sw": slow}).tally.states == "vvlv"


def test_an_input_without_states_leaves_those_of_the_amount_unknown() -> None:
    assert made(hours(co2_dry=with_states("co2_dry", "v" * 60))).tally.states == ""


def test_an_hour_without_readings_of_an_input_has_no_amount() -> None:
    found = made(hours(t_s=mean("t_s", present=0)))
    assert (found.value, found.uncorrected, found.components, found.unit) == (0.0, 0.0, (), "t")
    assert (found.tally.expected, found.tally.present) == (60, 0)


def test_a_declared_number_without_uncertainty_leaves_the_result_s_unknown() -> None:
    window = made(hours(), DECLARED | {"area": Stated(value=19.635, unit="m2")})
    assert window.grounds.basis is UncertaintyBasis.UNKNOWN


def test_wet_for_dry_is_refused_and_never_converted() -> None:
    wet = mean("co2_dry")
    wrong = InputHour(hour=wet.hour, measurand=replace(wet.measurand, reference_conditions=WET))
    with pytest.raises(MeasurementModelError) as refused:
        made(hours(co2_dry=wrong))
    assert "co2_dry" in refused.value.say("en")


def test_inputs_that_are_lacking_or_of_other_hours_are_refused() -> None:
    some = hours()
    del some["t_s"]
    with pytest.raises(DerivedInputError, match="t_s"):
        derived_hour(STACK, MODEL, some, DECLARED)
    later = hours(t_s=mean("t_s", start_ns=START_NS + HOUR_NS))
    with pytest.raises(DerivedInputError, match="hours from"):
        derived_hour(STACK, MODEL, later, DECLARED)
