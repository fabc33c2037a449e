"""Hours that rest on a test that failed: which, how much, and what the plan makes of them."""

from collections.abc import Iterator

import pytest

from calibration.increment import NS_PER_HOUR
from collector.doubt.amounts import Doubted
from collector.doubt.telling import Doubts
from evidence.clock import parse_utc
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.api.test_monitored import GAS, OF_CO2, with_checks
from tests.unit.collector.api.test_stack import CO2, DERIVATION
from tests.unit.collector.doubt.stacks import (
    FAILED_NS,
    GOOD_NS,
    PASSED_NS,
    PERIOD,
    through_inputs,
)

VELOCITY = "jinan/cems/v_p"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """The plan of the mass names the analyser."""
    built = with_checks(Plant(tmp_path_factory.mktemp("named")))
    yield built
    built.close()


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """The analyser has a plan of its own, and the mass is told by its inputs."""
    built = through_inputs(Plant(tmp_path_factory.mktemp("computed")))
    yield built
    built.close()


def found(plant: Plant, channel: str, span: tuple[int, int] = PERIOD) -> list[Doubted]:
    parts = plant.parts()
    with parts.sources.lease() as sources:
        told = Doubts(sources, parts.sites, parts.clock.now_ns()).of(channel, span)
    parts.sources.close()
    return told


@pytest.mark.parametrize("channel", [GAS, CO2])
@pytest.mark.parametrize("which", ["named", "computed"])
def test_the_analyser_and_what_is_computed_from_it_rest_on_its_failed_check(
    which: str, channel: str, request: pytest.FixtureRequest
) -> None:
    (told,) = found(request.getfixturevalue(which), channel)
    doubt, failure = told.doubt, told.doubt.failure
    assert (doubt.channel, doubt.serial) == (GAS, "co2_dry")
    assert failure.good is not None
    assert failure.passed is not None
    instants = failure.good.at_ns, failure.failed.at_ns, failure.passed.at_ns
    assert instants == (GOOD_NS, FAILED_NS, PASSED_NS)
    hour_of = [at // NS_PER_HOUR * NS_PER_HOUR for at in instants]
    assert (min(doubt.before), max(doubt.before)) == (hour_of[0], hour_of[1] - NS_PER_HOUR)
    assert (min(doubt.after), max(doubt.after)) == (hour_of[1], hour_of[2])


def test_the_amounts_are_those_of_the_hours_and_the_plan_says_what_fills_them(
    computed: Plant,
) -> None:
    """Of 24 and 49 hours one or two are all check, and have no value: nothing rests there."""
    (told,) = found(computed, CO2)
    assert (told.before.hours, told.after.hours, told.unit) == (23, 47, "t")
    windows = computed.store.lookup.windows(CO2, *PERIOD)
    sums = [
        sum(each.value for each in windows if each.start_ns in hours)
        for hours in (told.doubt.before, told.doubt.after)
    ]
    assert [told.before.amount, told.after.amount] == pytest.approx(sums, rel=1e-12)
    plan = told.by_plan
    assert plan is not None
    assert (plan.kept, plan.filled, plan.without, plan.unit) == (22, 48, 0, "t")
    assert plan.kept + plan.filled == told.before.hours + told.after.hours
    assert plan.best_estimate == pytest.approx(48 * sums[0] / 23, rel=0.05)


def test_hours_without_a_value_by_the_rules_are_counted_apart(named: Plant) -> None:
    (told,) = found(named, CO2)
    assert told.by_plan is not None
    assert (told.by_plan.kept, told.by_plan.filled, told.by_plan.without) == (22, 0, 48)
    assert told.by_plan.compliance is None  # which is not 0
    assert told.by_plan.best_estimate is not None


def test_means_have_hours_and_no_amount(computed: Plant) -> None:
    (told,) = found(computed, GAS)
    assert (told.before.hours, told.before.amount) == (23, None)
    assert told.by_plan is not None
    assert (told.by_plan.compliance, told.by_plan.best_estimate) == (None, None)


def test_neither_another_instrument_nor_another_time_nor_another_site_rests_on_it(
    computed: Plant,
) -> None:
    assert found(computed, VELOCITY) == []
    assert found(computed, LINE_1) == []
    assert found(computed, "weifang/mill/active_energy_import") == []
    assert found(computed, CO2, (PERIOD[0], GOOD_NS // NS_PER_HOUR * NS_PER_HOUR)) == []
    assert found(computed, CO2, (PASSED_NS + NS_PER_HOUR, PERIOD[1])) == []
    assert found(computed, CO2, (PERIOD[1], PERIOD[0])) == []


def test_without_a_plan_of_its_own_it_rests_on_the_check_all_the_same(fresh: Plant) -> None:
    (told,) = found(through_inputs(fresh, OF_CO2), CO2)
    assert (told.before.hours, told.after.hours, told.by_plan) == (23, 47, None)


def test_as_long_as_no_check_passes_it_goes_on(fresh: Plant) -> None:
    (told,) = found(through_inputs(fresh, days=5), CO2)
    assert told.doubt.failure.passed is None
    assert told.after.hours == 43
    assert max(told.doubt.after) == PERIOD[1] - NS_PER_HOUR  # all that is over by now


def test_a_failure_behind_the_period_puts_it_in_doubt(computed: Plant) -> None:
    before = PERIOD[0], FAILED_NS // NS_PER_HOUR * NS_PER_HOUR - NS_PER_HOUR
    (told,) = found(computed, CO2, before)
    assert (told.before.hours, told.after.hours) == (23, 0)


def test_what_is_computed_otherwise_from_an_instant_on_rests_on_it_no_more(fresh: Plant) -> None:
    plant = through_inputs(fresh)
    spare = DERIVATION.replace(GAS.encode(), b"jinan/cems/spare")
    spare = spare.replace(b"effective_from = 2026-03-01", b"effective_from = 2026-04-01")
    plant.log_file(plant.gw1, "derivation", "spare.toml", spare)
    plant.judging.catch_up()
    parts = plant.parts()
    with parts.sources.lease() as sources:
        (doubt,) = Doubts(sources, parts.sites, parts.clock.now_ns()).hours(CO2, PERIOD)
    parts.sources.close()
    assert min(doubt.hours) == GOOD_NS // NS_PER_HOUR * NS_PER_HOUR
    assert max(doubt.hours) == parse_utc("2026-04-01T00:00:00Z") - NS_PER_HOUR
