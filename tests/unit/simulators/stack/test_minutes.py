from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.stack.logged import DuctSettings, logged
from simulators.stack.minutes import Indications, StackMinutes, minutes, one_day
from simulators.stack.response import respond
from simulators.stack.sensor import full_scale, rounded
from simulators.stack.spec import QUANTITIES, SensorSpec
from simulators.stack.state import CONDITIONS, FLAGS, State
from simulators.stack.waves import NS_PER_MIN
from tests.unit.simulators.stack.stacks import BEGIN_NS, DAY, DAY_NS, HOUR_NS, local, stack

CALIBRATING = (State.SETTLING, State.ZERO_GAS, State.SPAN_GAS)
QUIET: dict[str, Any] = {"load": {"stops_per_year": 0.0}}
UNBROKEN: dict[str, Any] = {name: {"faults_per_year": 0.0} for name in QUANTITIES}


def test_each_state_has_its_flag_and_its_conditions() -> None:
    assert set(FLAGS) == set(State) == set(CONDITIONS)
    assert {FLAGS[each] for each in CALIBRATING} == {"C"}
    assert [state for state, flag in FLAGS.items() if flag == "N"] == [State.MEASURING]
    assert set(FLAGS.values()) == set("NTFMCDB")


@given(start=st.integers(0, 3 * DAY - 1), lasts=st.integers(1, DAY))
@settings(max_examples=12, deadline=None)
def test_what_a_minute_shows_does_not_depend_on_what_was_asked_for(start: int, lasts: int) -> None:
    one, begins = stack(), BEGIN_NS + start * NS_PER_MIN
    part = minutes(one, begins, begins + lasts * NS_PER_MIN)
    assert len(part) == lasts
    assert part.start_ns[0] == begins
    lone = minutes(one, begins, begins + NS_PER_MIN)
    for name in QUANTITIES:
        assert part.shown[name].value[:1].tobytes() == lone.shown[name].value.tobytes()
        assert part.shown[name].state[0] == lone.shown[name].state[0]


@given(seed=st.integers(0, 2**40))
@settings(max_examples=8, deadline=None)
def test_the_same_seed_is_the_same_bytes(seed: int) -> None:
    day = BEGIN_NS // DAY_NS + 3
    one, two = one_day(stack(seed=seed), day), one_day(stack(seed=seed), day)
    other = one_day(stack(seed=seed + 1), day)
    for name in QUANTITIES:
        assert one.shown[name].value.tobytes() == two.shown[name].value.tobytes()
        assert one.shown[name].value.tobytes() != other.shown[name].value.tobytes()


def by_hand(spec: SensorSpec, reaching: list[float]) -> list[float]:
    """The mean of each minute, in steps of a tenth of a second."""
    tau, shown, means = spec.t90_s / np.log(10), reaching[0], []
    fine = np.repeat(reaching, 600)
    late = np.concatenate([np.full(round(spec.delay_s * 10), reaching[0]), fine])[: len(fine)]
    for minute in range(len(reaching)):
        total = 0.0
        for level in late[minute * 600 : (minute + 1) * 600]:
            after = level + (shown - level) * np.exp(-0.1 / tau)
            total += (shown + after) / 2
            shown = after
        means.append(total / 600)
    return means


@pytest.mark.parametrize(("t90_s", "delay_s"), [(60.0, 0.0), (45.0, 25.0), (150.0, 90.0)])
def test_a_response_is_that_of_a_delay_and_a_first_order_step_by_step(
    t90_s: float, delay_s: float
) -> None:
    spec = SensorSpec(ranges=(25.0,), t90_s=t90_s, delay_s=delay_s)
    reaching = [5.0] * 80 + [20.0] * 6 + [0.0] * 6 + [12.0] * 8
    found = respond(spec, np.array(reaching), 0.0)
    # the delay is spread over the minutes that it ends in: exact only for whole minutes
    close = 1e-3 if delay_s == 0 else 2.2
    assert found[70:] == pytest.approx(by_hand(spec, reaching)[70:], abs=close)
    assert found.sum() - found[:70].sum() == pytest.approx(
        sum(by_hand(spec, reaching)[70:]), rel=0.02
    )


def test_a_clogged_filter_makes_an_analyser_slow() -> None:
    spec = SensorSpec(ranges=(25.0,), t90_s=60.0, delay_s=25.0)
    step = np.array([0.0] * 100 + [20.0] * 20)
    assert respond(spec, step, 0.5)[100] < respond(spec, step, 0.0)[100]
    assert respond(spec, step, 0.5)[-1] == pytest.approx(20.0, abs=1e-3)


@pytest.mark.parametrize("preset", ["sinter", "boiler"])
def test_calibration_is_never_shown_as_measuring(preset: str) -> None:
    one = stack(preset, sensors=UNBROKEN, **QUIET)
    found = minutes(one, BEGIN_NS, BEGIN_NS + 14 * DAY_NS)
    for name in ("co2", "o2"):
        shown, basis = found.shown[name], one.spec.sensors[name].basis
        true = getattr(found.truth, f"{name}_{basis}")
        measured = shown.state == State.MEASURING
        spread = np.abs(shown.value - true)
        assert spread[measured].max() < 0.6
        gas = np.isin(shown.state, (State.ZERO_GAS, State.SPAN_GAS))
        assert np.median(spread[gas]) > 3
        assert int(gas.sum()) == 14 * 12
        assert set(shown.flag[gas]) == {"C"}


