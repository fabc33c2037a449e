"""What could hold the view up, or hide that it is: each was found by reading it as a stranger."""

import sqlite3
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.views.influx_config import InfluxSection
from collector.views.influx_file import SCHEMA_VERSION, STATE, STEPS
from collector.views.influx_hours import NS_PER_DAY, Counted, Key
from collector.views.influx_server import Secrets, connect
from collector.views.influx_state import MOST_HEALED, Aside, Cursor, InfluxState
from collector.views.influx_view import InfluxView
from tests.contract.mosquitto import until
from tests.unit.collector.api.plant import LINE_1, START_NS, Plant
from tests.unit.collector.views.influx_bench import (
    Driven,
    driven,
    filled_plant,
    is_like_the_ledger,
    more,
    place_of,
    truth,
)
from tests.unit.collector.views.influx_stub import HOUR_NS, Fault, Stub, Told, served
from tests.unit.collector.views.line_protocol import Read
from tests.unit.collector.views.test_influx_view import speaking

DAY_1 = START_NS - START_NS % NS_PER_DAY


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = filled_plant(tmp_path)
    yield made
    made.close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    with served(Stub()) as made:
        yield made


@pytest.fixture
def view(plant: Plant, stub: Stub) -> Iterator[Driven]:
    with driven(plant, InfluxSection(url=stub.url, timeout_s=1.0)) as made:
        yield made


