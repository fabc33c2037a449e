"""An agent that invents names of channels begins no more series than it has room for."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from collector.views.influx_config import InfluxSection
from collector.views.influx_series import MOST_NAMED, Beyond, SeriesRoom
from collector.views.influx_state import InfluxState
from collector.views.influx_view import InfluxView
from tests.unit.collector.api.plant import GAS, LINE_1, Plant, batch, stream
from tests.unit.collector.api.plant import served as api
from tests.unit.collector.views.influx_bench import (
    Driven,
    driven,
    filled_plant,
    is_like_the_ledger,
    more,
    place_of,
)
from tests.unit.collector.views.influx_stub import Stub, served

INVENTED = 12


def invent(plant: Plant, count: int = INVENTED, first: int = 0) -> list[str]:
    """Readings of channels that a misconfigured agent makes up, one a leaf."""
    names = [f"jinan/made-up-{number:02d}/gas" for number in range(first, first + count)]
    told = stream(GAS, 0, 4)
    for name in names:
        head = msgspec.structs.replace(told.head, channel=name)
        own = msgspec.structs.replace(told, head=head)
        plant.take(plant.gw1, batch(plant.gw1, [own]))
    plant.judging.catch_up()
    return names


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = filled_plant(tmp_path, days=1)
    yield made
    made.close()


def section(stub: Stub, most: int = 5) -> InfluxSection:
    return InfluxSection(url=stub.url, series_per_agent=most)


def shown(stub: Stub) -> set[str]:
    return {each.tags["channel"] for each in stub.readings}


def left_out(view: Driven) -> list[Beyond]:
    return view.state.series.beyond(1_000)


def test_channels_beyond_an_agents_room_stay_in_the_ledger_and_are_named(plant: Plant) -> None:
    names = invent(plant)
    with served(Stub()) as stub, driven(plant, section(stub)) as view:
        view.settle()
        assert shown(stub) == {LINE_1, GAS, *names[:3]}
        assert [(each.channel, each.polls) for each in left_out(view)] == [
            (name, 4) for name in sorted(names[3:])
        ]
        more(plant, 100)  # the channels that are there go on
        view.settle()
        assert sum(each.tags["channel"] == LINE_1 for each in stub.readings) == 96 + 4
    assert set(names) <= {each.channel for each in plant.store.lookup.channels()}


def test_the_control_without_a_limit_in_reach_has_a_series_for_each(plant: Plant) -> None:
    names = invent(plant)
    with served(Stub()) as stub, driven(plant, section(stub, 100)) as view:
        view.settle()
        assert shown(stub) == {LINE_1, GAS, *names}
        assert is_like_the_ledger(stub, plant)
        assert left_out(view) == []


def test_what_was_left_out_differs_in_no_hour_and_is_not_offered_again(plant: Plant) -> None:
    invent(plant)
    with served(Stub()) as stub, driven(plant, section(stub)) as view:
        view.settle()
        before, written = left_out(view), len(stub.readings)
        for _ in range(3):
            view.an_hour_later()
            view.settle()
        assert left_out(view) == before
        assert (view.state.unhealed_count(), view.state.aside_count()) == (0, 0)
        stub.points.clear()  # a database that lost everything is given the same again
        view.an_hour_later()
        view.settle()
        assert len(stub.readings) == written
        assert left_out(view) == before


def test_a_restart_remembers_which_series_there_are(plant: Plant) -> None:
    names = invent(plant)
    with served(Stub()) as stub:
        for _ in range(2):
            with driven(plant, section(stub)) as view:
                view.settle()
                assert len(shown(stub)) == 5
            invent(plant, 4, first=INVENTED)
            more(plant, 100)
        with driven(plant, section(stub)) as view:
            view.settle()
            assert shown(stub) == {LINE_1, GAS, *names[:3]}


def test_written_anew_with_more_room_all_is_there(plant: Plant) -> None:
    invent(plant)
    with served(Stub()) as stub:
        with driven(plant, section(stub)) as view:
            view.settle()
        with driven(plant, section(stub, 50)) as view:
            view.settle()
            assert len(shown(stub)) == 5  # what was passed by does not come by itself
            view.state.forget(section(stub).target)
            view.settle()
            assert is_like_the_ledger(stub, plant)
            assert left_out(view) == []


def test_the_view_says_which_agent_and_the_quarantine_names_the_channels(plant: Plant) -> None:
    invent(plant)
    with served(Stub()) as stub:
        with driven(plant, section(stub)) as driving:
            driving.settle()
        view = InfluxView(place_of(plant, section(stub)))
        seen = view.seen(plant.store.cursor())
        assert (seen.code, seen.aside) == ("E_INFLUX_SERIES", 4 * (INVENTED - 3))
        assert "agent 'gw-1' has more than 5 series: 36 readings" in seen.message
        named = view.set_aside(100)
        assert {each.code for each in named} == {"E_INFLUX_SERIES"}
        assert [each.site for each in named] == ["jinan"] * (INVENTED - 3)
        parts = replace(plant.parts(), views=(view,))
        answer = api(parts).get("/api/v1/quarantine")
        assert answer.text.count("E_INFLUX_SERIES") == INVENTED - 3
        parts.sources.close()


def test_names_beyond_a_thousand_are_counted_together(tmp_path: Path) -> None:
    with closing(InfluxState(tmp_path)) as state:
        beyond = {
            ("gw-1", f"jinan/a/{n}"): Beyond("gw-1", f"jinan/a/{n}", "e", n, 2)
            for n in range(MOST_NAMED + 50)
        }
        state.series.count(beyond)
        state.series.count(beyond)
        found = state.series.beyond(10_000)
        assert len(found) == MOST_NAMED + 1
        assert found[0].channel == ""
        assert found[0].polls == 50 * 2 * 2
        assert state.series.agents_beyond() == [("gw-1", (MOST_NAMED + 50) * 4)]


def test_room_is_of_each_agent_and_what_is_known_needs_none(tmp_path: Path) -> None:
    with closing(InfluxState(tmp_path)) as state:
        room = SeriesRoom(state.series, 2)
        assert [room.admits("gw-1", name) for name in "abca"] == [True, True, False, True]
        assert room.admits("gw-2", "c")
        room.keep()
        again = SeriesRoom(state.series, 1)
        assert [again.admits("gw-1", name) for name in "abc"] == [True, True, False]
