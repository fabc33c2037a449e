"""What a check says of the hours before it does not depend on the period that is asked for."""

from itertools import pairwise
from typing import Final

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.monitoring.plan import MonitoringPlan
from evidence.bundle.memory import Memory
from evidence.judging.kept import ChannelRow
from evidence.judging.shown import ShownInCheck
from evidence.log.leaf import StreamHead
from evidence.statement.hours.hour import Hour
from evidence.statement.monitoring.checks import Shown
from evidence.statement.monitoring.period import Asked, ToldPeriod, told_under
from tests.unit.evidence.monitoring import fortnight, test_corrected
from tests.unit.evidence.monitoring.fortnight import (
    DAY_NS,
    DAYS,
    HOUR_NS,
    MINUTE_NS,
    SPAN_GAS,
    START_NS,
    check,
    checks,
    hour,
    papers,
)

ANALYSER: Final = "works/cems/co2"
FAILED: Final = 7
"""The day, at 02:00, on which the span gas is found 20 % low."""


def row() -> ChannelRow:
    measurand = Measurand(
        kind_of_quantity=KindOfQuantity.AMOUNT_FRACTION,
        unit="%",
        subject="stack",
        accumulation=Accumulation.RATE,
    )
    head = StreamHead(
        channel=ANALYSER,
        serial="A7731",
        measurand=measurand,
        period_ms=60_000,
        profile="",
        basis=UncertaintyBasis.CALIBRATION,
    )
    return ChannelRow(
        channel=ANALYSER,
        agent="agent",
        head=head,
        last_ms=0,
        last_value=0.0,
        last_quality="good",
    )


def kept(shown: list[Shown]) -> Memory:
    """Two weeks of the stack, and what its analyser showed in checks."""
    memory = Memory()
    memory.keep_channel(row())
    for each in shown:
        reading = each.reading
        own = ShownInCheck(
            channel=ANALYSER, at_ns=reading.at_ns, state=reading.state, value=reading.value
        )
        memory.keep_shown([own], each.received_ns)
    for number in range(24 * DAYS):
        memory.keep_window(hour(number))
        memory.keep_window(test_corrected.concentration(number))
    return memory


def told(
    memory: Memory,
    plan: MonitoringPlan,
    days: tuple[int, int],
    now_ns: int = START_NS + DAYS * DAY_NS,
) -> ToldPeriod:
    """Some days, as of the end of the fortnight, or of another instant."""
    asked = Asked(
        lookup=memory,
        register=replace(papers(), plans=(plan,)),
        span=(START_NS + days[0] * DAY_NS, START_NS + days[1] * DAY_NS),
        now_ns=now_ns,
        known_at_ns=None,
    )
    return told_under(plan, asked)


def amounts(plan: MonitoringPlan, days: tuple[int, int]) -> list[tuple[int, float | None]]:
    memory = kept(test_corrected.nights())
    hours: tuple[Hour, ...] = told(memory, plan, days).monitored.determination.hours
    return [(each.start_ns, each.best_estimate) for each in hours]


SCHEDULE: Final = """
schedule = [
  { point = "zero", at = 02:00:00, duration_s = 420, every_h = 24 },
  { point = "span", at = 02:07:00, duration_s = 420, every_h = 24 },
]"""


def test_days_that_are_corrected_by_checks_add_up_to_their_range() -> None:
    plan = test_corrected.planned(corrected=True)
    parts = [each for span in pairwise(range(2, 8)) for each in amounts(plan, span)]
    assert parts == amounts(plan, (2, 7))


def test_a_check_that_failed_in_the_night_after_puts_the_day_in_doubt() -> None:
    plan = replace(fortnight.plan(), operation=None)
    memory = kept(checks({FAILED: 0.8 * SPAN_GAS}))
    whole = told(memory, plan, (4, 9)).monitored.doubts
    days = [told(memory, plan, span).monitored.doubts for span in pairwise(range(4, 10))]
    assert [each.value for each in whole] == [pytest.approx(240.0)]
    assert [[each.value for each in some] for some in days] == [
        [],
        [],
        [pytest.approx(220.0)],
        [pytest.approx(20.0)],
        [],
    ]


def test_a_check_that_passed_in_the_night_after_changes_nothing() -> None:
    """A statement stays as it is when more hours come."""
    plan = replace(fortnight.plan(), operation=None)
    found = told(kept(checks()), plan, (6, 7))
    assert (found.until_ns, found.monitored.doubts) == (None, ())


def test_a_check_that_may_still_run_is_waited_for() -> None:
    """Of what is there at 02:08 the span gas showed too little; of all of it, it did not."""
    plan = test_corrected.planned(corrected=True)
    memory = kept(test_corrected.nights())
    day = START_NS + 6 * DAY_NS
    untils = [
        told(memory, plan, (5, 6), now_ns=day + minutes * MINUTE_NS).until_ns
        for minutes in (60, 128, 180, 239, 240, 1_000)
    ]
    assert untils == [None, None, None, None, day + 4 * HOUR_NS, day + 4 * HOUR_NS]


@pytest.mark.parametrize("days", [(3, 4), (4, 5), (5, 6), (8, 9)])
def test_a_valve_that_is_stuck_for_a_night_takes_no_day_away(days: tuple[int, int]) -> None:
    """Span gas is shown twice: that check corrects nothing, the ones around it do."""
    stuck = [each for day in range(DAYS) for each in check(day, zero=SPAN_GAS if day == 5 else 0.0)]
    plan = test_corrected.planned(corrected=True)
    (analyser,) = plan.analysers
    (scheduled,) = fortnight.plan(checks=SCHEDULE).analysers
    plan = replace(plan, analysers=(replace(analyser, checks=scheduled.checks),))
    found = told(kept(stuck), plan, days).monitored.determination
    assert len(found.hours) == 24


def test_an_analyser_may_be_checked_by_a_clock_that_is_not_full_hours_away() -> None:
    plan = replace(fortnight.plan(), operation=None, utc_offset_s=19_800)
    found = told(kept(checks()), plan, (4, 6)).monitored
    assert [each.hours for each in found.analysers] == [{"in_control": 48}]
