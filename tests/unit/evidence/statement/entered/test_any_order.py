"""What people enter says the same in whatever order they enter and correct it."""

import math
import re
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bundle.figures import apart
from evidence.clock import NS_PER_S, utc_text
from evidence.statement.datum import ActivityData
from evidence.statement.entered.book import latest
from evidence.statement.entered.content import Content, ManualReading
from tests.unit.evidence.statement.entered.notebook import (
    GAS,
    POWER,
    Notebook,
    billed,
    read,
    span,
)

PERIOD = ("2026-01-01", "2026-02-01")
START_NS = span(*PERIOD)[0]
NS_PER_HOUR = 3_600 * NS_PER_S


def same(datum: ActivityData | None, notes: Notebook) -> Any:  # noqa: ANN401 - plain JSON
    """A statement with what was entered in the place of the numbers of entries."""
    if datum is None:
        return None
    plain = msgspec.to_builtins(datum)
    said = {each.entry: repr(each.content) for each in notes.book.standing(datum.channel)}
    for part in plain["components"]:
        name = re.sub("entry-([0-9]+)", lambda found: said[int(found[1])], part["influence"])
        # an amount that the period cuts: its influence is a name made from its number
        part["influence"] = name if datum.channel == GAS else name.partition(":")[0]
    plain["components"] = sorted(plain["components"], key=str)
    plain["entered"]["entries"] = sorted(said[each] for each in plain["entered"]["entries"])
    return plain | {"digest": ""}


def differing(one: Any, other: Any) -> object:  # noqa: ANN401 - plain JSON
    """Where two statements differ by more than the order in which influences were summed."""
    return apart("statement", one, other, partial(math.isclose, rel_tol=1e-12))


def noted(contents: list[Content]) -> Notebook:
    notes = Notebook()
    for each in contents:
        notes.enter(each)
    return notes


def stated(notes: Notebook, channel: str = GAS) -> Any:  # noqa: ANN401 - plain JSON
    return same(notes.states(channel, *PERIOD), notes)


