"""Registers that people read: growth between readings, edges interpolated, meters exchanged."""

import math
from itertools import pairwise
from random import Random

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from evidence.errors import PeriodError
from evidence.statement.entered.people import Entered
from evidence.statement.entered.share import entered_share
from evidence.statement.entered.stating import entered_statement
from evidence.statement.total import total
from tests.unit.evidence.statement.entered.notebook import (
    GAS,
    Notebook,
    contributions,
    read,
    span,
)
from tests.unit.evidence.statement.examples import datum

U_DIGIT = 1.0 / math.sqrt(12.0)


def read_by_month() -> Notebook:
    notes = Notebook()
    for at, value in (
        ("2026-01-01T00:00:00Z", 10_000.0),
        ("2026-02-01T08:00:00+08:00", 13_100.0),
        ("2026-03-01T00:00:00Z", 15_900.0),
    ):
        notes.enter(read(at, value))
    return notes


def test_a_month_between_two_readings_is_their_difference() -> None:
    """3,100 m3 of a class 1 meter: u = 1 %/sqrt(3) of it, and a digit at both ends."""
    january = read_by_month().told(GAS, "2026-01-01", "2026-02-01")
    assert (january.value, january.uncorrected_value, january.unit) == (3_100.0, 3_100.0, "m3")
    expected = math.sqrt((31.0 / math.sqrt(3.0)) ** 2 + 2.0 * U_DIGIT**2)
    assert january.standard_uncertainty == pytest.approx(expected, rel=1e-12)
    assert january.u_basis == UncertaintyBasis.NAMEPLATE
    assert january.completeness.ratio == 1.0
    assert january.completeness.hours == january.completeness.full_hours == 744
    assert (january.opening.value, january.closing.value) == (10_000.0, 13_100.0)  # type: ignore[union-attr]
    assert january.serials == ("G-7",)


def test_the_statement_says_that_people_entered_it_and_who() -> None:
    january = read_by_month().told(GAS, "2026-01-01", "2026-02-01")
    assert january.entered == Entered(
        share=1.0, entries=(10, 11), by=("Q. Wang",), sources=("logbook",)
    )
    polled = datum(3_100.0)
    assert polled.entered is msgspec.UNSET
    assert entered_share([january, polled], [1.0, -1.0]) == 0.5
    assert entered_share([polled], [1.0]) == 0.0


def test_months_add_up_to_what_one_statement_over_both_says() -> None:
    notes = read_by_month()
    parts = [
        notes.told(GAS, *each)
        for each in (("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01"))
    ]
    both = notes.told(GAS, "2026-01-01", "2026-03-01")
    found = total(parts)
    assert found.value == both.value == 5_900.0
    assert found.uncertainty.standard_uncertainty == pytest.approx(
        both.standard_uncertainty, rel=1e-12
    )


def test_an_edge_without_a_reading_is_interpolated_and_cancels_in_the_sum() -> None:
    notes = read_by_month()
    first = notes.told(GAS, "2026-01-01", "2026-01-15")
    assert first.value == pytest.approx(3_100.0 * 14 / 31)
    found = contributions(first)
    # 14 of 31 days, as of an invoice: see docs/reference/entries.md
    assert spread_of(found) == pytest.approx(
        3_100.0 / math.sqrt(3.0) * math.sin(math.pi * 14 / 31) / math.pi
    )
    read = [found[f"read:{GAS}/entry-{entry}"] for entry in (10, 11)]
    assert read == pytest.approx([-14 / 31 * U_DIGIT, 14 / 31 * U_DIGIT])
    assert first.closing.interpolated  # type: ignore[union-attr]
    assert first.quality.value == "interpolated"
    rest = notes.told(GAS, "2026-01-15", "2026-02-01")
    january = notes.told(GAS, "2026-01-01", "2026-02-01")
    summed = total([first, rest])
    assert summed.value == pytest.approx(january.value, rel=1e-15)
    assert summed.uncertainty.standard_uncertainty == pytest.approx(
        january.standard_uncertainty, rel=1e-12
    )


def spread_of(found: dict[str, float]) -> float:
    return math.hypot(*(u for name, u in found.items() if name.startswith("substitution:")))


def read_in_april() -> Notebook:
    """300 m3 in April; both readings to 0.01 m3, of a class of which nothing is left to say."""
    notes = Notebook()
    for at, value in (("2026-04-01T00:00:00Z", 1_000.0), ("2026-05-01T00:00:00Z", 1_300.0)):
        notes.enter(read(at, value, resolution=0.01, mpe_relative=1e-6))
    return notes


