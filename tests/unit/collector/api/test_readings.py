"""GET /api/v1/readings: every reading and every miss, page by page, none twice."""

import math
from typing import Any

import msgspec
import pytest

from calibration.distribution import from_resolution
from tests.unit.collector.agent_log import EPOCH, OTHER_EPOCH, AgentLog, key_of
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    MILL,
    POWER,
    STANDARD,
    Asked,
    Plant,
    batch,
    raw_of,
    served,
    shown,
    stream,
)

BASE = "/api/v1/readings"
WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"


def pages(asked: Asked, query: str, limit: int) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    cursor = ""
    while True:
        answer = asked.get(f"{BASE}?{query}&limit={limit}{cursor}")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found.append(body["readings"])
        if body["next"] is None:
            return found
        cursor = f"&cursor={body['next']}"


@pytest.mark.parametrize("limit", [1, 7, 50, 96, 97, 1000])
def test_pages_of_any_size_give_every_poll_once_and_in_order(asked: Asked, limit: int) -> None:
    hours = "start=2026-03-29T16:00:00Z&end=2026-03-31T04:00:00Z"
    found = pages(asked, f"channel={LINE_1}&{hours}", limit)
    assert all(len(page) == limit for page in found[:-1])
    rows = [row for page in found for row in page]
    assert [row["sequence"] for row in rows] == list(range(36 * 4))
    assert {row["sequence"] for row in rows if row["kind"] == "missed"} == {5, 6, 96, 101, 102}


def test_a_reading_shows_raw_bytes_result_and_what_stands_behind_it(asked: Asked) -> None:
    query = f"channel={POWER}&start=2026-03-29T16:15:00Z&end=2026-03-29T16:15:00.001Z"
    ((row,),) = pages(asked, query, 10)
    x = shown(POWER, 1)
    assert row["kind"] == "reading"
    assert row["at"] == "2026-03-29T16:15:00Z"
    assert (row["raw"], row["indication"], row["unit"]) == (*raw_of([x]), x, "kW")
    assert row["value"] == pytest.approx(0.5 + 0.998 * x, rel=1e-12)
    assert (row["certificate"], row["confirmation"], row["serial"]) == ("P-1", "K-P", "S-P")
    assert (row["quality"], row["u_basis"]) == ("good", "calibration")
    assert (row["agent"], row["epoch"], row["sequence"]) == ("gw-1", EPOCH, 1)
    by_id = {part["influence"]: part["contribution"] for part in row["components"]}
    assert by_id[STANDARD] == pytest.approx(3e-4 * row["value"], rel=1e-6)
    assert by_id[f"read:{POWER}/{EPOCH[:8]}.1"] == from_resolution(0.1)
    u = math.sqrt(
        0.0004  # of the intercept
        + 1e-7 * x**2  # of the slope
        + (3e-4 * row["value"]) ** 2
        + by_id[f"fresh:{POWER}"] ** 2
        + from_resolution(0.1) ** 2
    )
    assert row["standard_uncertainty"] == pytest.approx(u, rel=1e-6)
    assert by_id[f"fresh:{POWER}"] == pytest.approx(0.05, rel=0.01)


def test_a_missed_poll_says_why(asked: Asked) -> None:
    query = f"channel={LINE_1}&start=2026-03-29T17:15:00Z&end=2026-03-29T17:16:00Z"
    ((row,),) = pages(asked, query, 10)
    assert (row["kind"], row["reason"], row["sequence"]) == ("missed", "timeout", 5)


def test_an_unknown_uncertainty_is_null(asked: Asked) -> None:
    query = f"channel={GAS}&start=2026-03-29T16:00:00Z&end=2026-03-29T16:01:00Z"
    ((row,),) = pages(asked, query, 10)
    assert row["standard_uncertainty"] is None
    assert row["components"] == []


def test_a_registers_reading_has_the_uncertainty_of_its_digit(asked: Asked) -> None:
    query = f"channel={LINE_1}&start=2026-03-29T16:00:00Z&end=2026-03-29T16:01:00Z"
    ((row,),) = pages(asked, query, 10)
    assert row["standard_uncertainty"] == from_resolution(0.01)
    assert row["value"] == row["indication"]


def test_the_end_is_excluded_and_the_start_included(asked: Asked) -> None:
    query = f"channel={MILL}&start=2026-03-29T16:15:00Z&end=2026-03-29T16:45:00Z"
    (rows,) = pages(asked, query, 10)
    assert [row["sequence"] for row in rows] == [1, 2]


def test_readings_of_another_agent_for_this_channel_are_not_shown(asked: Asked) -> None:
    rows = [row for page in pages(asked, f"channel={MILL}&{WHOLE}", 1000) for row in page]
    assert {row["agent"] for row in rows} == {"gw-2"}
    assert len(rows) == 5 * 96


def test_logs_that_overlap_in_time_are_paged_without_loss(fresh: Plant) -> None:
    second = AgentLog(agent="gw-2", epoch=OTHER_EPOCH, key=key_of("gw-2"))
    fresh.log_profile()
    for first in (0, 20, 10):
        fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, first, 25)]))
    fresh.take(second, batch(second, [stream(MILL, 5, 60), stream(MILL, 70, 3)]))
    fresh.judging.catch_up()
    parts = fresh.parts()
    asked = served(parts)
    (whole,) = pages(asked, f"channel={MILL}&{WHOLE}", 1000)
    assert len(whole) == 3 * 25 + 63
    for limit in (1, 2, 13, 40):
        rows = [row for page in pages(asked, f"channel={MILL}&{WHOLE}", limit) for row in page]
        assert rows == whole
    parts.sources.close()


def test_more_leaves_than_one_look_holds_are_paged_without_loss(fresh: Plant) -> None:
    fresh.log_profile()
    for poll in range(150):
        fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, poll, 1)]))
    fresh.judging.catch_up()
    parts = fresh.parts()
    rows = pages(served(parts), f"channel={MILL}&{WHOLE}", 149)
    assert [len(page) for page in rows] == [149, 1]
    parts.sources.close()


def test_a_quarantined_channel_of_a_leaf_is_marked(fresh: Plant) -> None:
    good = stream(POWER, 0, 4)
    wrong = stream(POWER, 4, 4)
    lower = tuple(value * 0.9 for value in wrong.value or ())
    altered = msgspec.structs.replace(wrong, value=lower)
    for kind, name, data in FILES:
        fresh.log_file(fresh.gw1, kind, name, data)
    fresh.log_profile()
    fresh.take(fresh.gw1, batch(fresh.gw1, [good, altered]))
    fresh.judging.catch_up()
    parts = fresh.parts()
    (rows,) = pages(served(parts), f"channel={POWER}&{WHOLE}", 100)
    assert {row["quality"] for row in rows} == {"quarantined"}
    parts.sources.close()


@pytest.mark.parametrize(
    "cursor", ["x", "", "%00", "eyJ9", "W10", "a" * 1024, "é", "W251bGxd", "PHNjcmlwdD4="]
)
def test_a_cursor_that_was_not_made_here_is_refused(asked: Asked, cursor: str) -> None:
    answer = asked.get(f"{BASE}?channel={LINE_1}&{WHOLE}&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "E_CURSOR")


def test_a_cursor_fits_its_own_question_only(asked: Asked) -> None:
    first = asked.get(f"{BASE}?channel={LINE_1}&{WHOLE}&limit=3").json()
    answer = asked.get(f"{BASE}?channel={MILL}&{WHOLE}&cursor={first['next']}")
    assert (answer.status_code, answer.json()["code"]) == (422, "E_CURSOR")
