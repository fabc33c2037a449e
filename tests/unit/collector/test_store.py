"""The derived store: versions, places, one transaction a leaf; nothing in it is evidence."""

import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from calibration.window import Window
from collector.errors import StoreError
from collector.store import SCHEMA_VERSION, Store
from evidence.judging.judgement import Fault, Judgement, Position
from evidence.log.batch import RecordKind
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData
from evidence.statement.locks import place_of
from tests.unit.collector.api.plant import (
    HEADS,
    LINE_1,
    LINE_2,
    POWER,
    SOFTWARE,
    START_NS,
    records,
    stream,
)
from tests.unit.collector.judged import HOUR_NS, Judged, exchange
from tests.unit.evidence.statement.exports.rows import A

PERIOD = (START_NS, START_NS + 2 * HOUR_NS)


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store(lambda: sqlite3.connect(":memory:"))
    yield made
    made.close()


def windows_of_an_hour_or_two() -> list[Window]:
    return list(Judged().files().batch(stream(LINE_1, 0, 9)).windows)


def stated(windows: list[Window]) -> ActivityData:
    measurand = HEADS[LINE_1].measurand
    return activity_data(windows, measurand, PERIOD, software=SOFTWARE)


def test_a_window_that_is_the_same_makes_no_version_and_another_one_does(store: Store) -> None:
    first, second = windows_of_an_hour_or_two()
    assert store.keep_window(first)
    assert not store.keep_window(first)
    other = msgspec.structs.replace(first, value=first.value + 1.0)
    assert store.keep_window(other)
    assert not store.keep_window(other)
    assert store.keep_window(second)
    assert store.lookup.windows(LINE_1, *PERIOD) == [other, second]
    assert store.keep_window(first)
    assert store.lookup.windows(LINE_1, *PERIOD) == [first, second]
    assert store.lookup.span(LINE_1) == (START_NS, START_NS + HOUR_NS)


def test_windows_are_those_that_begin_inside_the_period(store: Store) -> None:
    first, second = windows_of_an_hour_or_two()
    store.keep_window(first)
    store.keep_window(second)
    assert store.lookup.windows(LINE_1, START_NS, START_NS + HOUR_NS) == [first]
    assert store.lookup.windows(LINE_1, START_NS + 1, PERIOD[1]) == [second]
    assert store.lookup.windows(LINE_2, *PERIOD) == []
    assert store.lookup.span(LINE_2) is None
    assert store.lookup.spans([LINE_2, LINE_1]) == {LINE_1: (START_NS, START_NS + HOUR_NS)}


def test_all_that_a_leaf_gave_is_found_again() -> None:
    judged = Judged().files()
    facts = {"closing": 1.0, "opening": 0.0}
    judged.batch(stream(LINE_1, 0, 9), stream(POWER, 0, 5), records=records())
    judged.batch(stream(LINE_1, 9, 3), records=[exchange(20, facts)])
    found = judged.store.lookup
    assert judged.store.cursor() == judged.position
    assert [row.channel for row in found.channels()] == [LINE_1, POWER]
    (line, _) = found.channels()
    assert (line.agent, line.last_quality) == ("gw-1", "good")
    assert line.head == HEADS[LINE_1]
    assert line.last_ms == (START_NS + 11 * HOUR_NS // 4) // 1_000_000
    assert {record.kind for record in found.records("gw-1", 10)} == {
        RecordKind.RESTART,
        RecordKind.GAP,
        RecordKind.CLOCK_STEP,
        RecordKind.EXCHANGE,
    }
    assert [record.at_ms for record in found.exchanges()] == [exchange(20, facts).at_ms]
    kinds = [kind for kind, _, _ in found.documents(("certificate", "confirmation"))]
    assert kinds == ["certificate"] * 3 + ["confirmation"] * 3
    whole = (START_NS // 1_000_000, START_NS // 1_000_000 + 86_400_000)
    assert [place.sequence for place in found.places(LINE_1, *whole, 10)] == [8, 9]
    assert [place.sequence for place in found.places(POWER, *whole, 10)] == [8]


def test_what_was_found_wrong_is_listed_with_its_place_latest_first() -> None:
    judged = Judged()
    judged.give(b"nonsense")
    judged.received_ns += 1
    judged.batch(stream("weifang/mill/energy", 0, 2))
    listed = judged.store.lookup.faults(10)
    assert [(place.sequence, fault.subject) for place, fault in listed] == [
        (1, "weifang/mill/energy"),
        (0, "leaf"),
    ]
    assert judged.store.lookup.faults(1) == listed[:1]
    assert judged.store.lookup.faulty() == {
        ("gw-1", judged.log.epoch, 0, "leaf"),
        ("gw-1", judged.log.epoch, 1, "weifang/mill/energy"),
    }


def test_a_late_older_reading_does_not_replace_the_last_one() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 5, 5))
    judged.batch(stream(LINE_1, 0, 3))
    (row,) = judged.store.lookup.channels()
    assert row.last_ms == (START_NS + 9 * HOUR_NS // 4) // 1_000_000


def test_nothing_of_a_leaf_is_kept_if_something_of_it_cannot_be(store: Store) -> None:
    where = Position(position=0, agent="gw-1", epoch="0" * 32, sequence=0, received_ns=2**70)
    judgement = Judgement(
        windows=windows_of_an_hour_or_two(),
        faults=[Fault(subject="leaf", code="E", message="too late", message_zh="太晚")],
    )
    with pytest.raises(OverflowError), store.transaction():
        store.keep(judgement, where)
    assert store.lookup.windows(LINE_1, *PERIOD) == []
    assert store.cursor() == 0


def test_something_late_is_remembered_until_it_is_settled(store: Store) -> None:
    assert not store.is_late()
    for position, late in enumerate((False, True, False)):
        where = Position(
            position=position, agent="gw-1", epoch="0" * 32, sequence=position, received_ns=1
        )
        store.keep(Judgement(late=late), where)
        assert store.is_late() == (position > 0)
        assert store.cursor() == position + 1
    store.settle({})
    assert not store.is_late()
    assert store.cursor() == 3


def test_warming_up_begins_at_the_first_open_hour_of_any_channel() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 0, 2))
    judged.batch(stream(LINE_2, 0, 2))
    assert judged.store.open_from() == 0
    judged.batch(stream(LINE_1, 2, 4))
    judged.batch(stream(LINE_1, 6, 4))
    assert judged.store.open_from() == 1
    empty = Judged()
    assert empty.store.open_from() == 0
    empty.give(b"nonsense")
    assert empty.store.open_from() == 1


