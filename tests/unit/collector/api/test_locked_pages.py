"""Locked statements that are compared: a page ends where many of them are told anew."""

from typing import Any

import pytest

from collector.api import releases
from collector.api.releases import comparable
from evidence.clock import parse_utc, utc_text
from evidence.statement.locks import Act
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.api.test_monitored import WHOLE
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.api.test_under_plan import DATA, WHY, clerk
from tests.unit.collector.api.writing import Person

LOCKED = f"{DATA}/locked"
HOUR_NS = 3_600_000_000_000


@pytest.fixture
def who(monitored: Plant) -> Person:
    """Who locked three days under the plan, and the same days without it."""
    found = clerk(monitored)
    for query in (f"channel={CO2}&{WHOLE}&by=day&under_plan=true", f"channel={CO2}&{WHOLE}&by=day"):
        for datum in found.read(f"{DATA}?{query}")[:3]:
            for what in ("release", "lock"):
                found.does(f"{DATA}/{datum['digest']}/{what}", WHY)
    return found


def pages(who: Person, query: str) -> list[list[dict[str, Any]]]:
    found, cursor = [], ""
    for _ in range(20):
        answer = who.get(f"{LOCKED}?{query}{cursor}")
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        if "next-cursor" not in answer.headers:
            return found
        cursor = f"&cursor={answer.headers['next-cursor']}"
    raise AssertionError(found)


def test_a_page_of_compared_ones_ends_behind_so_many_under_a_plan(
    who: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = pages(who, "compare=true")
    assert [each["under_plan"] for each in whole] == [False, True] * 3
    assert {each["differs"] for each in whole} == {False}
    monkeypatch.setattr(releases, "MOST_UNDER_PLAN", 1)
    parted = pages(who, "compare=true")
    assert [len(each) for each in parted] == [3, 2, 1]
    assert [row for page in parted for row in page] == whole
    assert [len(each) for each in pages(who, "compare=true&limit=2")] == [2, 2, 2]
    assert [len(each) for each in pages(who, "compare=false")] == [6]


def act(hours: int, *, under_plan: bool = False) -> Act:
    start = "2026-01-01T00:00:00Z"
    return Act(
        kind="locked", entry=1, at_ns=0, who="li", role="analyst", reason="r", digest="0" * 64,
        channel=LINE_1, start=start, end=utc_text(parse_utc(start) + hours * HOUR_NS),
        under_plan=under_plan,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("acts", "taken"),
    [
        ([], 0),
        ([act(1)] * 1_000, 1_000),
        ([act(1, under_plan=True)] * 41, 40),
        ([act(1, under_plan=True)] * 40 + [act(1)] * 9 + [act(1, under_plan=True)], 49),
        ([act(8_760)] * 100, 84),
        ([act(800_000)] * 2, 1),
    ],
)
def test_as_many_are_compared_as_one_answer_takes_and_never_none(
    acts: list[Act], taken: int
) -> None:
    assert len(list(comparable(acts))) == taken
