"""Rows of views: those of streams that were judged good, and no others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.indication import MissReason, Quality
from collector.api.page import Question, page
from collector.api.pool import Sources
from collector.api.reading import MissedReading, Reading
from collector.views.rows import JudgedLeaf, StreamRows, judged_leaves
from evidence.clock import utc_text
from tests.unit.collector.api.plant import GAS, LINE_1, MILL, POWER, START_NS, TEMPERATURE, Plant

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    made = Plant(tmp_path_factory.mktemp("rows"))
    made.fill()
    yield made
    made.close()


def leaves_of(plant: Plant, position: int = 0) -> list[JudgedLeaf]:
    return list(judged_leaves(plant.ledger, plant.store, position))


def streams_of(plant: Plant, channel: str) -> list[StreamRows]:
    return [each for leaf in leaves_of(plant) for each in leaf.streams if each.channel == channel]


@pytest.mark.parametrize("channel", [LINE_1, POWER, GAS, TEMPERATURE, MILL])
def test_rows_are_what_the_interface_shows_of_the_channel(plant: Plant, channel: str) -> None:
    start_ms = START_NS // 1_000_000
    question = Question(channel=channel, start_ms=start_ms, end_ms=start_ms + 5 * DAY_MS)
    sources = Sources(store=plant.store, ledger=plant.ledger)
    shown = page(sources, question, None, 10_000).readings
    readings = {(row.at, row.sequence, row.leaf): row for row in shown if isinstance(row, Reading)}
    quarantined = {key for key, row in readings.items() if row.quality == Quality.QUARANTINED}
    missed = {(row.at, row.reason) for row in shown if isinstance(row, MissedReading)}
    streams = streams_of(plant, channel)
    met = set()
    for stream in streams:
        for row in stream.readings():
            key = (utc_text(row.at_ns), row.poll, stream.place.sequence)
            same = readings[key]
            met.add(key)
            assert (same.agent, same.epoch) == (stream.place.agent, stream.place.epoch)
            assert (same.indication, same.value) == (row.indication, row.value)
            assert (same.quality, same.unit) == (row.quality, stream.unit)
            assert (same.standard_uncertainty is None) == (row.standard_uncertainty is None)
            assert (same.standard_uncertainty or 0.0) == pytest.approx(
                row.standard_uncertainty or 0.0, rel=1e-14
            )
    assert met == readings.keys() - quarantined
    assert {(utc_text(each.at_ns), each.reason) for s in streams for each in s.missed} == missed


def test_a_stream_that_was_found_wrong_is_left_out(plant: Plant) -> None:
    assert {each.place.agent for each in streams_of(plant, MILL)} == {"gw-2"}


def test_a_cursor_behind_the_last_leaf_finds_nothing_more(plant: Plant) -> None:
    last = leaves_of(plant)[-1].position
    assert last + 1 == plant.store.cursor()
    assert leaves_of(plant, last + 1) == []


def test_leaves_that_were_not_judged_are_not_met(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    plant.log_profile()
    assert leaves_of(plant) == []
    plant.judging.catch_up()
    assert len(leaves_of(plant)) == 2
    plant.close()


def test_misses_carry_their_reason(plant: Plant) -> None:
    first = streams_of(plant, LINE_1)[0].missed[0]
    assert (first.reason, first.poll) == (MissReason.TIMEOUT, 5)