@pytest.mark.parametrize(
    ("start", "end", "share"),
    [
        ("2026-04-01", "2026-04-02", 1 / 30),
        ("2026-04-16", "2026-04-17", 1 / 30),
        ("2026-04-15T10:00:00Z", "2026-04-15T11:00:00Z", 1 / 720),
    ],
)
def test_a_part_of_a_month_holds_between_nothing_and_twice_its_share(
    start: str, end: str, share: float
) -> None:
    """As if the supplier had billed it: at no hour did the gas flow backwards."""
    part = read_in_april().told(GAS, start, end)
    mean = 300.0 * share
    assert part.value == pytest.approx(mean)
    rule = mean / math.sqrt(3.0)
    assert 0.99 * rule < spread_of(contributions(part)) <= rule
    assert part.expanded_uncertainty is not None
    # two influences, each a rectangle, cover a little more than the one rectangle that they make
    assert part.expanded_uncertainty < 1.1 * mean


@pytest.mark.parametrize("seed", range(20))
def test_however_readings_are_cut_the_parts_give_back_what_was_counted(seed: int) -> None:
    """Hours cut at any instants, over readings at any, and each reading's own deviation once."""
    random = Random(seed)
    notes, value = Notebook(), 500.0
    stands = sorted(random.sample(range(1, 28 * 24 * 60), 4))
    for minute in stands:
        notes.enter(read(_instant(minute), value))
        value += random.randint(0, 900)
    hours = sorted(random.sample(range(28 * 24), 6))
    edges = [_instant(60 * hour) for hour in (0, *hours, 28 * 24)]
    parts = [notes.states(GAS, *pair) for pair in pairwise(edges)]
    whole = notes.told(GAS, edges[0], edges[-1])
    summed = total([each for each in parts if each is not None])
    assert summed.value == pytest.approx(whole.value, rel=1e-12)
    assert summed.uncertainty.standard_uncertainty == pytest.approx(
        whole.standard_uncertainty, rel=1e-9
    )
    assert not any("substitution" in name for name in contributions(whole))


def _instant(minute: int) -> str:
    return f"2026-03-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00Z"


