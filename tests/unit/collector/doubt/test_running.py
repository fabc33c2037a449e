"""A check that still runs is neither passed nor failed: by its readings it is told, not by time."""

from typing import Final

import pytest
from msgspec.structs import replace

from calibration.indication import MissReason
from collector.alarms import quality
from collector.api.pool import Sources
from collector.doubt.looking import Doubting
from collector.site_register import site_register
from collector.tested import FailedTest, FailedTests
from collector.web.instrument.checks import checked
from evidence.clock import NS_PER_S
from evidence.log.batch import Stream
from evidence.log.column import progression
from evidence.statement.monitoring.period import monitored_period
from tests.unit.calibration.monitoring.texts import CYLINDER, ZERO
from tests.unit.collector.api.plant import PERIOD_MS, START_NS, Plant, batch
from tests.unit.collector.api.test_monitored import CHECK, GAS, PLAN, POLLS, polled
from tests.unit.collector.api.test_stack import CO2, FILES, SHOWN

SITES: Final = {"gw-1": "jinan"}
SCHEDULE: Final = """longest_gap_s = 1800.0
schedule = [
  { point = "zero", at = 02:00:00, every_h = 24, duration_s = 2700.0 },
  { point = "span", at = 02:45:00, every_h = 24, duration_s = 2700.0 },
]"""
BY_SCHEDULE: Final = PLAN.replace("hj75-2017", "part75-2011").replace(
    "longest_gap_s = 1800.0", SCHEDULE
)
POLL_NS: Final = PERIOD_MS * 1_000_000
IN_SPAN: Final = CHECK.start + 4
"""The poll of a day before which one of three readings of span gas was made."""


def at(day: int, poll: int) -> int:
    """A moment after a poll of a day, UTC ns."""
    return START_NS + (day * POLLS + poll) * POLL_NS + NS_PER_S


def planned(plant: Plant) -> Plant:
    """The plan, whose checks are known by their schedule, and its papers."""
    for name, text in (("l2231.toml", CYLINDER), ("n2.toml", ZERO)):
        plant.log_file(plant.gw1, "certificate", name, text.encode())
    for kind, name, data in (*FILES, ("plan", "plan.toml", BY_SCHEDULE.encode())):
        plant.log_file(plant.gw1, kind, name, data)
    return plant


def read(plant: Plant, first: tuple[int, int], end: tuple[int, int]) -> None:
    """What the stack shows from a poll of a day until another."""
    (day, poll), (last, until) = first, end
    numbers = range(day * POLLS + poll, last * POLLS + until)
    for begin in numbers[::POLLS]:
        part = range(begin, min(begin + POLLS, numbers.stop))
        plant.take(plant.gw1, batch(plant.gw1, [polled(name, part) for name in SHOWN]))
    plant.judging.catch_up()


def timed_out(numbers: range) -> Stream:
    """The analyser measures once, and does not answer any more."""
    (usual, *_) = polled("co2_dry", range(POLLS)).missed
    first_ms = START_NS // 1_000_000
    missed = (
        replace(
            usual,
            sequence=n,
            at_ms=first_ms + n * PERIOD_MS,
            reason=MissReason.TIMEOUT,
            raw="",
            indication=None,
        )
        for n in numbers[1:]
    )
    return replace(measuring(numbers[:1]), missed=tuple(missed))


def sources(plant: Plant) -> Sources:
    return Sources(ledger=plant.ledger, store=plant.store)


def failed(plant: Plant, now_ns: int) -> list[FailedTest]:
    return FailedTests().now(sources(plant), SITES, now_ns)


@pytest.fixture
def broken_off(fresh: Plant) -> Plant:
    """On the third day a batch ends within the span gas."""
    read(planned(fresh), (0, 0), (1, POLLS))
    read(fresh, (2, 0), (2, IN_SPAN))
    return fresh


