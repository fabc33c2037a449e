"""Polls that become more or less frequent, and times without any: statements stay as honest."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import pytest
from msgspec.structs import replace

from collector.bundling import choose
from collector.judging import Judging
from evidence.clock import utc_text
from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    POWER,
    START_NS,
    Plant,
    batch,
    served,
    showing,
)
from tests.unit.collector.judged import HOUR_NS
from tests.unit.collector.test_polls_that_change import every
from tests.unit.evidence.bundle.made import failed, held, written

MINUTES: Final = (1, 5, 6, 10, 15, 20, 30, 60)
PER_MIN: Final = 2.0
HOURS: Final = 40


@dataclass(frozen=True, kw_only=True)
class Run:
    """Polls each so many minutes, from a minute on until another one; none of the next run's."""

    minutes: int
    start: int
    end: int


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    for kind, name, data in FILES:
        built.log_file(built.gw1, kind, name, data)
    yield built
    built.close()


def any_runs(random: Random) -> list[Run]:
    found, at = list[Run](), 0
    while at < HOURS * 60:
        minutes = random.choice(MINUTES)
        end = at + random.randint(1, 9 * 60)
        found.append(Run(minutes=minutes, start=at, end=end))
        at = end + random.choice((0, 0, 0, 30, 150, 400))
    return found


def polled(channel: str, run: Run, number: int) -> Stream | None:
    """What the agent reads on its grid: a steady course, as the channel shows it.

    Args:
        channel: one of three.
        run: when it polls.
        number: of the first poll.
    """
    first = -(-run.start // run.minutes) * run.minutes
    instants = range(first, run.end, run.minutes)
    if not instants:
        return None
    value = 60.0 if channel == POWER else PER_MIN * run.minutes
    part = every(channel, run.minutes, first, len(instants), value)
    part = replace(part, sequence=progression(range(number, number + len(instants))))
    if channel == LINE_1:
        return showing(part, *(1000.0 + PER_MIN * at for at in instants))
    return part


def query_of(random: Random) -> tuple[str, int]:
    first = random.randint(0, HOURS - 6)
    last = random.randint(first + 1, HOURS)
    start, end = (utc_text(START_NS + hour * HOUR_NS) for hour in (first, last))
    return f"start={start}&end={end}", last - first


@pytest.mark.parametrize("channel", [LINE_1, POWER, GAS])
@pytest.mark.parametrize("seed", range(4))
def test_no_more_is_counted_than_flowed_and_what_was_stated_stays_proven(
    plant: Plant, channel: str, seed: int
) -> None:
    random = Random(seed)
    digests, polls = list[str](), 0
    for run in any_runs(random):
        part = polled(channel, run, polls)
        if part is not None:
            polls += part.rows
            plant.take(plant.gw1, batch(plant.gw1, [part]))
        plant.judging.catch_up()
        if random.random() < 0.3:
            plant.judging = Judging(plant.ledger, plant.store, plant.sites)
        query, hours = query_of(random)
        parts = plant.parts()
        asked = served(parts)
        address = f"/api/v1/activity-data?channel={channel}&{query}"
        now = asked.get(address).json()
        as_of = utc_text(plant.bench.clock.now_ns())
        assert asked.get(f"{address}&as_of={as_of}").json() == now
        parts.sources.close()
        if now:
            (datum,) = now
            flowed = {POWER: 60.0}.get(channel, PER_MIN * 60.0) * hours
            assert datum["uncorrected_value"] <= flowed * (1 + 1e-9)
            digests.append(datum["digest"])
        plant.bench.clock.advance(HOUR_NS)
    assert plant.judging.judge_again() == 0
    for digest in random.sample(digests, min(3, len(digests))):
        assert not failed(written(choose(held(plant), digest)))
