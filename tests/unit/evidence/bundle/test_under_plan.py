"""The value under the monitoring plan follows from a bundle, or what cannot be told is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from evidence.bundle.outcome import Check, Result
from evidence.log.batch import Batch, Document
from evidence.statement.hours.hour import HourState
from evidence.statement.monitoring.monitored import Monitored
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_monitored import OF_CO2, OF_MASS, PLAN
from tests.unit.evidence.bundle.made import failed as failing
from tests.unit.evidence.bundle.made import members, outcomes, written
from tests.unit.evidence.bundle.planned import (
    LAST_DAY,
    TILL_FAILED,
    TWO_DAYS,
    Planned,
    chosen,
    forged,
    less_measured,
    planned,
    restated,
    said,
    with_hour,
)
from tests.unit.evidence.bundle.test_each_check import pinned, with_
from tests.unit.evidence.bundle.test_two_verifiers import minimal

PLAN_2: Final = PLAN.replace("effective_from = 2026-03-01", "effective_from = 2026-03-31")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    found = planned(tmp_path_factory.mktemp("planned"))
    yield found
    found.plant.close()


def logged(plant: Plant, folder: Path, *plans: str) -> Plant:
    """The plant with other plans."""
    again = plant.again(folder)
    for number, text in enumerate(plans, 2):
        again.log_file(again.gw1, "plan", f"plan-{number}.toml", text.encode())
    again.judging.catch_up()
    return again


def test_with_the_history_every_hour_is_computed_again(one: Planned) -> None:
    found = outcomes(written(one.whole))
    assert {check for check, each in found.items() if each.result is Result.FAILED} == set()
    assert found[Check.UNDER_PLAN].result is Result.OK
    assert found[Check.UNDER_PLAN].en == "24 hours"
    assert one.whole.looks_back_ns is not None
    assert one.short.looks_back_ns == one.whole.looks_back_ns + 24 * 3600 * 10**9


def test_without_it_measured_hours_are_and_the_others_are_named(one: Planned) -> None:
    data = written(one.short)
    every = outcomes(data)
    found = every[Check.UNDER_PLAN]
    assert Result.FAILED not in {each.result for each in every.values()}
    assert found.result is Result.NOT_CHECKED
    filled = said(one.short.datum).hours.substituted_hours
    assert found.en.startswith(f"{24 - filled} of 24 hours follow; for {filled}, ")
    assert "2026-03-30T18:00:00Z to 2026-03-30T19:00:00Z" in found.en
    assert failing(data, pinned(require=(Check.UNDER_PLAN,))) == {Check.UNDER_PLAN}


def test_of_a_quarter_that_runs_substitutes_follow_from_the_readings_behind_the_period(
    one: Planned,
) -> None:
    """Its capture rate rests on them; they are here with the history alone."""
    both = chosen(one.plant, TWO_DAYS)
    (part,) = said(both.whole.datum).parts
    assert part.told is not None
    assert part.told.looks_ahead_to == "2026-04-05T16:00:00Z"
    short, whole = (outcomes(written(each)) for each in (both.short, both.whole))
    for every in (short, whole):
        assert Result.FAILED not in {each.result for each in every.values()}
    assert short[Check.UNDER_PLAN].result is Result.NOT_CHECKED
    assert short[Check.UNDER_PLAN].en.startswith("44 of 48 hours follow; for 4, ")
    assert (whole[Check.UNDER_PLAN].result, whole[Check.UNDER_PLAN].en) == (Result.OK, "48 hours")
    for choice in (both.short, both.whole):
        assert failing(written(less_measured(choice))) == {Check.UNDER_PLAN}
    assert failing(written(forged(both.whole, with_hour(2, compliance=1.0)))) == {Check.UNDER_PLAN}


def test_a_hole_behind_the_period_is_one_as_in_the_period(one: Planned) -> None:
    choice = chosen(one.plant, TWO_DAYS).whole
    batches = [each for each in choice.leaves if isinstance(each.leaf(), Batch)]
    less = [each for each in choice.leaves if each is not batches[4]]
    assert Check.POLLS in failing(written(with_(choice, leaves=less)))


def test_a_statement_that_conceals_how_far_it_looked_ahead_does_not_follow(one: Planned) -> None:
    choice = chosen(one.plant, TWO_DAYS).whole
    (part,) = said(choice.datum).parts
    assert part.told is not None
    bare = msgspec.structs.replace(part.told, looks_ahead_to=msgspec.UNSET)
    other = msgspec.structs.replace(part, told=bare)
    lie = msgspec.structs.replace(said(choice.datum), parts=(other,))
    assert failing(written(restated(choice, lie))) == {Check.UNDER_PLAN}


@pytest.mark.parametrize("which", ["short", "whole"])
def test_a_measured_hour_that_was_made_small_is_found_in_both(one: Planned, which: str) -> None:
    choice = one.short if which == "short" else one.whole
    assert failing(written(less_measured(choice))) == {Check.UNDER_PLAN}


def test_a_substitute_that_was_made_small_is_found_with_the_history_alone(one: Planned) -> None:
    """Without it nobody can tell, and the check says so."""
    change = with_hour(2, compliance=1.0)
    (told,) = one.whole.monitored
    assert told.determination.hours[2].state == HourState.SUBSTITUTED
    assert failing(written(forged(one.whole, change))) == {Check.UNDER_PLAN}
    found = outcomes(written(forged(one.short, change)))[Check.UNDER_PLAN]
    assert found.result is Result.NOT_CHECKED


def test_hours_behind_a_failed_check_are_not_told_as_measured(one: Planned) -> None:
    both = chosen(one.plant, TILL_FAILED)

    def change(told: Monitored) -> Monitored:
        hours = told.determination.hours
        (measured,) = {each.method for each in hours if each.state == HourState.MEASURED}
        last = [n for n, each in enumerate(hours) if each.because == "out_of_control"][-1]
        value = hours[last].best_estimate
        return with_hour(last, state=HourState.MEASURED, method=measured, compliance=value)(told)

    assert failing(written(both.short)) == set()
    assert failing(written(forged(both.short, change))) == {Check.UNDER_PLAN}


def test_a_hole_in_the_history_is_one_as_in_the_period(one: Planned) -> None:
    choice = chosen(one.plant, TILL_FAILED).whole
    batches = [each for each in choice.leaves if isinstance(each.leaf(), Batch)]
    less = [each for each in choice.leaves if each is not batches[1]]
    assert {Check.POLLS, Check.UNDER_PLAN} <= failing(written(with_(choice, leaves=less)))


def test_a_plan_that_changes_is_checked_in_parts_and_none_can_be_concealed(
    one: Planned, tmp_path: Path
) -> None:
    plant = logged(one.plant, tmp_path, PLAN_2)
    choice = chosen(plant, LAST_DAY).whole
    plant.close()
    first, second = said(choice.datum).parts
    assert first.end == second.start == "2026-03-31T00:00:00Z"
    data = written(choice)
    names = [each for each in members(data) if each.startswith("monitored/")]
    assert names == ["monitored/0000.json", "monitored/0001.json"]
    assert outcomes(data)[Check.UNDER_PLAN].result is Result.OK
    leaves = [each for each in choice.leaves if not _is_named(each.leaf(), "plan-2.toml")]
    assert len(leaves) == len(choice.leaves) - 1
    assert Check.UNDER_PLAN in failing(written(with_(choice, leaves=leaves)))


def _is_named(leaf: object, name: str) -> bool:
    return isinstance(leaf, Document) and leaf.name == name


def test_a_mass_that_is_told_by_its_inputs_follows_from_them(one: Planned, tmp_path: Path) -> None:
    plant = logged(one.plant, tmp_path, OF_CO2, OF_MASS)
    both = chosen(plant, LAST_DAY)
    plant.close()
    assert said(both.whole.datum).hours.by_method["of_inputs"] == 2
    assert outcomes(written(both.whole))[Check.UNDER_PLAN].en == "24 hours"
    short = outcomes(written(both.short))[Check.UNDER_PLAN]
    assert short.en.startswith("22 of 24 hours follow; for 2, ")


def test_hours_before_any_plan_follow_too(one: Planned) -> None:
    choice = chosen(one.plant, "start=2026-02-28&end=2026-04-01&under_plan=true").short
    assert said(choice.datum).hours_without_plan == 32
    assert outcomes(written(choice))[Check.UNDER_PLAN].result is Result.OK
    none = msgspec.structs.replace(said(choice.datum), hours_without_plan=0)
    assert failing(written(restated(choice, none))) == {Check.UNDER_PLAN}


def test_why_a_period_cannot_be_told_follows_too(one: Planned, tmp_path: Path) -> None:
    plant = logged(one.plant, tmp_path, OF_MASS)
    choice = chosen(plant, TILL_FAILED).short
    plant.close()
    told = said(choice.datum)
    assert told.refused is not None
    assert told.refused.code == "E_MONITORED_NO_INPUT"
    assert outcomes(written(choice))[Check.UNDER_PLAN].result is Result.OK
    other = msgspec.structs.replace(told.refused, code="E_MONITORED_NO_PLAN")
    part = msgspec.structs.replace(told.parts[0], refused=other)
    lie = msgspec.structs.replace(told, refused=other, parts=(part,))
    assert failing(written(restated(choice, lie))) == {Check.UNDER_PLAN}


def test_a_statement_that_does_not_speak_of_a_plan_is_not_checked(one: Planned) -> None:
    plain = chosen(one.plant, "start=2026-03-31&end=2026-04-02")
    found = outcomes(written(plain.short))[Check.UNDER_PLAN]
    assert (found.result, found.en) == (
        Result.NOT_CHECKED,
        "the statement does not speak of a plan",
    )


def test_the_second_verifier_reads_such_bundles_and_leaves_this_check_out(one: Planned) -> None:
    for choice in (one.short, one.whole):
        data = written(choice)
        assert minimal(data) == set()
    assert minimal(written(less_measured(one.whole))) == set()
