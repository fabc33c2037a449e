"""Days that were summed say the same as their hours, whatever came late."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from calibration.window import RegisterWindow, Window
from collector.store import Store
from evidence.statement.activity import activity_data, activity_of_days
from evidence.statement.day import NS_PER_DAY, days_of
from tests.unit.collector.api.plant import HEADS, LINE_1, POWER, START_NS, Plant, served

HOUR_NS = NS_PER_DAY // 24
WHOLE = (START_NS, START_NS + 5 * NS_PER_DAY)
MONTHS = "start=2026-03-30&end=2026-04-03"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    made = Plant(tmp_path_factory.mktemp("filled"))
    made.fill()
    made.close()
    return made


@pytest.fixture
def plant(filled: Plant, tmp_path: Path) -> Iterator[Plant]:
    found = filled.again(tmp_path)
    yield found
    found.close()


def folded(store: Store) -> int:
    count = 0
    while more := store.fold_days(3):
        count += more
    return count


def summed(store: Store, channel: str) -> list[int]:
    rows = store._db.execute(
        "SELECT start_ns FROM day WHERE channel=? AND length(body)>0 ORDER BY start_ns", (channel,)
    )
    return [start_ns for (start_ns,) in rows]


def hours(store: Store, channel: str = LINE_1, period: tuple[int, int] = WHOLE) -> list[Window]:
    return store.lookup.windows(channel, *period)


def test_days_that_are_over_are_summed_once(plant: Plant) -> None:
    assert folded(plant.store) > 0
    last = max(each.start_ns for each in hours(plant.store)) // NS_PER_DAY * NS_PER_DAY
    first = START_NS // NS_PER_DAY * NS_PER_DAY
    assert summed(plant.store, LINE_1) == list(range(first, last, NS_PER_DAY))
    assert plant.store.fold_days(3) == 0


@pytest.mark.parametrize("channel", [LINE_1, POWER])
@pytest.mark.parametrize(
    ("from_hour", "to_hour"), [(0, 120), (8, 104), (9, 33), (8, 32), (3, 7), (7, 57), (0, 999)]
)
def test_a_period_of_days_is_to_the_last_digit_that_of_its_hours(
    plant: Plant, channel: str, from_hour: int, to_hour: int
) -> None:
    period = (START_NS + from_hour * HOUR_NS, START_NS + to_hour * HOUR_NS)
    measurand = HEADS[channel].measurand
    due = activity_data(hours(plant.store, channel, period), measurand, period, software="x")
    for _ in range(2):
        days = plant.store.days.within(channel, *period)
        found = activity_of_days(days, measurand, period, software="x")
        assert found == due
        folded(plant.store)


def test_an_hour_that_changes_puts_its_day_aside_until_it_is_summed_again(plant: Plant) -> None:
    folded(plant.store)
    before = summed(plant.store, LINE_1)
    changed = hours(plant.store)[30]
    assert isinstance(changed, RegisterWindow)
    plant.store.keep_window(msgspec.structs.replace(changed, value=changed.value + 1.0))
    day_ns = changed.start_ns // NS_PER_DAY * NS_PER_DAY
    assert set(before) - set(summed(plant.store, LINE_1)) == {day_ns}
    due = days_of(hours(plant.store))
    assert plant.store.days.within(LINE_1, *WHOLE) == due
    assert plant.store.fold_days(3) == 1
    assert plant.store.days.within(LINE_1, *WHOLE) == due


def test_a_day_whose_hours_do_not_join_is_left_to_who_asks(plant: Plant) -> None:
    apart = hours(plant.store)[30]
    assert isinstance(apart, RegisterWindow)
    moved = msgspec.structs.replace(apart.closing, key="elsewhere")
    plant.store.keep_window(msgspec.structs.replace(apart, closing=moved))
    folded(plant.store)
    assert apart.start_ns // NS_PER_DAY * NS_PER_DAY not in summed(plant.store, LINE_1)
    assert plant.store.fold_days(3) == 0
    asked = served(plant.parts()).get(f"/api/v1/activity-data?channel={LINE_1}&{MONTHS}")
    assert (asked.status_code, asked.json()["code"]) == (409, "E_WINDOW_MERGE")


@pytest.mark.parametrize("by", ["total", "day", "month", "hour"])
def test_statements_are_the_same_before_and_after_days_were_summed(plant: Plant, by: str) -> None:
    asked = served(plant.parts())
    before = asked.get(f"/api/v1/activity-data?{MONTHS}&by={by}")
    folded(plant.store)
    after = asked.get(f"/api/v1/activity-data?{MONTHS}&by={by}")
    assert before.status_code == 200
    assert after.content == before.content


def test_the_judge_sums_days_when_nothing_waits(plant: Plant) -> None:
    while plant.judging.fold_days():
        pass
    assert summed(plant.store, LINE_1)


def test_days_go_with_the_hours_when_the_store_is_made_anew(plant: Plant) -> None:
    folded(plant.store)
    plant.store.forget()
    assert summed(plant.store, LINE_1) == []
    assert plant.store.days.within(LINE_1, *WHOLE) == []


def test_a_reader_sees_days_and_hours_of_one_instant(plant: Plant) -> None:
    """The judge writes between the question for days and that for hours."""
    folded(plant.store)
    path = plant.folder / "derived.db"
    reader = Store(lambda: sqlite3.connect(path, check_same_thread=False))
    ask = reader.lookup.windows
    changed = hours(plant.store)[-1]
    due = reader.days.within(LINE_1, *WHOLE)

    def late(channel: str, start_ns: int, end_ns: int) -> list[Window]:
        other = msgspec.structs.replace(changed, value=changed.value + 1.0)
        plant.store.keep_window(other)
        return ask(channel, start_ns, end_ns)

    reader.lookup.windows = late  # type: ignore[method-assign]
    assert reader.days.within(LINE_1, *WHOLE) == due
    reader.lookup.windows = ask  # type: ignore[method-assign]
    assert reader.days.within(LINE_1, *WHOLE) != due
    reader.close()
