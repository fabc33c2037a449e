"""What the factory page tells of an agent's spool: what it said, and what must wait there."""

import json
import re
from importlib import resources

import pytest

from edge_agent import records
from edge_agent.page.health import SpoolLevel
from edge_agent.page.words import LEVELS
from evidence.clock import NS_PER_S
from evidence.log.batch import Record
from tests.unit.collector.api.plant import (
    LINE_1,
    LINE_2,
    START_NS,
    Plant,
    batch,
    stream,
)
from tests.unit.collector.web.conftest import Browser

AT_MS = START_NS // 1_000_000
FIRST = 7 * 96 - 8
"""The last eight polls, one a quarter of an hour, before the plant's clock."""


def spool(people: Plant, browser: Browser, *said: Record, later_s: int = 0) -> str:
    """The words of an agent's spool after two meters were read and it said something."""
    people.log_profile()
    read = [stream(LINE_1, FIRST, 8), stream(LINE_2, FIRST, 8)]
    people.take(people.gw1, batch(people.gw1, read, said))
    people.judging.catch_up()
    people.bench.clock.advance(later_s * NS_PER_S)
    browser.sign_in("auditor")
    page = browser.get("/?live=off&lang=en").text
    (row,) = [each for each in page.split("<tr") if ">gw-1</a>" in each]
    (cell,) = re.findall(r'data-label="Spool">(.*?)</td>', row)
    return " ".join(re.sub("<[^>]+>", " ", cell).split())


def test_an_agent_that_says_nothing_has_room_enough(people: Plant, browser: Browser) -> None:
    told = spool(people, browser)
    assert told.startswith("room enough less than 80 % used")


@pytest.mark.parametrize(
    ("level", "used", "words"),
    [
        ("warn", 0.82, "filling up since 2026-03-30 00:00 82"),
        ("thin", 0.955, "full: readings thinned since 2026-03-30 00:00 96"),
    ],
)
def test_how_full_it_said_it_is_stands_with_since_when(
    people: Plant, browser: Browser, level: str, used: float, words: str
) -> None:
    limit = 512 * 1_048_576
    facts = {"used_bytes": round(used * limit), "limit_bytes": limit}
    told = spool(people, browser, records.spool_at(level, facts, AT_MS))
    assert told.startswith(words)
    assert "of 512 MiB used when it said so" in told


@pytest.mark.parametrize(
    "facts",
    [
        {"used_bytes": 1},
        {"used_bytes": -1, "limit_bytes": 5},
        {"used_bytes": 1, "limit_bytes": 0},
        {"used_bytes": "1", "limit_bytes": "x"},
    ],
)
def test_sizes_that_are_none_are_left_out(
    people: Plant, browser: Browser, facts: dict[str, int]
) -> None:
    told = spool(people, browser, records.spool_at("warn", facts, AT_MS))
    assert told.startswith("filling up since")
    assert "used when" not in told


def test_what_was_due_since_the_last_batch_waits_there(people: Plant, browser: Browser) -> None:
    """Two channels, each read four times an hour; the batch says when it was closed."""
    whole = spool(people, browser, later_s=10 * 3600)
    found = re.search(r"at most ([\d ]+) readings wait there: .* the last (\d+) d (\d+) h", whole)
    assert found is not None, whole
    readings, hours = int(found[1].replace(" ", "")), 24 * int(found[2]) + int(found[3])
    assert 8 * hours <= readings <= 8 * hours + 8
    assert "last said:" in whole  # it is silent


def test_the_agent_s_own_page_and_this_one_say_the_same_of_a_spool() -> None:
    words = json.loads(resources.files("collector.web").joinpath("words/factory.json").read_text())
    for level in SpoolLevel:
        assert words[f"spool_{level.value}"] == LEVELS[level]._asdict()
