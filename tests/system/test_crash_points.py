"""Crash points stand in the product's code, and each is passed in a run."""

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.crash_points import AGENT, COLLECTOR, RELOG, ROOMS, SALVAGE, Point, point_of
from tests.faults.defences_off import take_away
from tests.system.kills import LAUNCHER, begun, flowing, mosquitto
from tests.system.programs import require_mosquitto
from tests.system.salvage_kills import damage
from tests.system.works import until

EVERY = [(room, point) for room, points in ROOMS.items() for point in points]


@pytest.mark.parametrize(("room", "point"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_a_point_stands_at_a_function_of_the_product(room: str, point: Point) -> None:
    owner, name = point.place()
    function = getattr(owner, name)
    assert callable(function)
    assert not inspect.iscoroutinefunction(function), "its return is not its end"
    assert point_of(room, point.name) is point
    assert point.most >= 1


def test_there_are_points_enough_on_each_path() -> None:
    assert len(COLLECTOR) >= 20
    assert len(AGENT) >= 12
    for points in ROOMS.values():
        assert len({point.name for point in points}) == len(points)


def test_what_is_no_point_or_defence_is_refused() -> None:
    with pytest.raises(LookupError):
        point_of("agent", "nowhere")
    with pytest.raises(LookupError):
        take_away("nothing")


def test_every_point_is_passed_in_a_run(
    require: Callable[[str, str], None], tmp_path: Path
) -> None:
    require_mosquitto(require)
    passed = {room: tmp_path / f"passed-{room}" for room in ROOMS}

    def lacking(room: str, points: tuple[Point, ...]) -> set[str]:
        log = passed[room]
        there = set(log.read_text().split()) if log.exists() else set()
        return {point.name for point in points} - there

    with flowing(tmp_path, mosquitto(tmp_path)) as works:
        for command, log in (
            (works.agent, passed["agent"]),
            (works.collector, passed["collector"]),
        ):
            command.module, command.env["PASS_LOG"] = LAUNCHER, str(log)
        begun(works, 0)
        until(lambda: not lacking("collector", COLLECTOR), "every point was passed")
        until(lambda: not lacking("agent", AGENT), "every point was passed")
        works.collector.kill()
        works.polled(20)
        works.agent.kill()
        damage(works)
        works.agent.start()
        until(lambda: not lacking("agent", (*SALVAGE, *RELOG)), "every point was passed")
