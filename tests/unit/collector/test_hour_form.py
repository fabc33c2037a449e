"""How hours lie in the store: small, and whole again whatever pattern they were told against."""

import sqlite3
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.mean import MeanWindow
from calibration.window import Window
from collector.hour_form import packed, unpacked
from collector.store import Store
from tests.unit.collector.api.plant import LINE_1, POWER, TEMPERATURE, Plant

ALWAYS = (0, 2**62)


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> list[Window | MeanWindow]:
    plant = Plant(tmp_path_factory.mktemp("plant"))
    plant.fill()
    found = [each for _, each in plant.store.lookup.hours(*ALWAYS)]
    plant.close()
    return found


def opened() -> Store:
    return Store(lambda: sqlite3.connect(":memory:"))


def patterns(store: Store) -> list[str]:
    rows = store._db.execute("SELECT channel FROM pattern ORDER BY id")
    return [channel for (channel,) in rows]


def test_an_hour_comes_out_as_it_went_in(hours: list[Window | MeanWindow]) -> None:
    store = opened()
    for each in hours:
        store.keep_window(each)
    assert [each for _, each in store.lookup.hours(*ALWAYS)] == hours
    own = [each for each in hours if each.channel == TEMPERATURE]
    assert store.lookup.means(TEMPERATURE, *ALWAYS) == own


def test_the_hours_of_a_channel_take_a_sixth_of_their_bytes(
    hours: list[Window | MeanWindow],
) -> None:
    store = opened()
    own = [each for each in hours if each.channel in {LINE_1, POWER}]
    for each in own:
        store.keep_window(each)
    (kept,) = store._db.execute("SELECT sum(length(body)) FROM window").fetchone()
    assert kept * 6 < sum(len(msgspec.msgpack.encode(each)) for each in own)


def test_a_channel_has_one_pattern_until_its_hours_say_other_things(
    hours: list[Window | MeanWindow],
) -> None:
    store = opened()
    own = [each for each in hours if each.channel == LINE_1]
    for each in own[:-1]:
        store.keep_window(each)
    assert patterns(store) == [LINE_1]
    papers = tuple(f"{n * 7919:x}-{n * 104729:x}-{n * 1299709:x}" for n in range(100))
    grounds = msgspec.structs.replace(own[-1].grounds, certificates=papers)
    other = msgspec.structs.replace(own[-1], grounds=grounds)
    store.keep_window(other)
    assert patterns(store) == [LINE_1, LINE_1]
    assert store.lookup.windows(LINE_1, *ALWAYS) == [*own[:-1], other]


def test_patterns_are_forgotten_with_the_hours_and_made_again(
    hours: list[Window | MeanWindow], tmp_path: Path
) -> None:
    store = Store(lambda: sqlite3.connect(tmp_path / "derived.db"))
    reader = Store(lambda: sqlite3.connect(tmp_path / "derived.db"))
    first, other = (next(each for each in hours if each.channel == c) for c in (LINE_1, POWER))
    store.keep_window(first)
    assert reader.lookup.windows(LINE_1, *ALWAYS) == [first]
    store.forget()
    assert patterns(store) == []
    store.keep_window(other)
    assert reader.lookup.windows(LINE_1, *ALWAYS) == []
    assert reader.lookup.windows(POWER, *ALWAYS) == [other]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=5))
def test_any_numbers_are_kept_to_the_last_bit(
    hours: list[Window | MeanWindow], numbers: list[float]
) -> None:
    db = opened()._db
    first = next(each for each in hours if each.channel == POWER)
    for number in numbers:
        hour = msgspec.structs.replace(first, value=number)
        whole = msgspec.msgpack.encode(hour)
        pattern, frame = packed(db, "hour", POWER, whole)
        (body,) = db.execute("SELECT body FROM pattern WHERE id=?", (pattern,)).fetchone()
        assert next(unpacked([(frame, pattern, body)])) == whole
