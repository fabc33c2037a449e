"""A small plant's ledger, and an InfluxDB view of it that is driven step by step."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.ledger_read import read_ledger
from collector.views.influx_config import InfluxSection
from collector.views.influx_course import Course
from collector.views.influx_following import Following, Sources
from collector.views.influx_lines import Point, points
from collector.views.influx_server import Secrets, Server, connect
from collector.views.influx_state import InfluxState
from collector.views.influx_view import Place
from collector.views.rows import judged_leaves
from evidence.clock import SteppedClock
from tests.unit.collector.api.plant import GAS, LINE_1, POWER, START_NS, Plant, batch, stream
from tests.unit.collector.views.influx_stub import Stub

NS_PER_S = 1_000_000_000


def filled_plant(folder: Path, days: int = 2) -> Plant:
    """A plant with some days of three channels, judged."""
    plant = Plant(folder)
    plant.log_profile()
    for first in range(0, 96 * days, 24):
        streams = [stream(LINE_1, first, 24, [first + 3]), stream(GAS, first, 24)]
        plant.take(plant.gw1, batch(plant.gw1, streams))
    plant.judging.catch_up()
    return plant


def more(plant: Plant, first: int, count: int = 4) -> None:
    """Some polls more, judged."""
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, first, count)]))
    plant.judging.catch_up()


def place_of(plant: Plant, section: InfluxSection) -> Place:
    return Place(
        section=section,
        collector="works",
        state_dir=plant.folder,
        secrets=Secrets,
        open_store=plant.open_store,
        open_ledger=lambda: read_ledger(plant.folder),
        clock=plant.bench.clock,
    )


def truth(plant: Plant) -> list[Point]:
    """The points that the ledger gives now."""
    with read_ledger(plant.folder) as ledger:
        return [
            each
            for leaf in judged_leaves(ledger, plant.store, 0)
            for each in points(leaf)
            if isinstance(each, Point)
        ]


def is_like_the_ledger(stub: Stub, plant: Plant) -> bool:
    """Whether each point of the ledger is there once, to the last digit, and no other is."""
    due = {(each.channel, each.at_ns): each.value for each in truth(plant)}
    held = Counter((each.tags["channel"], each.stamp) for each in stub.readings)
    found = {(each.tags["channel"], each.stamp): each.fields.get("value") for each in stub.readings}
    return due == found and set(held.values()) <= {1}


@dataclass(slots=True, kw_only=True)
class Driven:
    """A view without a thread: one connection, its parts, and a clock that is set by hand."""

    server: Server
    state: InfluxState
    following: Following
    course: Course
    clock: SteppedClock

    def settle(self, most: int = 500) -> None:
        """Steps until there is nothing left to do now."""
        for _ in range(most):
            if not self.course.step():
                return
        raise AssertionError("it does not come to an end")

    def an_hour_later(self) -> None:
        """The next round is due."""
        self.clock.advance(3601 * NS_PER_S)


@contextmanager
def driven(plant: Plant, section: InfluxSection) -> Iterator[Driven]:
    ledger, state = read_ledger(plant.folder), InfluxState(plant.folder)
    sources = Sources(ledger=ledger, store=plant.store)
    following = Following(sources, state, section)
    server = connect(section, Secrets())
    clock = SteppedClock(START_NS + 10 * 86_400 * NS_PER_S)
    try:
        yield Driven(
            server=server,
            state=state,
            following=following,
            course=Course(server, following, state, section, clock),
            clock=clock,
        )
    finally:
        server.close()
        state.close()
        ledger.close()


__all__ = ["POWER", "Driven", "driven", "filled_plant", "more", "place_of", "truth"]