def test_a_view_that_is_never_abreast_compares_all_the_same(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    view.settle()
    lost = next(iter(stub.points))
    del stub.points[lost]
    view.an_hour_later()
    for turn in range(12):  # there is something to write before each step
        more(plant, 200 + 4 * turn)
        assert view.course.step()
    assert lost in stub.points


def query_of_day(day_ns: int, told: Told) -> Fault:
    def fault(stub: Stub, path: str, _body: bytes) -> Told | None:
        asked = stub.queries[-1] if path == "/query" and stub.queries else ""
        return told if f"time >= {day_ns} " in asked else None

    return fault


def test_a_day_that_cannot_be_compared_holds_up_no_other(stub: Stub, view: Driven) -> None:
    view.settle()
    latest = max(view.state.days())
    lost = next(key for key, each in stub.points.items() if each.stamp < latest)
    del stub.points[lost]
    stub.fault = query_of_day(latest, (500, {}, b"query timed out"))
    for _ in range(4):
        view.an_hour_later()
        view.settle()
    assert lost in stub.points
    assert view.course.uncompared is not None
    assert view.course.uncompared.code == "E_INFLUX_BUSY"
    stub.fault = lambda *_: None
    view.an_hour_later()
    view.settle()
    assert view.course.uncompared is None


def test_an_answer_that_is_cut_off_is_asked_for_by_halves(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    hours, asked = stub.hours, []

    def cut_off(start_ns: int, end_ns: int) -> Mapping[str, Any]:
        asked.append(end_ns - start_ns)
        found = hours(start_ns, end_ns)
        if end_ns - start_ns > 3 * HOUR_NS:
            return {**found, "partial": True}
        return found

    stub.hours = cut_off  # type: ignore[method-assign, assignment]
    view.settle()
    assert is_like_the_ledger(stub, plant)
    assert (min(asked), max(asked)) == (3 * HOUR_NS, 24 * HOUR_NS)
    assert view.state.unhealed_count() == 0
    assert view.course.uncompared is None


def test_a_reading_that_is_missing_behind_foreign_ones_is_written_again_once(
    stub: Stub, view: Driven
) -> None:
    view.settle()
    lost, point = next(iter(stub.points.items()))
    for ahead in (1, 2):
        foreign = Read(point.measurement, point.tags, {"present": 1}, point.stamp + ahead)
        stub.points[foreign.key] = foreign
    del stub.points[lost]
    writes = []
    for _ in range(3):
        view.an_hour_later()
        before = stub.writes()
        view.settle()
        writes.append(stub.writes() - before)
    assert lost in stub.points
    assert [each.sign for each in view.state.differed(9)] == ["foreign"]
    assert writes == [1, 0, 0]


def test_hours_that_another_process_wrote_meanwhile_are_not_counted_too_low(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    view.settle()
    stub.points.clear()
    rewritten, state = view.state.rewritten, view.state

    def overtaken(at: Cursor, written: Mapping[Key, Counted], aside: Iterable[Aside]) -> bool:
        state.rewritten = rewritten  # type: ignore[method-assign]
        more(plant, 192)
        with driven(plant, InfluxSection(url=stub.url)) as other:
            other.following.write_next(other.server)
        return rewritten(at, written, aside)

    view.state.rewritten = overtaken  # type: ignore[method-assign]
    view.an_hour_later()
    view.settle()
    assert is_like_the_ledger(stub, plant)
    assert view.state.unhealed_count() == 0
    assert {each.sign for each in view.state.differed(999)} == {"missing"}


def test_a_peer_that_sends_its_headers_without_end_is_named_while_it_does(plant: Plant) -> None:
    with speaking(b"H", stay=True, each_s=0.2) as url:
        view = InfluxView(place_of(plant, InfluxSection(url=url, timeout_s=1.0)))
        view.start()
        until(lambda: view.seen(plant.store.cursor()).code == "E_INFLUX_SLOW")
        assert view.seen(plant.store.cursor()).lag_leaves == plant.store.cursor()
    view.stop()


def test_a_state_file_that_is_damaged_while_it_is_used_is_made_anew(
    plant: Plant, stub: Stub
) -> None:
    view = InfluxView(place_of(plant, InfluxSection(url=stub.url)))
    view.start()
    until(lambda: is_like_the_ledger(stub, plant))
    path = plant.folder / STATE
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    more(plant, 200)
    view.wake()
    until(lambda: is_like_the_ledger(stub, plant))
    until(lambda: not view.seen(plant.store.cursor()).code)
    view.stop()


def test_a_mistake_of_the_software_is_shown_and_does_not_end_the_view(
    plant: Plant, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("collector.views.influx_following.points", broken)
        view = InfluxView(place_of(plant, InfluxSection(url=stub.url)))
        view.start()
        until(lambda: view.seen(plant.store.cursor()).code == "E_INFLUX_FAILED")
    until(lambda: is_like_the_ledger(stub, plant))
    view.stop()


def test_what_was_refused_before_what_the_database_keeps_is_forgotten(
    plant: Plant, stub: Stub
) -> None:
    stub.bad = lambda point: point.fields.get("poll") == 5
    with driven(plant, InfluxSection(url=stub.url, keep_days=11)) as view:
        view.settle()
        assert view.state.aside_count() == 2
        for _ in range(30):
            view.an_hour_later()
        view.settle()
        assert view.state.aside_count() == 0
        assert view.state.aside(9) == []
        assert len(truth(plant)) > len(stub.readings)


def test_a_state_of_the_first_version_is_brought_up_and_goes_on(tmp_path: Path) -> None:
    script = Path(__file__).parents[4] / "collector/views" / STEPS[0]
    with closing(sqlite3.connect(tmp_path / STATE)) as db:
        db.executescript(script.read_text("utf-8"))
        db.execute("INSERT INTO cursor VALUES (1,'a',7,x'00')")
        db.execute("PRAGMA user_version=1")
        db.commit()
    with closing(InfluxState(tmp_path)) as state:
        assert state.next("a") == 7
    with closing(sqlite3.connect(tmp_path / STATE)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_questions_that_are_asked_at_each_look_walk_over_no_table(tmp_path: Path) -> None:
    with closing(InfluxState(tmp_path)):
        pass
    with closing(sqlite3.connect(tmp_path / STATE)) as db:
        for text in (
            "SELECT coalesce(sum(aside), 0) FROM tally WHERE aside>0",
            "SELECT count(*) FROM difference WHERE healed=0",
            "DELETE FROM aside WHERE channel='a' AND start_ns=0",
        ):
            plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {text}"))
            assert "INDEX" in plan, plan


def test_hours_that_were_mended_are_kept_by_name_up_to_a_limit(tmp_path: Path) -> None:
    with closing(InfluxState(tmp_path)) as state:
        with state._file.transaction():
            state._file.each(
                "INSERT INTO difference VALUES ('a',?,'missing',1,0,?,1)",
                [(hour * HOUR_NS, hour) for hour in range(MOST_HEALED + 50)],
            )
            state._forget_healed()
        assert len(state.differed(10**6)) == MOST_HEALED


def test_an_account_may_have_a_password_in_any_script() -> None:
    seen: list[str] = []

    class Listening(Stub):
        def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Told:
            seen.append(headers.get("Authorization", ""))
            return super().answer(method, target, headers, body)

    with served(Listening()) as stub:
        section = InfluxSection(url=stub.url, username="计量")
        connect(section, Secrets(password="密码")).close()  # noqa: S106 - a test's
    assert {b64decode(each.removeprefix("Basic ")).decode() for each in seen} == {"计量:密码"}


def test_what_is_noted_of_hours_needs_the_cursor_it_was_read_at(tmp_path: Path) -> None:
    with closing(InfluxState(tmp_path)) as state:
        at = state.cursor("a")
        aside = [Aside("gw", "e", 0, 1, LINE_1, DAY_1, "E", "m")]
        assert state.move_on(at, Cursor(3, b"r"), {(LINE_1, DAY_1): Counted(aside=1)}, aside)
        assert not state.rewritten(at, {(LINE_1, DAY_1): Counted(polls=9)}, [])
        assert state.aside(9) == aside
        assert state.expected(DAY_1)[LINE_1, DAY_1].polls == 0


def test_a_line_about_the_view_that_is_refused_holds_up_no_reading(
    plant: Plant, stub: Stub
) -> None:
    stub.bad = lambda point: point.measurement == "view"
    view = InfluxView(place_of(plant, InfluxSection(url=stub.url)))
    view.start()
    until(lambda: is_like_the_ledger(stub, plant))
    more(plant, 200)
    view.wake()
    until(lambda: is_like_the_ledger(stub, plant))
    assert not view.seen(plant.store.cursor()).code
    view.stop()