def test_checks_come_daily_at_the_minute_they_are_set_to() -> None:
    found = minutes(stack(), local("2026-01-05T00:00"), local("2026-01-06T00:00"))
    flags = "".join(found.shown["co2"].flag)
    assert flags[129:131] == "NC"
    assert flags[130 : 130 + 17] == "C" * 17
    assert flags[147] == "N"
    blown = found.shown["co2"].state[47:56].tolist()
    assert blown == [State.BLOW_BACK] * 2 + [State.PURGING] * 5 + [State.MEASURING] * 2
    assert flags[47:54] == "M" * 7


@pytest.mark.parametrize(
    ("kind", "state", "flag"),
    [
        ("fault", State.FAULT, "D"),
        ("maintenance", State.MAINTENANCE, "M"),
        ("repair", State.MAINTENANCE, "M"),
        ("no_communication", State.NO_COMMUNICATION, "B"),
    ],
)
def test_what_is_planned_is_flagged_for_its_instrument_alone(
    kind: str, state: State, flag: str
) -> None:
    event = {
        "kind": kind,
        "instrument": "co2",
        "at": "2026-01-05T10:00:00+08:00",
        "until": "2026-01-05T11:00:00+08:00",
    }
    one = stack(planned=(event,), sensors=UNBROKEN, **QUIET)
    found = minutes(one, local("2026-01-05T10:00"), local("2026-01-05T11:00"))
    assert set(found.shown["co2"].state.tolist()) == {state}
    assert set(found.shown["co2"].flag.tolist()) == {flag}
    assert np.isnan(found.shown["co2"].value).all() == (flag == "B")
    assert set(found.shown["temperature"].flag.tolist()) == {"N"}
    after = minutes(one, local("2026-01-05T11:05"), local("2026-01-05T11:06"))
    assert after.shown["co2"].flag.tolist() == ["N"]


def test_a_stopped_plant_is_flagged_for_all() -> None:
    stop = {"kind": "stop", "at": "2026-01-05T08:00:00+08:00", "until": "2026-01-06T08:00:00+08:00"}
    one = stack(planned=(stop,), sensors=UNBROKEN)
    noon = local("2026-01-05T14:00")
    found = minutes(one, noon, noon + HOUR_NS)
    assert all(set(each.flag.tolist()) == {"F"} for each in found.shown.values())


def test_beyond_the_last_range_it_says_so_and_shows_its_end() -> None:
    one = stack(sensors={"co2": {"ranges": [10.0], "faults_per_year": 0.0}}, **QUIET)
    found = minutes(one, local("2026-01-05T12:00"), local("2026-01-05T13:00")).shown["co2"]
    assert set(found.flag.tolist()) == {"T"}
    assert found.value.tolist() == [10.0] * 60


def test_a_low_range_serves_low_levels_and_digits_are_kept() -> None:
    spec = SensorSpec(ranges=(8.0, 16.0), resolution=0.05)
    assert full_scale(spec, np.array([1.0, 7.6, 7.7, 20.0])).tolist() == [8.0, 8.0, 16.0, 16.0]
    assert rounded(np.array([1.02, 1.03, -0.06]), 0.05).tolist() == [1.0, 1.05, -0.05]


def test_no_minute_shows_minus_nothing() -> None:
    assert str(rounded(np.array([-0.001]), 0.01)[0]) == "0.0"


def test_a_logger_computes_what_the_printed_example_has() -> None:
    """Flow and mass of a stack: 11.2 m/s, 19.635 m2, 55 Cel, 12.5 % water, 11.8 % CO2 dry."""
    shown = {
        "co2": 11.8,
        "o2": 7.0,
        "h2o": 12.5,
        "velocity": 11.2,
        "temperature": 55.0,
        "static_pressure": -150.0,
        "barometric_pressure": 100_800.0,
    }
    still = np.zeros(1, dtype=np.uint8)
    lone = {name: Indications(value=np.array([x]), state=still) for name, x in shown.items()}
    truth = minutes(stack(), BEGIN_NS, BEGIN_NS + NS_PER_MIN).truth
    settings = DuctSettings(kv=1.02, area_m2=19.635)
    found = logged(StackMinutes(truth=truth, shown=lone), settings)  # type: ignore[arg-type]
    assert found["flow"].value[0] == pytest.approx(807_516.864, rel=1e-9)
    assert found["flow_dry"].value[0] == pytest.approx(584_232.371, abs=1e-3)
    assert found["co2_mass"].value[0] == pytest.approx(135_361.538, abs=1e-3)


def test_a_minute_that_nobody_heard_is_not_a_number_and_flags_are_letters() -> None:
    shown = Indications(value=np.array([1.0]), state=np.array([State.MEASURING], dtype=np.uint8))
    assert shown.flag.tolist() == ["N"]