@dataclass(frozen=True, slots=True)
class History:
    """Meters in one place, and what they counted while they were watched."""

    readings: list[Content]
    counted: float


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to five spells of three meters, which may come back; some exchanges are not watched."""
    shown = {"G-1": 100.0, "G-2": 5.0, "G-3": 990.0}
    hour, found, counted, before = 0, list[Content](), 0.0, ""
    for _ in range(draw(st.integers(1, 5))):
        serial = draw(st.sampled_from(sorted(shown.keys() - {before})))
        before = serial
        steps = draw(st.lists(st.integers(0, 700), min_size=1, max_size=3))
        found.append(at(hour, shown[serial], serial))
        for step in steps:
            hour += draw(st.integers(1, 90))
            counted += step
            shown[serial] = (shown[serial] + step) % 1_000.0
            found.append(at(hour, shown[serial], serial))
        hour += draw(st.sampled_from([0, 0, 5]))
    return History(found, counted)


def at(hour: int, value: float, serial: str) -> ManualReading:
    when = utc_text(START_NS + hour * NS_PER_HOUR)
    return read(when, value, serial=serial, rollover=1_000.0, subject=f"gas of {serial} at {hour}")


@given(history=histories(), order=st.randoms(use_true_random=False))
def test_readings_say_the_same_in_any_order(history: History, order: Random) -> None:
    shuffled = list(history.readings)
    order.shuffle(shuffled)
    in_time, otherwise = noted(history.readings), noted(shuffled)
    assert differing(stated(otherwise), stated(in_time)) is None
    whole = in_time.told(GAS, "2026-01-01", "2026-06-01")
    assert whole.value == history.counted
    assert (whole.standard_uncertainty or 0.0) > 0.0


@given(history=histories(), order=st.randoms(use_true_random=False))
def test_corrections_say_the_same_as_what_was_right_at_once(
    history: History, order: Random
) -> None:
    notes = Notebook()
    places = {}
    for each in history.readings:
        wrong = msgspec.structs.replace(each, source="a blot")
        places[notes.enter(wrong)] = each
    numbers = list(places)
    order.shuffle(numbers)
    for number in numbers:
        notes.enter(places[number], corrects=number)
    assert differing(stated(notes), stated(noted(history.readings))) is None


EXCHANGE = [
    read("2026-01-01T00:00:00Z", 100.0, serial="A"),
    read("2026-01-20T00:00:00Z", 500.0, serial="A"),
    read("2026-01-20T00:00:00Z", 10.0, serial="B"),
    read("2026-02-01T00:00:00Z", 110.0, serial="B"),
]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_an_exchange_at_one_instant_is_whole_in_any_order(order: tuple[int, ...]) -> None:
    found = noted([EXCHANGE[number] for number in order]).told(GAS, *PERIOD)
    assert (found.value, found.completeness.ratio) == (500.0, 1.0)
    assert [(each.kind, each.before, each.after) for each in found.events] == [
        ("exchange", 500.0, 10.0)
    ]


def test_the_closing_reading_of_an_old_meter_can_be_corrected_behind_the_new_one() -> None:
    notes = noted(list(EXCHANGE))
    notes.enter(read("2026-01-20T00:00:00Z", 501.0, serial="A"), corrects=11)
    found = notes.told(GAS, *PERIOD)
    assert (found.value, found.completeness.ratio) == (501.0, 1.0)
    assert [each.before for each in found.events] == [501.0]


def test_a_meter_that_came_back_from_its_verification_does_not_count_what_its_spare_did() -> None:
    away = [read("2026-01-10T00:00:00Z", 200.0, serial="A"), read("2026-01-10T00:00:00Z", 7.0)]
    back = [read("2026-01-20T00:00:00Z", 57.0), read("2026-01-20T00:00:00Z", 203.0, serial="A")]
    ends = [
        read("2026-01-01T00:00:00Z", 100.0, serial="A"),
        read("2026-02-01T00:00:00Z", 303.0, serial="A"),
    ]
    for order in (ends + away + back, back + away + ends, [*away, *ends, *back]):
        found = noted(list(order)).told(GAS, *PERIOD)
        assert (found.value, found.completeness.ratio) == (100.0 + 50.0 + 100.0, 1.0)
        assert [(each.before, each.after) for each in found.events] == [(200.0, 7.0), (57.0, 203.0)]


def test_a_meter_that_rolled_over_before_its_exchange_did_so_first() -> None:
    first = read("2026-01-01T00:00:00Z", 900.0, serial="A")
    last = read("2026-01-20T00:00:00Z", 100.0, serial="A", rollover=1_000.0)
    for order in permutations([first, last, *EXCHANGE[2:]]):
        found = noted(list(order)).told(GAS, *PERIOD)
        assert found.value == 200.0 + 100.0
        assert [(each.kind, each.before, each.after) for each in found.events] == [
            ("rollover", 900.0, 100.0),
            ("exchange", 100.0, 10.0),
        ]


def test_three_meters_at_one_instant_follow_each_other_by_name() -> None:
    between = read("2026-01-20T00:00:00Z", 33.0, serial="A-2")
    strange = read("2026-01-20T00:00:00Z", 44.0, serial="Z")
    for order in permutations([*EXCHANGE, between, strange]):
        found = noted(list(order)).told(GAS, *PERIOD)
        assert found.value == 500.0
        assert [each.after for each in found.events] == [33.0, 44.0, 10.0]


def test_of_a_meter_that_was_read_again_without_its_exchange_nothing_is_known() -> None:
    """Where B was put in its place, nobody knows when A came back, nor what B counted."""
    notes = noted([*EXCHANGE[:3], read("2026-02-01T00:00:00Z", 600.0, serial="A")])
    found = notes.told(GAS, *PERIOD)
    assert (found.value, found.completeness.missing) == (400.0, {"not_entered": 12 * 24})


def test_two_meters_that_are_read_side_by_side_are_no_exchange() -> None:
    """Nothing tells which of them was in place, and their sum would be twice the amount."""
    both = [
        read(day, value, serial=serial)
        for day, of_a, of_b in (
            ("2026-01-01T00:00:00Z", 1.0, 51.0),
            ("2026-01-11T00:00:00Z", 5.0, 55.0),
        )
        for serial, value in (("A", of_a), ("B", of_b))
    ]
    for order in permutations(both):
        assert noted(list(order)).states(GAS, *PERIOD) is None
    later = read("2026-02-01T00:00:00Z", 9.0, serial="A")
    found = noted([*both, later]).told(GAS, *PERIOD)
    assert found.value == 4.0
    assert found.completeness.missing == {"meter_unclear": 10 * 24}


@given(order=st.permutations(range(4)))
def test_amounts_say_the_same_in_any_order(order: list[int]) -> None:
    bills = [
        billed("2025-12-20", "2026-01-05", 160.0, subject="power"),
        billed("2026-01-05", "2026-01-12", 71.3, serial="P-1"),
        billed("2026-01-12", "2026-01-30", 179.9, document="invoice"),
        billed("2026-01-30", "2026-02-09", 95.0, double_count_group="grid"),
    ]
    shuffled = noted([bills[number] for number in order])
    assert differing(stated(shuffled, POWER), stated(noted(list(bills)), POWER)) is None


def test_what_reaches_farthest_is_the_meter_in_place_after_an_exchange() -> None:
    for order in permutations(EXCHANGE[:3]):
        last = latest(noted(list(order)).book.standing(GAS))
        assert last is not None
        assert last.content == EXCHANGE[2]
    bill = noted([billed("2026-02-01", "2026-03-01", 2.0), billed("2026-01-01", "2026-02-01", 1.0)])
    last = latest(bill.book.standing(POWER))
    assert last is not None
    assert last.entry == 10
    assert latest([]) is None
