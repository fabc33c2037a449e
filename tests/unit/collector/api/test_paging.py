"""Lists come page after page: every row once, whatever comes meanwhile, and only what is shown."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import pytest

from collector.api import instruments, listing
from collector.api.paging import NEXT
from collector.rights import Role
from tests.unit.collector.api.plant import (
    LINE_1,
    MILL,
    POLLS_A_DAY,
    Plant,
    batch,
    confirmation,
    energy_certificate,
    stream,
)
from tests.unit.collector.api.test_entries import tonnes
from tests.unit.collector.api.test_releases import BY_DAY, WHY, corrected
from tests.unit.collector.api.writing import Person, person, two_lines

HOUR: Final = "start=2026-03-29T16:00:00Z&end=2026-03-29T17:00:00Z"
LISTS: Final = {
    "/api/v1/channels": "",
    "/api/v1/agents": "",
    "/api/v1/certificates": "",
    "/api/v1/entries": "",
    "/api/v1/journal": "",
    "/api/v1/originals": "",
    "/api/v1/readings": f"channel={LINE_1}&{HOUR}",
    "/api/v1/activity-data/locked": "compare=true",
    "/api/v1/activity-data/touched": "certificate=E-1",
    "/api/v1/register/instruments": "",
    "/api/v1/register/rests-on": "id=std:SDIM/E-17",
}
"""Those of which the plant has several rows, and what is asked."""
SCALE, PRESS = "jinan/~scale/steel", "jinan/~press/steel"
_ON_EACH: Final = {"papers", "known_as"}
"""What each page tells: no rows of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A plant in which something of everything happened, and who may see all of it."""

    plant: Plant
    chief: Person


def rest_of(plant: Plant) -> Person:
    """Entries, locks, documents and a second site."""
    two_lines(plant)
    plant.take(plant.gw2, batch(plant.gw2, [stream(MILL, 0, POLLS_A_DAY)]))
    plant.judging.catch_up()
    chief = person(plant, "chief", Role.ADMINISTRATOR)
    for row in chief.read(f"/api/v1/activity-data?{BY_DAY}"):
        for what in ("release", "lock"):
            chief.does(f"/api/v1/activity-data/{row['digest']}/{what}", WHY)
    for number, day in enumerate((26, 27, 28)):
        enter(chief, SCALE if number else PRESS, day)
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        query = f"/api/v1/originals?site=jinan&name={name}&reason=scan"
        assert chief.post(query, name.encode(), "application/pdf").status_code == 201
    corrected(plant)
    return chief


def enter(chief: Person, channel: str, day: int) -> None:
    """An amount of a day of March."""
    entry = tonnes(f"2026-03-{day}", f"2026-03-{day + 1}", 7.0, channel=channel)
    chief.does("/api/v1/entries", {"entries": [entry], "reason": "bills"})


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    plant = Plant(tmp_path_factory.mktemp("paged"))
    yield Filled(plant=plant, chief=rest_of(plant))
    plant.close()


def walked(who: Person, path: str, query: str = "", limit: int = 1) -> Iterator[Any]:
    """The bodies of all pages."""
    cursor = ""
    while True:
        answer = who.get(f"{path}?{query}&limit={limit}{cursor}".replace("?&", "?"))
        assert answer.status_code == 200, answer.text
        yield answer.json()
        if "next-cursor" not in answer.headers:
            return
        before, cursor = cursor, f"&cursor={answer.headers['next-cursor']}"
        assert cursor != before


def _first(pages: Sequence[Any], kind: str) -> object:
    return next((row for page in pages for row in page[kind]), None)


def rows(pages: Sequence[Any]) -> list[Any]:
    """The rows of pages, in the order of their kinds."""
    if isinstance(pages[0], list):
        return [row for page in pages for row in page]
    kinds = [name for name, value in pages[0].items() if isinstance(value, list)]
    own = [kind for kind in kinds if kind not in _ON_EACH and isinstance(_first(pages, kind), dict)]
    return [(kind, row) for kind in own for page in pages for row in page[kind]]


@pytest.mark.parametrize("path", LISTS)
def test_pages_of_any_size_have_every_row_once_and_in_order(filled: Filled, path: str) -> None:
    query = LISTS[path]
    (whole,) = walked(filled.chief, path, query, 500)
    expected = rows([whole])
    assert len(expected) > 1, whole
    for limit in (1, 2, len(expected)):
        pages = list(walked(filled.chief, path, query, limit))
        assert rows(pages) == expected
        assert len(pages) > 1 or limit == len(expected)


def test_what_is_counted_of_touched_statements_adds_up(filled: Filled) -> None:
    path, query = "/api/v1/activity-data/touched", LISTS["/api/v1/activity-data/touched"]
    (whole,) = walked(filled.chief, path, query, 500)
    pages = list(walked(filled.chief, path, query))
    assert len(pages) > 1
    assert sum(each["unchanged"] for each in pages) == whole["unchanged"]
    assert {each["since"] for each in pages} == {whole["since"]}


def test_a_page_that_lost_a_row_is_noticed(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise that all rows are there would prove nothing."""
    behind = listing._behind

    def lossy(last: Any, found: Any) -> Iterator[Any]:  # noqa: ANN401
        return islice(behind(last, found), 0 if last is None else 1, None)

    monkeypatch.setattr(listing, "_behind", lossy)
    for path in ("/api/v1/entries", "/api/v1/certificates"):
        with pytest.raises(AssertionError):
            test_pages_of_any_size_have_every_row_once_and_in_order(filled, path)


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_of_another_question_or_of_nobody_is_refused(filled: Filled, path: str) -> None:
    other = "/api/v1/channels" if path != "/api/v1/channels" else "/api/v1/agents"
    cursor = filled.chief.get(f"{other}?limit=1").headers["next-cursor"]
    for wrong in (cursor, "x", "W10", "WyJhIixbMV1d", "bnVsbA"):
        answer = filled.chief.get(f"{path}?{LISTS[path]}&cursor={wrong}".replace("?&", "?"))
        assert (answer.status_code, answer.json()["code"]) == (422, "E_CURSOR"), wrong


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("number", [-(2**63) - 1, -5, 2**63 - 1, 2**63, 2**64, 2**70])
def test_a_cursor_with_any_number_is_answered_or_refused(
    filled: Filled, path: str, number: int
) -> None:
    answer = filled.chief.get(f"{path}?{LISTS[path]}&limit=1")
    cursor = answer.headers[NEXT]
    said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    bent = base64.urlsafe_b64encode(json.dumps(_bent(said, number)).encode()).decode().rstrip("=")
    refused = filled.chief.get(f"{path}?{LISTS[path]}&limit=1&cursor={bent}")
    assert refused.status_code in (200, 422)
    if refused.status_code == 422:
        assert refused.json()["code"] == "E_CURSOR"