def test_a_file_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "derived.sqlite"
    Store(lambda: sqlite3.connect(path)).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(StoreError, match=f"its version is {SCHEMA_VERSION + 1}") as refused:
        Store(lambda: sqlite3.connect(path))
    assert refused.value.code == "E_STORE"


def test_what_an_earlier_version_derived_goes_and_what_was_stated_stays(tmp_path: Path) -> None:
    path = tmp_path / "derived.sqlite"
    store = Store(lambda: sqlite3.connect(path))
    windows = windows_of_an_hour_or_two()
    for each in windows:
        store.keep_window(each)
    kept = store.state_activity(stated(windows), 1)
    store.close()
    db = sqlite3.connect(path)
    db.execute("DROP TABLE mean")
    db.execute("PRAGMA user_version=1")
    db.close()
    again = Store(lambda: sqlite3.connect(path))
    assert again.lookup.windows(LINE_1, *PERIOD) == []
    assert again.lookup.means(LINE_1, *PERIOD) == []
    assert again.cursor() == 0
    assert again.lookup.activity(kept.digest) == kept
    again.close()


def test_threads_that_open_a_new_store_at_once_all_find_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "derived.sqlite"
    failed: list[Exception] = []
    gate = threading.Barrier(6)

    def open_it() -> None:
        gate.wait()
        try:
            store = Store(lambda: sqlite3.connect(path, timeout=20.0))
            assert store.cursor() == 0
            store.close()
        except Exception as problem:  # noqa: BLE001 - told below
            failed.append(problem)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []


class Killed:
    """A connection whose process dies at its n-th statement, as kill -9 would have it."""

    def __init__(self, path: Path, statement: int) -> None:
        self._db = sqlite3.connect(path)
        self._left = statement

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._db.execute(sql, *parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize("statement", [2, 4, 5, 9, 14])
def test_a_kill_while_the_tables_are_made_leaves_all_of_them_or_none(
    tmp_path: Path, statement: int
) -> None:
    path = tmp_path / "derived.sqlite"
    child = os.fork()
    if child == 0:
        try:
            Store(lambda: Killed(path, statement))  # type: ignore[arg-type,return-value]
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    store = Store(lambda: sqlite3.connect(path))
    assert store.lookup.channels() == []
    store.close()


def test_what_is_stated_otherwise_names_what_it_supersedes_and_both_stay(store: Store) -> None:
    windows = windows_of_an_hour_or_two()
    first = store.state_activity(stated(windows), 1)
    assert first.supersedes is None
    assert store.state_activity(stated(windows), 2) == first
    changed = [msgspec.structs.replace(windows[0], value=1.0), windows[1]]
    second = store.state_activity(stated(changed), 3)
    assert second.supersedes == first.digest
    assert store.lookup.activity(first.digest) == first
    assert store.lookup.activity(second.digest) == second
    assert store.lookup.activity("0" * 64) is None


def test_forgetting_deletes_what_follows_from_the_ledger_and_no_statement() -> None:
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 9))
    judged.give(b"nonsense")
    datum = judged.store.state_activity(stated(judged.store.lookup.windows(LINE_1, *PERIOD)), 1)
    judged.store.forget()
    found = judged.store.lookup
    assert (judged.store.cursor(), judged.store.open_from()) == (0, 0)
    assert (found.channels(), found.faults(9), found.windows(LINE_1, *PERIOD)) == ([], [], [])
    assert found.documents(("certificate",)) == []
    assert found.activity(datum.digest) == datum


def test_what_is_true_again_stays_as_it_was_stated_first(tmp_path: Path) -> None:
    """A corrected certificate is corrected back: A, B, A. The first A is not another one for it."""
    store = Store(lambda: sqlite3.connect(tmp_path / "derived.sqlite"))
    first, other = (msgspec.structs.replace(A, digest=digest) for digest in ("a" * 64, "b" * 64))
    with store.transaction():
        assert store.state_activity(first, 10) == first
        second = store.state_activity(other, 20)
        assert second.supersedes == first.digest
        assert store.state_activity(first, 30) == first
        assert store.state_activity(first, 40) == first
    lookup = store.lookup
    assert lookup.activity(first.digest) == first
    assert lookup.stated_ns(first.digest) == 10
    period = A.period
    assert lookup.stated(A.channel, period.start, period.end) == [first]
    assert list(lookup.stated_before(30)) == [second]
    assert list(lookup.stated_before(31)) == [first]
    with store.transaction():
        third = store.state_activity(msgspec.structs.replace(A, digest="c" * 64), 30)
    assert third.supersedes == first.digest  # the clock stood still; the order is kept
    assert lookup.stated(A.channel, period.start, period.end) == [third]
    store.forget()
    assert lookup.newest(place_of(A)) == (third.digest, 31)
    store.close()
