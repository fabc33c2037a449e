"""What the InfluxDB view remembers, and `collector rebuild influx`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector.cli import collector
from collector.opening import DERIVED, open_store
from collector.views.influx_command import span_asked
from collector.views.influx_errors import InfluxPeriodError, InfluxStateError
from collector.views.influx_file import STATE
from collector.views.influx_hours import Counted
from collector.views.influx_state import MOST_ASIDE, Aside, Cursor, InfluxState
from evidence.errors import TimestampError
from tests.unit.collector.api.plant import LINE_1, START_NS, Plant
from tests.unit.collector.test_cli import initialised
from tests.unit.collector.views.influx_bench import filled_plant, is_like_the_ledger, truth
from tests.unit.collector.views.influx_stub import Stub, served

HOUR_NS = 3_600_000_000_000
KEY = (LINE_1, START_NS)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[InfluxState]:
    with closing(InfluxState(tmp_path)) as made:
        yield made


def test_another_target_is_written_from_the_beginning(state: InfluxState) -> None:
    before = state.cursor("a")
    assert state.move_on(before, Cursor(7, b"root"), {KEY: Counted(polls=1)}, [])
    assert state.cursor("a") == Cursor(7, b"root")
    assert state.next("b") == 0
    assert state.next("a") == 7  # asking changed nothing
    assert state.cursor("b") == Cursor(0, b"")
    assert state.days() == []


def test_what_is_written_adds_up_and_what_is_written_again_replaces(state: InfluxState) -> None:
    at = state.cursor("a")
    for value in (1.0, 2.5):
        after = Cursor(at.next + 1, b"r")
        assert state.move_on(at, after, {KEY: Counted().with_poll(value)}, [])
        at = after
    day = START_NS - START_NS % (24 * HOUR_NS)
    assert state.expected(day)[KEY] == Counted(polls=2, readings=2, total=3.5, magnitude=3.5)
    assert state.rewritten(at, {KEY: Counted().with_poll(None)}, [])
    assert state.expected(day)[KEY] == Counted(polls=1)


def test_a_day_is_due_once_in_a_round(state: InfluxState) -> None:
    state.move_on(state.cursor("a"), Cursor(1, b"r"), {KEY: Counted(polls=1)}, [])
    assert state.due_day() is None
    state.begin_round(0)
    day = state.due_day()
    assert day == START_NS - START_NS % (24 * HOUR_NS)
    state.compared(day, [], [], 1)
    assert state.due_day() is None
    state.begin_round(0)
    assert state.due_day() is None  # it did not change
    state.begin_round(1)
    assert state.due_day() == day  # it was not compared for longest


def test_refused_lines_are_kept_by_name_up_to_a_limit(state: InfluxState) -> None:
    rows = [Aside("gw", "e", 0, poll, *KEY, "E", "m") for poll in range(MOST_ASIDE + 5)]
    state.move_on(state.cursor("a"), Cursor(1, b"r"), {KEY: Counted(aside=len(rows))}, rows)
    assert len(state.aside(10**6)) == MOST_ASIDE
    assert state.aside(1) == [rows[-1]]
    assert state.aside_count() == len(rows)


def test_a_state_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    InfluxState(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / STATE)) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(InfluxStateError, match="99"):
        InfluxState(tmp_path)


def test_a_period_is_asked_for_in_days_or_instants() -> None:
    day_ns = 24 * HOUR_NS
    assert span_asked(None, None) == (0, 2**63)
    assert span_asked("1970-01-02", "1970-01-03") == (day_ns, 3 * day_ns)
    assert span_asked("1970-01-01T01:00:00Z", "1970-01-01T02:00:00Z") == (HOUR_NS, 2 * HOUR_NS)
    with pytest.raises(InfluxPeriodError):
        span_asked("1970-01-03", "1970-01-01")
    with pytest.raises(TimestampError):
        span_asked("yesterday", None)


@pytest.fixture
def works(tmp_path: Path) -> Iterator[tuple[Plant, Path]]:
    """A plant in a collector's folder, and the configuration's path."""
    config = initialised(tmp_path)
    plant = filled_plant(config.state_dir)
    plant.store.close()
    (config.state_dir / "derived.db").rename(config.state_dir / DERIVED)
    plant.store = open_store(config.state_dir)
    yield plant, tmp_path / "collector.toml"
    plant.close()


def test_a_wiped_database_is_rebuilt_by_command_as_a_whole_or_in_part(
    works: tuple[Plant, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    plant, config = works
    rebuild = ["rebuild", "influx", "--config", str(config)]
    assert collector(rebuild) == 78
    assert "E_INFLUX_NOT_SET" in capsys.readouterr().err
    with served(Stub()) as stub:
        config.write_text(f'{config.read_text()}\n[influx]\nurl = "{stub.url}"\n')
        assert collector(rebuild) == 0
        assert is_like_the_ledger(stub, plant)
        assert f"{len(truth(plant))} readings and misses written, 0 not taken, 0 hours" in (
            capsys.readouterr().err
        )
        second = [key for key, each in stub.points.items() if each.stamp >= START_NS + HOUR_NS * 24]
        for key in second:
            del stub.points[key]
        writes = stub.writes()
        asked = ["--from", "2026-03-30T16:00:00Z", "--until", "2026-04-05"]
        assert collector([*rebuild, *asked]) == 0
        assert is_like_the_ledger(stub, plant)
        assert writes < stub.writes() < writes + 10


def test_a_rebuild_that_cannot_reach_the_database_says_so(
    works: tuple[Plant, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _, config = works
    config.write_text(f'{config.read_text()}\n[influx]\nurl = "http://127.0.0.1:9"\n')
    assert collector(["rebuild", "influx", "--config", str(config)]) == 78
    told = capsys.readouterr().err
    assert told.count("E_INFLUX_UNREACHABLE") == 2  # in both languages
