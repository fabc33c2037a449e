"""What stands for an hour is the same whichever period is asked for, and nothing final changes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from calibration.monitoring.plan import MonitoringPlan, OperationSign
from calibration.register import CalibrationRegister
from evidence.bundle.memory import Memory
from evidence.clock import parse_utc
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.monitoring.period import Asked, ToldPeriod, told_under
from tests.unit.evidence.monitoring.fortnight import (
    HOUR_NS,
    START_NS,
    hour,
    papers,
    plan,
    velocity,
)

QUANTITIES: Final = {
    "hj75": "mass",
    "part75": "co2",
    "mrr": "concentration",
    "meters": "mass",
}
FIRST_NS: Final = parse_utc("2026-12-27T16:00:00Z")
"""Midnight of the plant: three days before the end of its quarter and its year."""
DAYS: Final = 6
NEW_YEAR: Final = 24 * 4
SHIFT: Final = (FIRST_NS - START_NS) // HOUR_NS
FAR: Final = 24 * 13
"""So many hours after the first one all that rules may rest on has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Hours around a new year: values by hour since `FIRST_NS`; those that lack are gaps.

    Attributes:
        still: Hours of standstill.
    """

    values: Mapping[int, float] = field(repr=False)
    still: frozenset[int] = frozenset()

    def until(self, now: int) -> Memory:
        """What was received by then."""
        kept = Memory()
        for number, value in self.values.items():
            if number < now:
                kept.keep_window(hour(SHIFT + number, value))
        for number in self.still:
            if number < now:
                kept.keep_window(velocity(SHIFT + number, 0.0))
        return kept


def ruled(rules: str, **changes: object) -> MonitoringPlan:
    sign = OperationSign(channel="works/cems/velocity", above=2.0)
    made = replace(
        plan(), rules=rules, quantity=QUANTITIES[rules], analysers=(), operation=sign, **changes
    )
    certified = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)  # so that Part 75 is past its initial time
    return replace(made, certified_from=certified)


def asked(
    year: Year, plans: Sequence[MonitoringPlan], span: tuple[int, int], now: int
) -> ToldPeriod:
    """A period in hours since the first one, as of another such hour."""
    start, end = (FIRST_NS + each * HOUR_NS for each in span)
    register: CalibrationRegister = replace(papers(), plans=tuple(plans))
    return told_under(
        plans[0],
        Asked(
            lookup=year.until(now),
            register=register,
            span=(start, end),
            now_ns=FIRST_NS + now * HOUR_NS,
            known_at_ns=None,
        ),
    )


def hours_of(
    year: Year, plans: Sequence[MonitoringPlan], span: tuple[int, int], now: int
) -> tuple[Hour, ...]:
    return asked(year, plans, span, now).monitored.determination.hours


def told(each: Hour) -> tuple[object, ...]:
    """All of an hour but its uncertainty, which all hours that were looked at teach."""
    return (
        each.state,
        each.method,
        each.compliance,
        each.best_estimate,
        each.gap,
        each.provisional,
        each.rule,
    )


def require_sums(year: Year, rules: str, days: Sequence[int], now: int) -> None:
    """That hours, and so sums, of the days are those of their range."""
    plans = [ruled(rules)]
    whole = hours_of(year, plans, (days[0], days[-1]), now)
    parts = [each for span in pairwise(days) for each in hours_of(year, plans, span, now)]
    assert [*map(told, parts)] == [*map(told, whole)]


def test_hours_that_are_to_come_are_not_missing() -> None:
    """A month that runs: what is left of it has no value, and lowers no rate."""
    day, month = (
        hours_of(steady(range(20, 30)), [ruled("hj75")], each, 48)
        for each in ((0, 48), (0, 24 * DAYS))
    )
    assert [*map(told, day)] == [*map(told, month[:48])]
    assert {(each.method, each.compliance, each.provisional) for each in month[48:]} == {
        ("none", None, True)
    }


@st.composite
def years(draw: st.DrawFn) -> Year:
    """From a month before to a month behind, with gaps of any length, most around the new year."""
    edges = st.tuples(st.integers(-60, 24 * (DAYS + 3)), st.integers(1, 90))
    missing = {
        n
        for at, long in draw(st.lists(edges, min_size=1, max_size=4))
        for n in range(at, at + long)
    }
    stops = st.tuples(st.integers(-60, 24 * DAYS), st.integers(1, 30))
    still = {n for at, long in draw(st.lists(stops, max_size=1)) for n in range(at, at + long)}
    rng = Random(draw(st.integers(0, 2**32)))
    every = range(-240, FAR)
    return Year(
        values={n: round(rng.uniform(5.0, 15.0), 2) for n in every if n not in missing},
        still=frozenset(still),
    )


RULES: Final = pytest.mark.parametrize("rules", sorted(QUANTITIES))
NOWS: Final = st.sampled_from([24 * 3 + 7, 24 * DAYS, 24 * DAYS + 5, FAR])
LATER: Final = st.sampled_from([24 * DAYS, 24 * DAYS + 5, FAR])


@RULES
@settings(max_examples=5, deadline=None)
@given(years(), NOWS)
def test_days_add_up_to_their_range(rules: str, year: Year, now: int) -> None:
    require_sums(year, rules, range(0, 24 * DAYS + 1, 24), now)


@RULES
@settings(max_examples=5, deadline=None)
@given(years(), st.integers(1, 24 * DAYS), LATER)
def test_nothing_final_is_overturned_by_later_hours(
    rules: str, year: Year, early: int, late: int
) -> None:
    span = (0, early)
    before = hours_of(year, [ruled(rules)], span, early)
    after = hours_of(year, [ruled(rules)], span, late)
    final = [(told(a), told(b)) for a, b in zip(before, after, strict=True) if not a.provisional]
    assert all(one == other for one, other in final)
    ended = hours_of(year, [ruled(rules)], span, FAR)[:NEW_YEAR]
    assert not any(each.provisional for each in ended)


def steady(missing: range) -> Year:
    """9 and 11 in turn, with a gap."""
    every = range(-240, FAR)
    return Year(values={n: 9.0 + 2.0 * (n % 2) for n in every if n not in missing})


@RULES
def test_a_day_wholly_within_a_gap_has_the_value_that_its_range_has(rules: str) -> None:
    year = steady(range(20, 76))
    require_sums(year, rules, range(0, 24 * DAYS + 1, 24), FAR)
    within = hours_of(year, [ruled(rules)], (24, 48), FAR)
    assert all(each.compliance is not None for each in within)
    assert not any(each.provisional for each in within)


@RULES
def test_a_gap_that_is_open_makes_a_day_provisional_even_when_all_else_is_over(rules: str) -> None:
    year = steady(range(20, FAR))
    found = asked(year, [ruled(rules)], (24, 48), FAR - 1)
    assert found.monitored.determination.provisional
    assert found.until_ns == FIRST_NS + (FAR - 1) * HOUR_NS


@RULES
@pytest.mark.parametrize("offset_s", [19_800, 20_700])
def test_where_the_clock_is_not_full_hours_away_hours_are_those_of_utc(
    rules: str, offset_s: int
) -> None:
    """India's and Nepal's, of a plant that stood still for some hours."""
    year = standing_still(steady(range(20, 76)), range(100, 104))
    plans = [ruled(rules, utc_offset_s=offset_s)]
    whole = hours_of(year, plans, (0, 24 * DAYS), FAR)
    assert sum(each.state == HourState.SHUTDOWN for each in whole) == 4
    days = pairwise(range(0, 24 * DAYS + 1, 24))
    parts = [each for span in days for each in hours_of(year, plans, span, FAR)]
    assert [*map(told, parts)] == [*map(told, whole)]


def standing_still(year: Year, still: range) -> Year:
    return Year(values=year.values, still=frozenset(still))


def test_a_gap_over_new_year_is_told_by_the_mean_of_each_year() -> None:
    """Mean plus two standard deviations: of 9 and 11 in turn, and of 19 and 21."""
    gap = range(NEW_YEAR - 30, NEW_YEAR + 30)
    last = steady(gap).values
    year = Year(values={n: each + 10.0 * (n >= NEW_YEAR) for n, each in last.items()})
    hours = hours_of(year, [ruled("mrr")], (gap.start, gap.stop), FAR + 24 * 366)
    old, new = hours[29].compliance, hours[30].compliance
    assert old == pytest.approx(12.0, abs=0.02)
    assert new == pytest.approx(22.0, abs=0.02)


def test_another_plan_closes_a_gap_and_nothing_behind_it_counts() -> None:
    """It begins in the gap: what stands before it is final with it."""
    next_ns = FIRST_NS + 48 * HOUR_NS
    begins = dt.datetime.fromtimestamp(next_ns // 10**9, tz=dt.UTC)
    plans = [ruled("mrr"), replace(ruled("mrr"), effective_from=begins)]
    found = asked(steady(range(20, 76)), plans, (24, 48), 49)
    assert (found.until_ns, found.monitored.determination.provisional) == (None, False)
    other = Year(
        values={n: each * (1 + (n > 60)) for n, each in steady(range(20, 76)).values.items()}
    )
    again = hours_of(other, plans, (24, 48), FAR)
    assert [*map(told, again)] == [*map(told, found.monitored.determination.hours)]


@RULES
def test_a_day_that_saw_its_own_hours_alone_would_differ(rules: str) -> None:
    """The control: what comes later does bear on the day."""
    year = steady(range(20, 76))
    alone = Year(values={n: each for n, each in year.values.items() if n < 48})
    one = hours_of(alone, [ruled(rules)], (24, 48), 48)
    other = hours_of(year, [ruled(rules)], (24, 48), FAR)
    assert [*map(told, one)] != [*map(told, other)]
