"""What happens to an analyser in a quarter, and what is found out about it."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from simulators.errors import SimulationRangeError
from simulators.stack.cylinder import COVERAGE_FACTOR, cylinder, cylinders
from simulators.stack.gas_check import gas_checks, injections
from simulators.stack.minutes import StackMinutes, minutes
from simulators.stack.reference import METHODS, parallel_runs, running_from_ns, traverse
from simulators.stack.sensor import adjusted_at
from simulators.stack.spec import QUANTITIES
from simulators.stack.state import State
from simulators.stack.truth import Stack
from simulators.stack.waves import NS_PER_MIN
from tests.unit.simulators.stack.stacks import BEGIN_NS, DAY_NS, HOUR_NS, local, stack

SOUND: dict[str, Any] = {name: {"faults_per_year": 0.0} for name in QUANTITIES}
AGEING: dict[str, Any] = {
    "kind": "ageing",
    "instrument": "co2",
    "at": "2026-01-08T00:00:00+08:00",
    "span_per_day": -0.01,
}
REPAIR: dict[str, Any] = {
    "kind": "repair",
    "instrument": "co2",
    "at": "2026-01-20T09:00:00+08:00",
    "until": "2026-01-20T13:00:00+08:00",
}


def told(*planned: dict[str, Any]) -> Stack:
    return stack(planned=planned, sensors=SOUND, load={"stops_per_year": 0.0})


def deviation(found: StackMinutes) -> float:
    measured = found.shown["co2"].state == State.MEASURING
    return float((found.shown["co2"].value - found.truth.co2_dry)[measured].mean())


def test_an_analyser_ages_shows_it_in_its_checks_and_is_right_again_after_a_repair() -> None:
    one = told(AGEING, REPAIR, REPAIR | {"instrument": "o2"})
    found = minutes(one, BEGIN_NS, local("2026-01-25T00:00"))
    span = {
        datetime.fromtimestamp(each.at_ns / 1e9, UTC).day: each.span_reading - each.span_reference
        for each in gas_checks(one, found)
        if each.quantity == "co2"
    }
    assert abs(span[6]) < 0.3
    assert span[12] < span[10] < span[9] < 0
    assert span[19] == pytest.approx(-0.01 * 11.8 * 20, abs=0.4)  # UTC day 19 is the 20th, 2:22
    assert abs(span[21]) < 0.3
    before = minutes(one, local("2026-01-19T14:00"), local("2026-01-19T23:00"))
    after = minutes(one, local("2026-01-20T14:00"), local("2026-01-20T23:00"))
    assert deviation(before) == pytest.approx(-0.01 * 11.75 * 12.9, abs=0.25)
    assert abs(deviation(after)) < 0.2


def test_there_is_one_check_a_day_with_both_gases_and_the_cylinder_of_the_day() -> None:
    one = told()
    found = gas_checks(one, minutes(one, BEGIN_NS, BEGIN_NS + 10 * DAY_NS))
    assert len(found) == 20
    first = cylinder(one, "co2", 0)
    for each in found:
        if each.quantity == "co2":
            assert each.certificate == first.certificate
            assert each.span_reference == first.value
            assert each.zero_reading == pytest.approx(0.0, abs=0.25)


def test_an_adjustment_takes_over_the_error_of_its_cylinder() -> None:
    exact = {"noise": 0.0, "resolution": 0.0, "curvature": 0.0, "zero_per_K": 0.0}
    steady = {"span_per_K": 0.0, "zero_drift": 0.0, "span_drift": 0.0, "faults_per_year": 0.0}
    one = stack(sensors={"co2": exact | steady | {"cross_water": 0.0}}, load={"stops_per_year": 0})
    (check, *_) = gas_checks(one, minutes(one, BEGIN_NS, BEGIN_NS + DAY_NS))
    gas = cylinder(one, "co2", 0)
    assert gas.true_value != gas.value
    # the sample still trails by a thousandth at the end of each gas
    assert check.span_reading == pytest.approx(gas.value, abs=2e-3)
    evening = minutes(one, local("2026-01-01T12:00"), local("2026-01-01T15:00"))
    true = float(evening.truth.co2_dry.mean())
    assert deviation(evening) == pytest.approx(true * (gas.value / gas.true_value - 1), abs=2e-3)


def test_what_is_in_a_cylinder_lies_within_its_certificate_and_cylinders_are_exchanged() -> None:
    ratios = []
    for seed in range(60):
        gas = cylinder(stack(seed=seed), "co2", 0)
        ratios.append((gas.true_value - gas.value) / (gas.expanded_uncertainty / COVERAGE_FACTOR))
    assert np.abs(ratios).max() <= 2.0 + 1e-9
    assert 0.7 < float(np.std(ratios)) < 1.2
    used = cylinders(stack(), BEGIN_NS, BEGIN_NS + 365 * DAY_NS)
    assert [each.serial for each in used if each.component == "co2"] == [
        f"boiler-co2-00{number}" for number in (1, 2, 3)
    ]
    for each in used:
        ends = datetime.fromtimestamp(each.in_use_until_ns / 1e9, UTC).date()
        assert each.certified_on < ends <= each.expires_on


def test_adjustments_are_at_every_second_maintenance_of_the_extractive_analysers() -> None:
    one = told()
    last = (BEGIN_NS + 100 * DAY_NS) // NS_PER_MIN
    found = adjusted_at(one, "co2", BEGIN_NS // NS_PER_MIN, last)
    steps = np.diff(found[1:]) / 1440
    assert found[0] == BEGIN_NS // NS_PER_MIN
    assert steps.tolist() == [30.0, 30.0]
    assert adjusted_at(one, "co2", found[2], found[2]) == [found[2]]
    assert adjusted_at(one, "velocity", 0, last) == []


def test_a_campaign_shares_one_deviation_and_its_runs_scatter() -> None:
    one = told()
    off = {name: [] for name in QUANTITIES}  # type: ignore[var-annotated]
    for number in range(12):
        for run in parallel_runs(one, BEGIN_NS + number * 7 * DAY_NS + 5 * HOUR_NS, runs=5):
            off[run.quantity].append(run.reference - run.true_value)
    for name, found in off.items():
        method, campaigns = METHODS[name], np.reshape(found, (12, 5))
        assert campaigns.std(axis=1, ddof=1).mean() == pytest.approx(method.scatter, rel=0.4)
    co2 = np.reshape(off["co2"], (12, 5)).mean(axis=1)
    assert np.std(co2) == pytest.approx(0.005 * 12.8, rel=0.5)


def test_a_run_has_the_mean_of_the_measured_minutes() -> None:
    one = told()
    runs = parallel_runs(one, local("2026-01-05T00:00"), runs=3, run_min=60)
    co2 = [run for run in runs if run.quantity == "co2"]
    assert [run.valid_min for run in co2] == [53, 60, 43]  # blow-back, none, check
    found = minutes(one, co2[2].from_ns, co2[2].to_ns).shown["co2"]
    assert co2[2].indicated == pytest.approx(found.value[found.state == 0].mean())


@pytest.mark.parametrize("preset", ["sinter", "boiler"])
def test_traverses_find_kv_within_their_uncertainty(preset: str) -> None:
    z = []
    for seed in range(40):
        one = stack(preset, seed, sensors=SOUND, load={"stops_per_year": 0.0})
        found = traverse(one, BEGIN_NS + 10 * HOUR_NS)
        z.append((found.kv - found.true_kv) / found.standard_uncertainty)
        assert len(found.points) == 20
    assert np.abs(z).max() < 3.5
    assert 0.5 < float(np.std(z)) < 1.3
    assert abs(float(np.mean(z))) < 0.7


def test_gases_at_three_levels_are_injected_in_turn() -> None:
    one = told()
    found = injections(one, "co2", BEGIN_NS + DAY_NS)
    assert [each.level for each in found] == ["low", "mid", "high"] * 3
    for each in found:
        assert each.reading == pytest.approx(each.reference, abs=0.35)
    assert found == injections(one, "co2", BEGIN_NS + DAY_NS)


def test_there_is_no_coefficient_of_a_flow_meter_that_does_not_measure() -> None:
    broken = REPAIR | {"instrument": "velocity", "kind": "fault"}
    with pytest.raises(SimulationRangeError, match="flow meter measures"):
        traverse(told(broken), local("2026-01-20T10:00"))


def test_a_stack_that_never_runs_has_no_time_for_a_campaign() -> None:
    stop = {"kind": "stop", "at": "2025-12-01T00:00:00+08:00", "until": "2027-01-01T00:00:00+08:00"}
    with pytest.raises(SimulationRangeError, match="E_SIM_RANGE"):
        running_from_ns(told(stop), BEGIN_NS, 60)
    short = stop | {"until": "2026-01-04T10:00:00+08:00"}
    assert running_from_ns(told(short), BEGIN_NS, 60) > local("2026-01-04T10:00")


def test_traverses_of_a_year_deviate_together_by_their_pitot_tube() -> None:
    ratios = []
    for seed in range(12):
        one = stack("boiler", seed, sensors=SOUND, load={"stops_per_year": 0.0})
        found = [traverse(one, BEGIN_NS + 10 * HOUR_NS + k * 60 * DAY_NS) for k in (0, 1)]
        ratios.append([each.kv / each.true_kv for each in found])
    assert np.corrcoef(np.transpose(ratios))[0, 1] > 0.7
