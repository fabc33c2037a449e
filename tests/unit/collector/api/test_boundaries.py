"""Saved boundaries through the interface: the same figure as by hand, rights, versions, entries."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from collector.rights import Role
from evidence.log.entry import Act, Action
from tests.unit.collector.api.plant import GAS, LINE_1, LINE_2, MILL, Asked, Plant, served
from tests.unit.collector.api.test_allowed import bearer
from tests.unit.collector.api.test_groups import installed, log

BASE, SUM = "/api/v1/boundaries", "/api/v1/activity-data/combined"
WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"
LINE: dict[str, Any] = {
    "id": "jinan/line-2",
    "name": "Line 2, gate to gate",
    "name_zh": "二线（门到门）",
    "line": "Line 2",
    "product": "rolled steel",
    "kind": "gate to gate",
    "terms": [{"channel": LINE_1, "factor": "1"}, {"channel": LINE_2, "factor": "-0.50"}],
}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """One for all tests of this file: each has boundaries of its own names."""
    built = Plant(tmp_path_factory.mktemp("boundaries"))
    built.fill()
    yield built
    built.close()


@pytest.fixture(scope="module")
def asked(works: Plant) -> Iterator[Asked]:
    parts = works.parts()
    yield served(parts)
    parts.sources.close()


@pytest.fixture(scope="module")
def engineer(works: Plant) -> dict[str, str]:
    return bearer(works, Role.ENGINEER, "jinan")


def send(asked: Asked, who: dict[str, str], path: str, body: object) -> httpx.Response:
    headers = {**who, "content-type": "application/json"}
    return asked.send("POST", BASE + path, headers, json.dumps(body).encode())


def saved(
    asked: Asked, who: dict[str, str], *, replaces: object = None, **changed: object
) -> httpx.Response:
    body = {"boundary": {**LINE, **changed}, "reason": "as drawn in P-7", "replaces": replaces}
    return send(asked, who, "", body)


def test_a_boundary_gives_the_figure_of_its_channels_and_says_which_version(
    asked: Asked, works: Plant, engineer: dict[str, str]
) -> None:
    answer = saved(asked, engineer, id="jinan/figure")
    assert answer.status_code == 201, answer.text
    written = answer.json()
    by_hand = asked.get(f"{SUM}?channels={LINE_1},{LINE_2}&factors=1,-0.5&{WHOLE}", **engineer)
    found = asked.get(f"{SUM}?boundary=jinan/figure&{WHOLE}", **engineer).json()
    used = found.pop("boundary")
    assert found == by_hand.json()
    assert (used["id"], used["digest"], used["entry"]) == (
        written["id"], written["digest"], written["entry"]
    )  # fmt: skip
    assert (used["line"], used["name_zh"]) == ("Line 2", "二线（门到门）")
    with works.parts().journal() as journal:
        (entry,) = (
            each.entry for each in journal.of([Action.BOUNDARY_SET], subject="jinan/figure")
        )
    assert (entry.who, entry.site, entry.subject, entry.reason) == (
        "token:engineer-jinan", "jinan", "jinan/figure", "as drawn in P-7"
    )  # fmt: skip
    assert (entry.old, entry.new["terms"][1]["factor"]) == (None, "-0.5")


def test_a_new_version_names_the_one_before_it_and_an_unseen_change_is_refused(
    asked: Asked, engineer: dict[str, str]
) -> None:
    first = saved(asked, engineer, id="jinan/version").json()["entry"]
    assert saved(asked, engineer, id="jinan/version").json()["entry"] == first  # word for word
    assert (
        saved(asked, engineer, id="jinan/version", name="other").json()["code"]
        == "E_BOUNDARY_CHANGED"
    )
    terms = [{"channel": LINE_1}]
    changed = saved(
        asked,
        engineer,
        id="jinan/version",
        replaces=first,
        terms=terms,
        effective_from="2026-04-01T00:00:00+08:00",
    ).json()
    seen = asked.get(f"{BASE}/jinan/version", **engineer).json()
    assert [each["entry"] for each in seen["versions"]] == [first, changed["entry"]]
    assert seen["versions"][1]["boundary"]["effective_from"] == "2026-03-31T16:00:00Z"
    cut = asked.get(f"{SUM}?boundary=jinan/version&{WHOLE}", **engineer)
    assert (cut.status_code, cut.json()["code"]) == (422, "E_BOUNDARY_PERIOD")
    for span, terms_then in (("03-29T16:00:00Z&end=2026-03-31", 2), ("04-01&end=2026-04-03", 1)):
        part = asked.get(f"{SUM}?boundary=jinan/version&start=2026-{span}", **engineer)
        assert len(part.json()["terms"]) == terms_then


def test_a_withdrawn_boundary_gives_no_sum_stays_readable_and_may_come_back(
    asked: Asked, engineer: dict[str, str]
) -> None:
    saved(asked, engineer, id="jinan/gone")
    gone = send(asked, engineer, "/jinan/gone/withdrawal", {"reason": "line closed"}).json()
    answer = asked.get(f"{SUM}?boundary=jinan/gone&{WHOLE}", **engineer)
    assert (answer.status_code, answer.json()["code"]) == (409, "E_BOUNDARY_WITHDRAWN")
    assert "jinan/gone" not in asked.get(BASE, **engineer).text
    every = asked.get(f"{BASE}?withdrawn=true&line=Line 2", **engineer).json()["boundaries"]
    (listed,) = (each for each in every if each["id"] == "jinan/gone")
    assert (listed["standing"], listed["versions"][0]["entry"]) == (False, gone["entry"])
    twice = send(asked, engineer, "/jinan/gone/withdrawal", {"reason": "again"})
    assert (twice.status_code, twice.json()["code"]) == (404, "E_BOUNDARY_UNKNOWN")
    assert saved(asked, engineer, id="jinan/gone").status_code == 201
    assert asked.get(f"{SUM}?boundary=jinan/gone&{WHOLE}", **engineer).status_code == 200


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"terms": [{"channel": LINE_1}, {"channel": GAS}]}, "E_UNIT_MISMATCH"),
    ({"terms": [{"channel": "jinan/no/where"}]}, "E_CHANNEL_UNKNOWN"),
    ({"terms": [{"channel": "jinan/~no/where"}]}, "E_CHANNEL_UNKNOWN"),
    ({"terms": [{"channel": MILL}]}, "E_BOUNDARY_SITE"),
    ({"terms": []}, "E_JSON_BODY"),
    ({"name": ""}, "E_BOUNDARY_VALUE"),
    ({"effective_from": "2026-13-01"}, "E_TIME_TEXT"),
)


def test_what_can_be_no_boundary_is_refused_and_not_entered(
    asked: Asked, works: Plant, engineer: dict[str, str]
) -> None:
    for changed, code in WRONG:
        answer = saved(asked, engineer, **changed)
        assert (answer.json()["code"], 400 <= answer.status_code < 500) == (code, True)
    with works.parts().journal() as journal:
        assert list(journal.of([Action.BOUNDARY_SET], subject="jinan/line-2")) == []


def test_channels_that_measure_the_same_thing_are_no_boundary_but_their_difference_is(
    asked: Asked, works: Plant, engineer: dict[str, str]
) -> None:
    log(works, "s-1.toml", installed("S-1", "line 1"))
    log(works, "s-2.toml", installed("S-2", "line 1"))
    both = [{"channel": LINE_1}, {"channel": LINE_2}]
    assert saved(asked, engineer, id="jinan/group", terms=both).json()["code"] == "E_DOUBLE_COUNT"
    assert saved(asked, engineer, id="jinan/group").status_code == 201


def test_who_may_read_reads_and_only_who_operates_saves(
    asked: Asked, works: Plant, engineer: dict[str, str]
) -> None:
    saved(asked, engineer, id="jinan/rights")
    for role in (Role.ANALYST, Role.AUDITOR):
        who = bearer(works, role)
        assert asked.get(f"{BASE}/jinan/rights", **who).status_code == 200
        assert saved(asked, who, id="jinan/rights", name="other").status_code == 403
    other = bearer(works, Role.ENGINEER, "weifang")
    assert asked.get(BASE, **other).json()["boundaries"] == []
    for path in (f"{BASE}/jinan/rights", f"{SUM}?boundary=jinan/rights&{WHOLE}"):
        assert asked.get(path, **other).json()["code"] == "E_BOUNDARY_UNKNOWN"


def test_a_list_comes_in_pages_by_name(asked: Asked, engineer: dict[str, str]) -> None:
    for name in ("z-a", "z-b", "z-c"):
        saved(asked, engineer, id=f"jinan/{name}")
    first = asked.get(f"{BASE}?limit=2&after=jinan/z", **engineer).json()
    assert [each["id"] for each in first["boundaries"]] == ["jinan/z-a", "jinan/z-b"]
    rest = asked.get(f"{BASE}?limit=2&after={first['next']}", **engineer).json()
    assert ([each["id"] for each in rest["boundaries"]], rest["next"]) == (["jinan/z-c"], None)


@pytest.mark.parametrize("query", ["", f"&channels={LINE_1}&boundary=jinan/line-2"])
def test_a_sum_is_of_channels_or_of_a_boundary(
    asked: Asked, engineer: dict[str, str], query: str
) -> None:
    answer = asked.get(f"{SUM}?{WHOLE}{query}", **engineer)
    assert (answer.status_code, answer.json()["code"]) == (422, "E_QUERY")


def test_a_version_of_newer_software_is_not_passed_over(
    asked: Asked, works: Plant, engineer: dict[str, str]
) -> None:
    saved(asked, engineer, id="jinan/newer")
    with works.parts().journal() as journal:
        last = next(journal.of([Action.BOUNDARY_SET], subject="jinan/newer")).entry
        act = {name: getattr(last, name) for name in Act.__struct_fields__}
        journal.record(Act(**{**act, "new": {**last.new, "cubes": 3}}))
    answer = asked.get(f"{SUM}?boundary=jinan/newer&{WHOLE}", **engineer)
    assert (answer.status_code, answer.json()["code"]) == (409, "E_BOUNDARY_UNREAD")
