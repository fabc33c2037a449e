"""A database that is down, slow, full, wiped or lying; each with its negative control.

The truth is the ledger: afterwards each of its points is in the database once, to the last digit.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from collector.views import influx_lines, influx_plain
from collector.views.influx_config import InfluxSection
from collector.views.influx_errors import (
    InfluxAbsentError,
    InfluxBusyError,
    InfluxRefusedError,
    InfluxUnreachableError,
)
from collector.views.influx_following import Following, Portion
from collector.views.influx_state import Cursor
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.views.influx_bench import (
    Driven,
    driven,
    filled_plant,
    is_like_the_ledger,
    more,
    truth,
)
from tests.unit.collector.views.influx_stub import HangUpError, Stub, Told, served
from tests.unit.collector.views.influx_versions import SPEECH
from tests.unit.collector.views.line_protocol import Read


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = filled_plant(tmp_path)
    yield made
    made.close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    with served(Stub()) as made:
        yield made


def section(stub: Stub, **more: str | float) -> InfluxSection:
    return InfluxSection(url=stub.url, timeout_s=1.0, **more)  # type: ignore[arg-type]


@pytest.fixture
def view(plant: Plant, stub: Stub) -> Iterator[Driven]:
    with driven(plant, section(stub)) as made:
        yield made


@pytest.mark.parametrize("major", SPEECH)
def test_each_version_is_found_and_gets_each_reading_once(plant: Plant, major: str) -> None:
    with served(Stub(major=major)) as stub, driven(plant, section(stub, org="works")) as view:
        assert view.server.version.lstrip("v").startswith(major[0])
        view.settle()
        assert is_like_the_ledger(stub, plant)
        assert view.following.lag() == 0
        assert view.state.unhealed_count() == view.state.aside_count() == 0


def test_written_twice_is_written_once(plant: Plant, stub: Stub, view: Driven) -> None:
    view.settle()
    view.state.forget(section(stub).target)
    view.settle()
    assert is_like_the_ledger(stub, plant)


def test_stamps_that_do_not_follow_from_the_reading_would_double_them(
    plant: Plant, stub: Stub, view: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a stamp of the moment it is written."""
    turn = count()
    for module in (influx_lines, influx_plain):
        monkeypatch.setattr(module, "stamp", lambda at_ns, _poll: at_ns + next(turn))
    for _ in range(2):
        view.state.forget(section(stub).target)
        while view.following.write_next(view.server) is not None:
            pass
    assert len(stub.readings) == 2 * len(truth(plant))


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ((500, {}, b'{"error":"engine: no space left on device"}'), InfluxBusyError),
        ((503, {}, b""), InfluxBusyError),
        ((429, {"Retry-After": "7"}, b""), InfluxBusyError),
        ((401, {}, b'{"error":"unauthorized"}'), InfluxRefusedError),
        ((403, {}, b""), InfluxRefusedError),
        ((404, {}, b'{"error":"database not found"}'), InfluxAbsentError),
    ],
)
def test_an_answer_that_takes_nothing_leaves_the_cursor_where_it_is(
    plant: Plant, stub: Stub, view: Driven, told: Told, error: type[InfluxBusyError]
) -> None:
    stub.fault = lambda _, path, __: told if path == "/write" else None
    with pytest.raises(error) as wrong:
        view.course.step()
    assert wrong.value.retry_after_s == (7.0 if told[0] == 429 else None)
    assert view.state.next(section(stub).target) == 0
    stub.fault = lambda *_: None
    view.settle()
    assert is_like_the_ledger(stub, plant)