def test_what_flows_at_any_rate_the_rule_allows_lies_within_u_of_the_line() -> None:
    """Against drawn courses: rates between 0 and twice the mean that add up to what was counted."""
    random, hours = Random(7), 30 * 24
    for days in (1, 3, 10, 15):
        found = []
        for _ in range(400):
            wave = [random.uniform(0.0, 2.0) for _ in range(random.choice((2, 3, 4, 6)))]
            course = [wave[len(wave) * hour // hours] for hour in range(hours)]
            mean = sum(course) / hours
            start = random.randrange(hours - days * 24 + 1)
            flowed = sum(course[start : start + days * 24]) / (mean * hours) * 300.0
            found.append(flowed - 300.0 * days / 30)
        drawn = math.sqrt(sum(each**2 for each in found) / len(found))
        part = read_in_april().told(GAS, "2026-04-03", f"2026-04-{3 + days:02d}")
        assert drawn <= 1.15 * spread_of(contributions(part))


def test_what_no_reading_covers_lacks_in_completeness_and_not_in_the_value() -> None:
    notes = read_by_month()
    march = notes.told(GAS, "2026-02-15", "2026-03-15")
    assert march.value == pytest.approx(2_800.0 * 14 / 28)
    assert (march.completeness.expected, march.completeness.present) == (672, 336)
    assert march.completeness.missing == {"not_entered": 336}
    assert notes.states(GAS, "2026-03-01", "2026-04-01") is None
    assert notes.states(GAS, "2025-12-01", "2026-01-01") is None


def test_a_meter_that_was_exchanged_has_no_growth_between_the_old_and_the_new() -> None:
    notes = read_by_month()
    notes.enter(read("2026-03-10T10:00:00Z", 16_500.0))
    notes.enter(read("2026-03-10T12:00:00Z", 3.0, serial="G-8", mpe_relative=0.015))
    notes.enter(read("2026-04-01T00:00:00Z", 2_203.0, serial="G-8", mpe_relative=0.015))
    march = notes.told(GAS, "2026-03-01", "2026-04-01")
    assert march.value == 600.0 + 2_200.0
    (event,) = march.events
    assert (event.kind, event.before, event.after) == ("exchange", 16_500.0, 3.0)
    assert march.completeness.missing == {"not_entered": 2}
    assert march.serials == ("G-7", "G-8")
    found = contributions(march)
    assert found["inst:G-7/class"] == pytest.approx(6.0 / math.sqrt(3.0))
    assert found["inst:G-8/class"] == pytest.approx(33.0 / math.sqrt(3.0))
    assert sum(name.startswith("read:") for name in found) == 4


def test_a_register_that_rolled_over_goes_on() -> None:
    notes = Notebook()
    notes.enter(read("2026-01-01T00:00:00Z", 99_990.0))
    notes.enter(read("2026-02-01T00:00:00Z", 40.0, rollover=100_000.0))
    january = notes.told(GAS, "2026-01-01", "2026-02-01")
    assert january.value == 50.0
    assert [each.kind for each in january.events] == ["rollover"]


def test_a_growth_of_which_nobody_said_how_well_it_is_known_is_of_unknown_uncertainty() -> None:
    notes = Notebook()
    notes.enter(read("2026-01-01T00:00:00Z", 1.0, mpe_relative=None))
    notes.enter(read("2026-02-01T00:00:00Z", 2.0, mpe_relative=None))
    found = notes.told(GAS, "2026-01-01", "2026-02-01")
    assert found.u_basis == UncertaintyBasis.UNKNOWN
    assert (found.standard_uncertainty, found.components) == (None, ())


def test_the_class_of_a_meter_is_one_deviation_polled_or_read() -> None:
    """Twelve months of one meter of class 1: 1 %/sqrt(3) of the year, not a twelfth root of it."""
    notes = Notebook()
    for month in range(1, 13):
        notes.enter(read(f"2026-{month:02d}-01T00:00:00Z", 1_000.0 * month, resolution=1e-6))
    months = [
        notes.told(GAS, f"2026-{month:02d}-01", f"2026-{month + 1:02d}-01")
        for month in range(1, 12)
    ]
    u = total(months).uncertainty.standard_uncertainty
    assert u == pytest.approx(11_000.0 * 0.01 / math.sqrt(3.0), rel=1e-9)


def test_a_period_that_is_none_is_refused() -> None:
    notes = read_by_month()
    start, end = span("2026-01-01", "2026-02-01")
    for period in ((end, start), (start, start), (start + 1, end)):
        with pytest.raises(PeriodError, match="E_PERIOD"):
            entered_statement(notes.book, GAS, period, "test 1")


def test_what_fell_in_a_journal_of_an_earlier_version_lacks_with_its_cause() -> None:
    """Nobody knows what it counted: no hour of it is covered, and nothing is negative."""
    notes = read_by_month()
    notes.takes(read("2026-03-11T00:00:00Z", 15_890.0))
    notes.enter(read("2026-03-21T00:00:00Z", 16_090.0))
    march = notes.told(GAS, "2026-03-01", "2026-04-01")
    assert (march.value, march.uncorrected_value) == (200.0, 200.0)
    assert march.completeness.missing == {"not_entered": 11 * 24, "register_fell": 10 * 24}
    assert march.completeness.present == 10 * 24
    assert [(each.kind, each.before, each.after) for each in march.events] == [
        ("reset", 15_900.0, 15_890.0)
    ]
    expected = math.sqrt((2.0 / math.sqrt(3.0)) ** 2 + 2.0 * U_DIGIT**2)
    assert march.standard_uncertainty == pytest.approx(expected, rel=1e-12)
    assert notes.states(GAS, "2026-03-01", "2026-03-11") is None


def test_a_rollover_that_the_register_was_beyond_gives_no_growth() -> None:
    notes = Notebook()
    notes.enter(read("2026-01-01T00:00:00Z", 10.0))
    notes.enter(read("2026-01-11T00:00:00Z", 50.0))
    notes.takes(read("2026-02-01T00:00:00Z", 20.0, rollover=25.0))
    january = notes.told(GAS, "2026-01-01", "2026-02-01")
    assert january.value == 40.0
    assert january.completeness.missing == {"register_fell": 21 * 24}
    assert [each.kind for each in january.events] == ["reset"]


def test_an_hour_in_which_a_register_fell_at_some_minute_is_told_once() -> None:
    notes = Notebook()
    notes.enter(read("2026-01-01T00:30:00Z", 10.0))
    notes.takes(read("2026-01-01T02:30:00Z", 5.0))
    notes.enter(read("2026-01-01T06:00:00Z", 6.0))
    found = notes.told(GAS, "2026-01-01", "2026-01-02")
    assert (found.completeness.present, found.completeness.expected) == (3, 24)
    assert found.completeness.missing == {"register_fell": 2, "not_entered": 19}