@pytest.mark.parametrize("poll", [IN_SPAN, CHECK.stop + 1, CHECK.stop + 40, 5 * POLLS])
def test_a_check_that_a_batch_ends_in_has_not_failed_however_long_the_uplink_is_dead(
    broken_off: Plant, poll: int
) -> None:
    now_ns = at(2, poll)
    assert failed(broken_off, now_ns) == []
    whole = START_NS, START_NS + 3 * POLLS * POLL_NS
    assert Doubting(broken_off.store.lookup, broken_off.ledger, SITES, now_ns).of(GAS, whole) == []
    (page,) = checked(sources(broken_off), SITES, GAS, now_ns)
    day_ns = START_NS + 2 * POLLS * POLL_NS
    assert [each.point for each in page.checks if each.start_ns > day_ns] == ["zero"]


def test_what_is_told_under_the_plan_meanwhile_is_provisional_and_counts_no_failure(
    broken_off: Plant,
) -> None:
    """Nothing came since: the hours of the rest of the day may come yet."""
    span, now_ns = (START_NS, START_NS + 3 * POLLS * POLL_NS), at(2, POLLS)
    lookup = broken_off.store.lookup
    register = site_register(lookup, broken_off.ledger, SITES, "jinan")
    told = monitored_period(lookup, register, CO2, span, now_ns)
    (quality,) = told.analysers
    assert (quality.failed, quality.hours.get("out_of_control", 0)) == ((), 0)
    assert told.determination.provisional


def test_it_is_told_as_passed_once_its_readings_came(broken_off: Plant) -> None:
    finder = FailedTests()
    assert finder.now(sources(broken_off), SITES, at(2, CHECK.stop + 1)) == []
    read(broken_off, (2, IN_SPAN), (2, POLLS))
    assert finder.now(sources(broken_off), SITES, at(2, CHECK.stop + 1)) == []
    (page,) = checked(sources(broken_off), SITES, GAS, at(2, POLLS))
    assert page.checks[0].outcome == "pass"


def test_it_is_told_as_failed_once_readings_came_that_say_so(fresh: Plant) -> None:
    """On the fourth day the analyser shows too much of the gas."""
    read(planned(fresh), (0, 0), (2, POLLS))
    read(fresh, (3, 0), (3, IN_SPAN))
    finder = FailedTests()
    assert finder.now(sources(fresh), SITES, at(3, CHECK.stop)) == []
    read(fresh, (3, IN_SPAN), (3, CHECK.stop + 1))
    (found,) = finder.now(sources(fresh), SITES, at(3, CHECK.stop))
    assert found.span.failed.outcome == "failed"
    (alarm,) = quality.tests_failed([found])
    assert "failed: it is out of control" in alarm.say("en")
    assert "不合格" in alarm.say("zh")


@pytest.mark.parametrize("silent", [False, True])
def test_a_check_that_was_really_broken_off_is_told_so_once_its_time_was_heard(
    broken_off: Plant, *, silent: bool
) -> None:
    """The analyser measures again before its time, or does not answer any more."""
    finder, day = FailedTests(), 2 * POLLS
    rest = range(day + IN_SPAN, day + CHECK.stop + 1)
    after = timed_out(rest) if silent else measuring(rest)
    assert finder.now(sources(broken_off), SITES, at(2, CHECK.stop)) == []
    broken_off.take(broken_off.gw1, batch(broken_off.gw1, [after]))
    broken_off.judging.catch_up()
    (found,) = finder.now(sources(broken_off), SITES, at(2, CHECK.stop))
    assert found.span.failed.outcome == "aborted"
    (alarm,) = quality.tests_failed([found])
    assert alarm.code == "E_ALARM_CHECK_FAILED"
    assert "was broken off" in alarm.say("en")
    assert "adjust" not in alarm.say("en")
    assert "in doubt" not in alarm.say("en")
    assert "中断" in alarm.say("zh")


def measuring(numbers: range) -> Stream:
    """The analyser measures, in the time of its check."""
    usual = polled("co2_dry", range(POLLS - len(numbers), POLLS))
    instants = [START_NS // 1_000_000 + n * PERIOD_MS for n in numbers]
    return replace(usual, sequence=progression(list(numbers)), at_ms=progression(instants))
