"""The papers of the demo: a plan that holds, the check before it began, and what comes in later."""

from pathlib import Path
from typing import Final

import pytest

from calibration.load import read_folder, register_of
from calibration.monitoring.plan import plan_in_force
from calibration.performance.load import read_limits
from calibration.register import CalibrationRegister
from carbonmeter.demo_arrival import arrivals
from carbonmeter.demo_plan import OUT_OF_CONTROL, write_plans
from carbonmeter.demo_run import AGENTS, BEGIN, FIRST_HOUR
from carbonmeter.demo_stack import write_derivation
from evidence.audit.stood import instant_of, ns_of
from evidence.clock import parse_utc
from evidence.statement.monitoring.load import pack_named, scheme_named
from simulators.load import load_plant, shipped
from simulators.plant import Plant
from simulators.stack.gas_check import gas_checks
from simulators.stack.minutes import one_day

CO2: Final = "works/boiler-co2/co2"
DAY_NS: Final = 86_400_000_000_000


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_plant(shipped(Path("factory")))


@pytest.fixture(scope="module")
def register(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> CalibrationRegister:
    folder = tmp_path_factory.mktemp("papers")
    write_plans(folder, "works", "boiler", plant, parse_utc(BEGIN))
    write_derivation(folder, "works", "boiler", plant)
    return register_of(read_folder(folder))


def test_the_amount_is_told_by_its_analyser_whose_gases_are_certified(
    register: CalibrationRegister,
) -> None:
    (derivation,) = register.derivations
    at = instant_of(parse_utc(FIRST_HOUR))
    whole = plan_in_force(register.plans, derivation.derivation, at)
    own = plan_in_force(register.plans, derivation.inputs["co2_dry"], at)
    assert whole is not None
    assert own is not None
    assert (whole.quantity, own.quantity, own.plan) == (None, "co2", CO2)
    assert whole.rules == own.rules == pack_named(own.rules, CO2).pack.id
    assert {each.id for each in register.certificates} == set(own.certificates)


def test_the_schedule_says_when_the_simulated_analyser_gets_which_gas(
    register: CalibrationRegister, plant: Plant
) -> None:
    own = next(each for each in register.plans if each.plan == CO2)
    (checks,) = [each.checks for each in own.analysers]
    assert checks is not None
    day = parse_utc(BEGIN) // DAY_NS
    stack = plant.stacks["boiler"]
    made = gas_checks(stack, one_day(stack, day))
    ends = {each.at_ns for each in made if each.quantity == "co2"}
    (span,) = [each for each in checks.schedule if each.point == "span"]
    begin_s = span.at.hour * 3600 + span.at.minute * 60 - own.utc_offset_s
    told = range(begin_s, begin_s + 2 * 86_400, span.every_h * 3600)
    assert {round(each + span.duration_s) % 86_400 for each in told} == {
        each // 1_000_000_000 % 86_400 for each in ends
    }


def test_the_check_before_the_demo_is_on_record_and_holds_when_its_first_hour_ends(
    register: CalibrationRegister,
) -> None:
    (record,) = register.tests
    assert (record.channel, record.serial, record.outcome) == (CO2, "boiler-co2", "passed")
    assert record.detail.startswith("zero \N{MINUS SIGN}0.")
    assert ns_of(record.at) <= parse_utc(BEGIN)
    scheme, _ = scheme_named("part75-2011", CO2)
    (validity,) = [each for each in scheme.validity if each.kind == record.test]
    assert validity.valid_for is not None
    assert parse_utc(FIRST_HOUR) - ns_of(record.at) < validity.valid_for * 3_600_000_000_000 / 2


def test_what_counts_as_out_of_control_is_what_the_limits_say() -> None:
    rule = read_limits("part75-2011")[0].rule("drift", "co2", "%", "span")
    assert rule is not None
    assert rule.grades[-1].criteria[0].at_most == OUT_OF_CONTROL


def test_what_comes_in_is_read_by_the_agent_at_whose_line_the_meter_stood(
    plant: Plant, tmp_path: Path
) -> None:
    (one,) = arrivals(tmp_path, plant, AGENTS)
    assert one.at_ns > parse_utc(FIRST_HOUR)
    assert list(one.agents) == ["line-1"]
    assert {name.split("-")[0] for name in one.texts} == {"SIMLAB", "MC"}