def test_a_cursor_that_moved_all_the_same_would_lose_them(
    plant: Plant, stub: Stub, view: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: an error that is swallowed, as batching clients do."""
    swallowing(monkeypatch)
    stub.fault = lambda _, path, __: (500, {}, b"") if path == "/write" else None
    view.course.step()
    stub.fault = lambda *_: None
    while view.following.write_next(view.server) is not None:
        pass
    assert not is_like_the_ledger(stub, plant)


def swallowing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every answer to a write taken for a good one."""
    monkeypatch.setattr(Portion, "write", counted_only)


def counted_only(portion: Portion, server: object, _name: str) -> int:
    server.write(b"\n".join(point.line for point in portion.points))  # type: ignore[attr-defined]
    return len(portion.points)


def test_a_server_that_never_answers_is_given_up_and_gets_everything_later(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    def silent(_stub: Stub, path: str, _body: bytes) -> Told | None:
        if path == "/write":
            raise HangUpError
        return None

    stub.fault = silent
    with pytest.raises(InfluxUnreachableError):
        view.course.step()
    stub.fault = lambda *_: None
    view.settle()
    assert is_like_the_ledger(stub, plant)


def test_one_bad_line_is_set_aside_by_name_and_offered_again_each_hour(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    stub.bad = lambda point: point.fields["poll"] == 17 and point.tags["channel"] == LINE_1
    view.settle()
    (aside,) = view.state.aside(10)
    assert (aside.agent, aside.poll, aside.channel, aside.code) == (
        "gw-1",
        17,
        LINE_1,
        "E_INFLUX_LINE",
    )
    assert view.state.aside_count() == 1
    assert len(stub.readings) == len(truth(plant)) - 1
    assert view.state.unhealed_count() == 0
    stub.bad = lambda _: False
    view.an_hour_later()
    view.settle()
    assert view.state.aside(10) == []
    assert view.state.aside_count() == 0
    assert is_like_the_ledger(stub, plant)


def test_a_body_that_is_too_large_is_split(plant: Plant, stub: Stub, view: Driven) -> None:
    stub.fault = lambda _, __, body: (413, {}, b"") if len(body) > 3000 else None
    view.settle()
    assert is_like_the_ledger(stub, plant)


def test_a_wiped_database_is_found_and_healed_within_the_hour(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    view.settle()
    stub.points.clear()
    view.settle()
    assert stub.points == {}  # the control: nothing is found before it is compared
    view.an_hour_later()
    view.settle()
    assert is_like_the_ledger(stub, plant)
    assert view.state.unhealed_count() == 0
    assert {each.sign for each in view.state.differed(1000)} == {"missing"}


def test_a_database_that_was_dropped_is_made_again_by_the_next_connection(
    plant: Plant, stub: Stub
) -> None:
    with driven(plant, section(stub)) as view:
        view.settle()
        stub.databases.clear()
        stub.points.clear()
        more(plant, 200)
        with pytest.raises(InfluxAbsentError):
            view.course.step()
    with driven(plant, section(stub)) as view:
        view.settle()
        assert is_like_the_ledger(stub, plant)


def lie(stub: Stub, every: int) -> None:
    """Has it answer 204 and drop each n-th point of what it takes."""
    turn = count()
    stub.forgets = lambda _: not next(turn) % every


def test_a_liar_that_drops_what_it_takes_is_found_and_healed(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    lie(stub, 10)
    while view.following.write_next(view.server) is not None:
        pass
    assert view.following.lag() == 0
    assert not is_like_the_ledger(stub, plant)  # the control: 204 alone shows nothing
    for _ in range(12):
        view.settle()
        view.an_hour_later()
    assert is_like_the_ledger(stub, plant)
    assert view.state.unhealed_count() == 0


def test_a_liar_that_drops_everything_stays_named(plant: Plant, stub: Stub, view: Driven) -> None:
    lie(stub, 1)
    view.settle()
    assert view.following.lag() == 0
    assert view.state.unhealed_count() == len(
        {(p.channel, p.at_ns // 3_600_000_000_000) for p in truth(plant)}
    )


def test_an_altered_value_is_found_and_written_again(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    view.settle()
    key, point = next((k, p) for k, p in stub.points.items() if "value" in p.fields)
    stub.points[key] = point._replace(fields={**point.fields, "value": 0.0})
    view.an_hour_later()
    view.settle()
    assert is_like_the_ledger(stub, plant)
    assert [each.sign for each in view.state.differed(9)] == ["altered"]


def test_a_point_of_somebody_else_is_named_and_left_alone(stub: Stub, view: Driven) -> None:
    view.settle()
    point = next(iter(stub.points.values()))
    foreign = Read(point.measurement, point.tags, {"present": 1, "value": 9.0}, point.stamp + 1)
    stub.points[foreign.key] = foreign
    view.an_hour_later()
    view.settle()
    assert foreign.key in stub.points
    (named,) = view.state.differed(9)
    assert (named.sign, named.healed) == ("foreign", 0)


def test_a_database_that_cannot_be_asked_is_written_all_the_same(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    """VictoriaMetrics takes lines and knows no InfluxQL: nobody can tell what it holds."""
    stub.fault = lambda _, path, __: (400, {}, b"unsupported") if path == "/query" else None
    view.settle()
    more(plant, 200)
    view.settle()
    assert is_like_the_ledger(stub, plant)
    assert view.course.uncompared is not None
    assert view.course.uncompared.code == "E_INFLUX_SPEECH"


def test_a_ledger_that_is_another_one_is_written_from_the_beginning(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    view.settle()
    target = section(stub).target
    at = view.state.cursor(target)
    assert view.state.move_on(at, Cursor(at.next, b"another root"), {}, [])
    stub.points.clear()
    view.settle()
    assert is_like_the_ledger(stub, plant)


def test_what_the_database_does_not_keep_is_not_written(plant: Plant, stub: Stub) -> None:
    keeping = section(stub, keep_days=9)
    with driven(plant, keeping) as view:  # the clock stands ten days after the first reading
        view.settle()
        since_ns = view.clock.now_ns() - 9 * 86_400_000_000_000
        due = [each for each in truth(plant) if each.at_ns >= since_ns]
        assert 0 < len(stub.readings) == len(due) < len(truth(plant))
        assert view.state.unhealed_count() == 0


def test_a_cursor_kept_by_another_process_is_not_overrun(
    plant: Plant, stub: Stub, view: Driven
) -> None:
    with driven(plant, section(stub)) as other:
        before = view.following.cursor()
        other.settle()
        assert not view.state.move_on(before, Cursor(1, b"x"), {}, [])
        view.settle()
    assert is_like_the_ledger(stub, plant)
    assert Following is type(view.following)
