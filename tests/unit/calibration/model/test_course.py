"""The course of a computed quantity, against the model solved at every part."""

import numpy as np
import pytest
from msgspec.structs import replace

from calibration.course import coarser
from calibration.function import Floats
from calibration.mean import MeanWindow
from calibration.model.derived import InputHour, derived_hour, stated_mean
from calibration.model.evaluate import evaluate
from calibration.window import FlowWindow, RegisterWindow
from tests.unit.calibration.model.test_derived import (
    DECLARED,
    MODEL,
    SHOWN,
    STACK,
    hours,
    made,
    mean,
)
from tests.unit.calibration.model.test_derived_amounts import fuel, register

SPREAD = {"v_p": 0.6, "t_s": 2.0, "b_a": 0.02, "p_s": 10.0, "x_sw": 0.4, "co2_dry": 0.3}
"""Standard deviation of five-minute means within an hour of a boiler on steady load."""


def walked(name: str, seed: int, parts: int = 12) -> Floats:
    """Means of parts that drift, as load does, about the hour's mean."""
    steps = np.cumsum(np.random.default_rng(seed).standard_normal(parts))
    apart = (steps - steps.mean()) / steps.std()
    return np.asarray(SHOWN[name][0] + SPREAD[name] * apart, np.float64)


def with_course(name: str, course: Floats) -> InputHour:
    plain = mean(name)
    hour = replace(plain.hour, course=tuple(course.tolist()))
    return InputHour(hour=hour, measurand=plain.measurand)


def drifting(seed: int) -> dict[str, InputHour]:
    return {
        name: with_course(name, walked(name, 10 * seed + place))
        for place, name in enumerate(STACK.inputs)
    }


def course_of(each: InputHour) -> tuple[float, ...]:
    assert not isinstance(each.hour, RegisterWindow)
    return each.hour.course


def exactly(inputs: dict[str, InputHour]) -> Floats:
    """What the model gives at each part of the inputs."""
    return np.array([solved(inputs, part) for part in range(12)])


def solved(inputs: dict[str, InputHour], part: int) -> float:
    stated = {}
    for name, each in inputs.items():
        whole = stated_mean(each)
        assert whole is not None
        stated[name] = replace(whole, value=course_of(each)[part])
    return evaluate(MODEL, {**DECLARED, **stated}).value


def test_a_first_order_course_is_the_model_at_every_part_to_about_a_percent() -> None:
    """An hour's amount moves by 2 to 8 %: a part is 1.2 % off at most, the spread 4 %."""
    for seed in range(40):
        inputs = drifting(seed)
        course, exact = np.array(made(inputs).course), exactly(inputs)
        assert 0.02 < exact.std() / exact.mean() < 0.1
        assert np.abs(course / exact - 1.0).max() < 0.012
        assert course.std() / exact.std() == pytest.approx(1.0, abs=0.04)


def test_what_lost_parts_do_to_a_mean_is_the_same_by_it_to_a_percent() -> None:
    every = [drifting(seed) for seed in range(60)]
    first_order = np.array([made(each).course for each in every])
    exact = np.array([exactly(each) for each in every])
    for lost in (1, 3):
        u, truth = (
            float(np.sqrt(((each[:, lost:].mean(axis=1) - each.mean(axis=1)) ** 2).mean()))
            for each in (first_order, exact)
        )
        assert u == pytest.approx(truth, rel=0.01)


def test_the_course_of_an_hour_whose_inputs_stand_still_is_its_rate() -> None:
    still = {name: with_course(name, np.full(12, SHOWN[name][0])) for name in STACK.inputs}
    window = made(still)
    assert window.course == pytest.approx((window.value,) * 12, rel=1e-14)


def test_units_that_the_model_does_not_take_scale_the_course() -> None:
    """Here a pressure in Pa where the others' was in kPa."""
    inputs = drifting(3)
    kilo, hour = inputs["b_a"], inputs["b_a"].hour
    assert isinstance(hour, MeanWindow)
    in_Pa = replace(
        hour,
        value=1000.0 * (hour.value or 0.0),
        course=tuple(1000.0 * each for each in hour.course),
        measurand=replace(kilo.measurand, unit="Pa"),
    )
    other = inputs | {"b_a": InputHour(hour=in_Pa, measurand=replace(kilo.measurand, unit="Pa"))}
    assert made(other).course == pytest.approx(made(inputs).course, rel=1e-12)


def test_an_input_without_a_course_leaves_the_result_without_one() -> None:
    assert made(drifting(1) | {"t_s": mean("t_s")}).course == ()
    assert made(hours()).course == ()


def test_an_input_that_is_polled_less_often_makes_the_parts_longer() -> None:
    inputs = drifting(2)
    whole = made(inputs)
    slow = with_course("x_sw", np.asarray(coarser(course_of(inputs["x_sw"]), 4), np.float64))
    found = made(inputs | {"x_sw": slow})
    assert found.course == pytest.approx(coarser(whole.course, 4), rel=1e-12)


def test_the_course_is_of_the_whole_hour_s_rate_however_much_of_it_is_there() -> None:
    inputs = drifting(4)
    part = inputs["co2_dry"]
    tally = replace(part.hour.tally, present=48)
    half = InputHour(hour=replace(part.hour, tally=tally), measurand=part.measurand)
    found = derived_hour(STACK, MODEL, inputs | {"co2_dry": half}, DECLARED)
    assert found is not None
    assert found.value == pytest.approx(0.8 * made(inputs).value)
    assert found.course == made(inputs).course


def test_a_course_that_no_float_holds_is_none() -> None:
    inputs = drifting(5)
    wild = with_course("v_p", np.full(12, 1.7e308))
    assert made(inputs | {"v_p": wild}).course == ()


def test_an_amount_of_an_amount_has_its_course_in_amounts_an_hour_and_a_register_none() -> None:
    """CO2 of a fuel that an interval meter weighs: proportional, so exact."""
    weighed = register(0, 50.0)
    course = tuple(float(each) for each in 50.0 + np.arange(12.0))
    metered = FlowWindow(
        channel=weighed.channel,
        start_ns=weighed.start_ns,
        end_ns=weighed.end_ns,
        unit="t",
        uncorrected=55.5,
        value=55.5,
        components=weighed.components[:1],
        fresh_variance=0.0,
        tally=weighed.tally,
        grounds=weighed.grounds,
        course=course,
    )
    found = fuel(metered)
    assert found.course == pytest.approx([found.value / 55.5 * each for each in course])
    assert fuel(weighed).course == ()
