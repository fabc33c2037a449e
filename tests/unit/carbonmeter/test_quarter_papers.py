"""The papers of the quarter: a plan that holds, certified gases, and what comes in later."""

import datetime as dt
import tomllib
from pathlib import Path

import msgspec
import pytest

from calibration.gas_check.gas import gas_of
from calibration.load import parse_certificate, parse_event, read_folder, register_of
from calibration.measurand import KindOfQuantity
from calibration.monitoring.plan import MonitoringPlan, PlannedAnalyser
from calibration.performance.load import read_limits
from carbonmeter.quarter_papers import arriving, plan_text, write_papers
from simulators.load import load_plant, shipped, write_documents
from simulators.plant import Plant
from tests.unit.simulators.stack.stacks import local

UNTIL_NS = local("2026-07-01T00:00")


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_plant(shipped(Path("quarter")))


@pytest.fixture(scope="module")
def papers(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_papers(tmp_path_factory.mktemp("papers"), "works", "boiler", plant, UNTIL_NS)


@pytest.fixture(scope="module")
def plan(plant: Plant) -> MonitoringPlan:
    text = plan_text("works", "boiler", plant, UNTIL_NS)
    return msgspec.convert(tomllib.loads(text), MonitoringPlan)


def analyser_of(plan: MonitoringPlan) -> PlannedAnalyser:
    (analyser,) = plan.analysers
    return analyser


def test_the_plan_is_of_the_computed_channel_and_of_channels_that_feed_it(
    plan: MonitoringPlan, papers: Path
) -> None:
    (derivation,) = register_of(read_folder(papers)).derivations
    assert plan.plan == derivation.derivation
    assert plan.operation is not None
    assert plan.operation.channel == derivation.inputs["v_p"]
    assert analyser_of(plan).channel == derivation.inputs["co2_dry"]
    assert plan.effective_from == derivation.effective_from


def test_the_limits_of_the_plan_have_drift_of_the_analysers_gas(plan: MonitoringPlan) -> None:
    checks = analyser_of(plan).checks
    assert checks is not None
    limits, _ = read_limits(checks.limits)
    for point in ("zero", "span"):
        rule = limits.rule("drift", checks.measurand, checks.unit, point)
        assert rule.otherwise == "out_of_control"


def test_each_gas_of_the_plan_is_certified_for_as_long_as_it_is_connected(
    plan: MonitoringPlan, papers: Path
) -> None:
    checks = analyser_of(plan).checks
    assert checks is not None
    assert [each.point for each in checks.gases] == ["zero", "span", "span"]
    for each in checks.gases:
        file = papers / f"{each.certificate}.toml"
        found = gas_of(parse_certificate(file.read_bytes(), file.name), each.property, each.point)
        assert each.disconnected_at is not None
        assert found.expires_on is not None
        assert found.expires_on >= each.disconnected_at.date()


def test_a_repair_ends_the_confirmation_and_a_comparison_begins_another(
    plant: Plant, papers: Path, tmp_path: Path
) -> None:
    later = arriving("boiler", plant, UNTIL_NS)
    repaired_ns, compared_ns = local("2026-03-10T16:30"), local("2026-03-12T08:00")
    assert list(later) == [repaired_ns, compared_ns]
    ((name, text),) = later[repaired_ns].items()
    assert parse_event(text.encode(), name).ends_confirmation
    write_documents(tmp_path, {each.name: each.read_text() for each in papers.iterdir()})
    for texts in later.values():
        write_documents(tmp_path, texts)
    register = register_of(read_folder(tmp_path))
    found = {
        at: register.in_force(
            "boiler-co2", KindOfQuantity.AMOUNT_FRACTION, dt.datetime.fromisoformat(at)
        )
        for at in ("2026-03-10T16:00+08:00", "2026-03-11T16:00+08:00", "2026-03-12T16:00+08:00")
    }
    cited = [getattr(getattr(each, "certificate", None), "id", None) for each in found.values()]
    assert cited == ["PR-boiler-co2-2025-12-01", None, "PR-boiler-co2-2026-03-11"]


def test_nothing_comes_in_from_after_the_days_that_are_run(plant: Plant) -> None:
    assert arriving("boiler", plant, local("2026-03-01T00:00")) == {}