def _bent(said: Any, number: int) -> Any:  # noqa: ANN401
    """The same with another number in the place of each."""
    if isinstance(said, list):
        return [_bent(each, number) for each in said]
    return number if isinstance(said, int) and not isinstance(said, bool) else said


def test_a_cursor_is_bound_to_what_narrows_the_list(filled: Filled) -> None:
    path = "/api/v1/entries"
    answer = filled.chief.get(f"{path}?limit=1")
    cursor = f"cursor={answer.headers['next-cursor']}"
    assert filled.chief.get(f"{path}?{cursor}&limit=2&lang=zh").status_code == 200
    for other in (f"channel={SCALE}", "standing=true", "tz=UTC"):
        assert filled.chief.get(f"{path}?{cursor}&{other}").json()["code"] == "E_CURSOR"


def test_no_page_shows_what_stands_at_another_site(filled: Filled) -> None:
    mill = person(filled.plant, "mill", Role.AUDITOR, "weifang")
    for path in ("/api/v1/channels", "/api/v1/agents", "/api/v1/register/instruments"):
        told = [row for page in walked(mill, path) for row in page]
        assert told
        assert "jinan" not in str(told)
    # the cursor of somebody who sees all opens nothing to whoever does not
    cursor = filled.chief.get("/api/v1/channels?limit=1").headers["next-cursor"]
    assert "jinan" not in mill.get(f"/api/v1/channels?cursor={cursor}").text


def test_what_comes_between_two_pages_moves_no_other_row(fresh: Plant) -> None:
    chief = rest_of(fresh)
    before = {path: rows(list(walked(chief, path))) for path in ("/api/v1/entries", CERTIFICATES)}
    walks = {path: walked(chief, path) for path in before}
    pages = {path: [next(walk), next(walk)] for path, walk in walks.items()}
    # before the cursors, and behind them
    enter(chief, PRESS, 20)
    enter(chief, SCALE, 20)
    early = energy_certificate("A-1", "S-7").replace(b"2026-01-06T", b"2026-01-05T")
    fresh.log_file(fresh.gw1, "certificate", "early.toml", early)
    other = confirmation("K-7", "A-1", "S-7", "2027-01-06")
    fresh.log_file(fresh.gw1, "confirmation", "k-7.toml", other)
    fresh.judging.catch_up()
    for path, walk in walks.items():
        found = rows(pages[path] + list(walk))
        kept = [row for row in found if row in before[path]]
        assert kept == before[path]
        assert len(found) == len(before[path]) + 1


CERTIFICATES: Final = "/api/v1/certificates"


def test_a_page_of_the_journal_as_long_as_may_be_is_not_the_last(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = walked(filled.chief, "/api/v1/journal", "", 500)
    monkeypatch.setattr("collector.journal_read.MAX_PORTION", 3)
    pages = list(walked(filled.chief, "/api/v1/journal", "", 3))
    assert rows(pages) == rows([whole])
    assert [each["next"] for each in pages[:2]] == [3, 6]


def test_a_table_in_portions_is_the_table(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v1/register/instruments"
    whole = filled.chief.get(f"{path}.csv")
    assert "etag" in whole.headers
    monkeypatch.setattr(instruments, "PORTION_CHANNELS", 1)
    monkeypatch.setattr("collector.api.register.MAX_ROWS", 1)
    streamed = filled.chief.get(f"{path}.csv")
    assert (streamed.content, "etag" in streamed.headers) == (whole.content, False)
    # a page may be shorter than its limit, and even empty, before the last one
    pages = list(walked(filled.chief, path, "serial=S-2", 500))
    assert [len(page) for page in pages] == [0, 1, 0]
