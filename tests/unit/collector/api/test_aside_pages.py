"""Pages of what was set aside: all of it, once, and only what the reader may see."""

import base64
from collections.abc import Iterator

import msgspec
import pytest

from collector.access import TokenFile, issue
from collector.api.parts import Parts
from collector.rights import Role
from tests.unit.collector.api.plant import (
    LINE_1,
    MILL,
    START_NS,
    Asked,
    Plant,
    batch,
    served,
    stream,
)

COUNT = 23


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Leaves of both agents that speak for the other's site."""
    made = Plant(tmp_path_factory.mktemp("aside"))
    made.log_profile()
    for number in range(COUNT):
        log, channel = (made.gw1, MILL) if number % 2 else (made.gw2, LINE_1)
        made.take(log, batch(log, [stream(channel, number, 1)]))
        if number % 5 == 0:  # several in one instant
            made.bench.clock.advance(10**9)
    made.judging.catch_up()
    yield made
    made.close()


@pytest.fixture
def parts(plant: Plant) -> Iterator[Parts]:
    made = plant.parts()
    yield made
    made.sources.close()


def pages(asked: Asked, limit: int, **headers: str) -> list[list[tuple[str, int]]]:
    """Agent and leaf of the rows of each page."""
    found, path = [], f"/api/v1/quarantine?limit={limit}"
    answer = asked.get(path, **headers)
    while True:
        assert answer.status_code == 200, answer.text
        found.append([(each["agent"], each["leaf"]) for each in answer.json()])
        following = answer.headers.get("next-cursor")
        if following is None:
            return found
        answer = asked.get(f"{path}&cursor={following}", **headers)


@pytest.mark.parametrize("limit", [1, 4, 22, 23, 24, 1000])
def test_the_pages_together_have_every_row_once_the_latest_first(parts: Parts, limit: int) -> None:
    asked = served(parts)
    found = pages(asked, limit)
    (whole,) = pages(asked, 1000)
    assert [row for rows in found for row in rows] == whole
    assert len(set(whole)) == len(whole) == COUNT
    assert all(len(rows) == limit for rows in found[:-1])
    assert 1 <= len(found[-1]) <= limit


def cursor(data: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(data)).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "%00",
        "..%2f",
        "AAAA",
        cursor([1]),
        cursor([2**64, "a", "b", 0, "c", "d"]),
        cursor([0, "a", "b", -1, "c", "d"]),
        cursor({"a": 1}),
        cursor([0, "a", "b", 0, "c", "d", "e"]),
        "W1tb" * 900,
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(parts: Parts, text: str) -> None:
    answer = served(parts).get(f"/api/v1/quarantine?cursor={text}")
    assert (answer.status_code, answer.json()["code"]) == (422, "E_CURSOR")


def test_a_cursor_to_nowhere_gives_an_empty_page(parts: Parts) -> None:
    beyond = cursor([-(2**62), "z", "z", 0, "'; DROP TABLE fault; --", "d"])
    answer = served(parts).get(f"/api/v1/quarantine?cursor={beyond}")
    assert (answer.status_code, answer.json()) == (200, [])


def test_whoever_is_for_one_site_gets_full_pages_of_its_own(plant: Plant, parts: Parts) -> None:
    text, token = issue(
        "weifang",
        Role.AUDITOR,
        b"t" * 32,
        created_ns=0,
        expires_ns=2 * START_NS,
        sites=("weifang",),
    )
    TokenFile(plant.folder).add(token)  # the last test: nobody is anonymous from now on
    found = pages(served(parts), 5, Authorization=f"Bearer {text}")
    assert [len(rows) for rows in found] == [5, 5, 2]
    assert {agent for rows in found for agent, _ in rows} == {"gw-2"}
