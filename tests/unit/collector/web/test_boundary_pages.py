"""Saved boundaries on the page of amounts: chosen from lists, saved, changed, withdrawn."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from collector.api.app import create_app
from collector.people.users import User
from collector.rights import Role
from collector.web.numbers import stated
from collector.web.pages import add_pages
from evidence.log.entry import Action
from tests.unit.collector.api.plant import GAS, LINE_1, LINE_2, Asked, Plant
from tests.unit.collector.web.conftest import Browser, kept

RANGE = "start=2026-03-30&end=2026-04-03"
BOTH = f"channels={LINE_1},{LINE_2}&less={LINE_2}"
FORM = {
    "id": "line-2",
    "name": "Line 2, gate to gate",
    "name_zh": "二线（门到门）",
    "line": "Line 2",
    "product": "rolled steel",
    "kind": "gate to gate",
    "factor_0": "1",
    "factor_1": "-0.50",
    "reason": "as drawn\r\nin P-7",
}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """One for all tests of this file: each has boundaries of its own names."""
    built = Plant(tmp_path_factory.mktemp("boundaries"))
    built.fill()
    for role in Role:
        sites = ("jinan",) if role is Role.ENGINEER else ()
        add(built, role.value, role, *sites)
    yield built
    built.close()


def add(plant: Plant, name: str, role: Role, *sites: str) -> None:
    person = User(name=name, role=role, sites=sites, password=kept(role), created_ns=0)
    plant.parts().users.add(person)


@pytest.fixture
def seen(works: Plant) -> Iterator[Browser]:
    parts = works.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    browser.sign_in("engineer")
    yield browser
    parts.sources.close()


def csrf(text: str) -> str:
    found = re.search(r'name="csrf" (?:value|content)="([^"]+)"', text)
    assert found is not None
    return found[1]


def sent(seen: Browser, query: str, **changed: str) -> httpx.Response:
    word = csrf(seen.get(f"/activity?{query}").text)
    return seen.post(f"/activity?{query}", {**FORM, "csrf": word, **changed})


def led(seen: Browser, **query: str) -> dict[str, str]:
    """Where the lists lead to."""
    answer = seen.get(f"/activity?{urlencode(query)}")
    assert answer.status_code == 303, answer.text
    return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_what_is_saved_is_named_and_has_the_figure_of_the_interface(
    seen: Browser, works: Plant
) -> None:
    answer = sent(seen, f"{BOTH}&{RANGE}")
    assert answer.status_code == 303, answer.text
    page = seen.get(answer.headers["location"]).text
    sum_of = f"/api/v1/activity-data/combined?boundary=jinan/line-2&{RANGE}"
    combined = seen.get(sum_of, accept="application/json").json()
    value = stated(combined["value"], combined["uncertainty"]["expanded_uncertainty"])
    assert f"{value} kW·h" in page
    assert "<h1>Activity data: Line 2, gate to gate</h1>" in page
    assert re.search("<title>Line 2, gate to gate · [0-9: –-]+ · Activity data", page)
    assert combined["boundary"]["digest"] in page
    assert "0.5 ×" in page
    entry = combined["boundary"]["entry"]
    assert f'href="/audit/changes/{entry}"' in page
    assert "二线（门到门）" in seen.get(f"/activity?boundary=jinan/line-2&{RANGE}&lang=zh").text
    change = seen.get(f"/audit/changes/{entry}?lang=en").text
    told_as = f"1 × {LINE_1}, -0.5 × {LINE_2}"
    words = ("boundary saved", "as drawn in P-7", "Channels and factors", told_as)
    assert all(word in change for word in words)
    listed = seen.get("/audit/changes?lang=zh").text
    assert all(word in listed for word in ("保存边界", "产线：", "通道与系数：", told_as))
    with works.parts().journal() as journal:
        (told,) = (each.entry for each in journal.of([Action.BOUNDARY_SET], subject="jinan/line-2"))
    assert (told.who, told.site) == ("engineer", "jinan")


def test_a_line_a_boundary_and_a_quarter_are_chosen_from_lists(seen: Browser) -> None:
    sent(seen, BOTH)
    sent(seen, f"channels={LINE_1}", id="line-1", line="Line 1")
    sent(seen, f"channels={GAS}", id="gas-1", line="Line 1")
    by_line = led(seen, was="", line="jinan/Line 2", boundary="", period="2026-Q1")
    assert by_line == {"boundary": "jinan/line-2", "start": "2026-01-01", "end": "2026-04-01"}
    narrowed = led(seen, was="", line="jinan/Line 1", boundary="", period="")
    assert narrowed == {"line": "jinan/Line 1"}
    page = seen.get(f"/activity?{urlencode(narrowed)}").text
    assert 'value="jinan/gas-1"' in page
    assert 'value="jinan/line-2"' not in page
    other = {"line": "jinan/Line 2", "boundary": "jinan/gas-1", "period": "2026-03"}
    assert led(seen, was="jinan/line-2", **other)["boundary"] == "jinan/gas-1"
    assert led(seen, was="jinan/gas-1", **other)["boundary"] == "jinan/line-2"
    quarter = seen.get("/activity?boundary=jinan/gas-1&start=2026-01-01&end=2026-04-01").text
    assert re.search(r'<option value="2026-Q1" selected>', quarter)
    assert led(seen, was="", boundary="jinan/gas-1", period="2026-Q7", start="2026-03-30") == {
        "boundary": "jinan/gas-1", "start": "2026-03-30"
    }  # fmt: skip


EDITED = {"id": "edited", "line": "Line 3"}


def test_a_saved_boundary_is_changed_only_by_who_saw_its_last_version(seen: Browser) -> None:
    sent(seen, BOTH, **EDITED)
    editing = f"channels={LINE_1},{LINE_2}&less={LINE_2}&from=jinan/edited&{RANGE}"
    page = seen.get(f"/activity?{editing}").text
    assert "Save a new version of jinan/edited" in page
    assert 'name="factor_1" value="-0.5"' in page
    found = re.search(r'name="replaces" value="(\d+)"', page)
    assert found is not None
    refused = sent(seen, editing, **EDITED, name="Line two")
    assert refused.status_code == 409
    assert "E_BOUNDARY_CHANGED" in refused.text
    assert 'value="Line two"' in refused.text
    day = "2026-04-01"
    again = sent(seen, editing, **EDITED, name="Line two", replaces=found[1], effective_from=day)
    assert again.status_code == 303
    before = seen.get("/activity?boundary=jinan/edited&start=2026-03-30&end=2026-04-01").text
    after = seen.get("/activity?boundary=jinan/edited&start=2026-04-01&end=2026-04-03").text
    assert ("Activity data: Line 2, gate" in before, "Activity data: Line two" in after) == (
        True, True
    )  # fmt: skip
    assert "All 2 versions" in after


WRONG: tuple[tuple[str, dict[str, str], str, str], ...] = (
    (BOTH, {"id": "line 2"}, "E_BOUNDARY_VALUE", "save-id"),
    (BOTH, {"factor_1": "0"}, "E_BOUNDARY_VALUE", "factor_1"),
    (BOTH, {"reason": " "}, "E_ENTRY_VALUE", "save-reason"),
    (BOTH, {"effective_from": "9999-99-99"}, "E_BOUNDARY_VALUE", "save-effective_from"),
    (BOTH, {"effective_from": "0001-01-01"}, "E_BOUNDARY_VALUE", "save-effective_from"),
    (f"channels={LINE_1},{GAS}", {}, "E_UNIT_MISMATCH", "factor_1"),
)


def test_what_is_refused_stays_in_the_form_and_the_field_is_marked(seen: Browser) -> None:
    for query, changed, code, field in WRONG:
        answer = sent(seen, query, **changed)
        assert answer.status_code in (409, 422)
        assert code in answer.text
        assert re.search(rf'id="{field}"[^>]* aria-invalid="true"', answer.text)
        assert 'value="二线（门到门）"' in answer.text


def test_a_withdrawn_boundary_says_so_and_is_offered_no_more(seen: Browser) -> None:
    sent(seen, BOTH, id="gone", line="Line 4")
    where = "/activity?boundary=jinan/gone"
    form = {"csrf": csrf(seen.get(where).text), "reason": "line closed"}
    assert seen.post("/activity/boundaries/jinan/gone/withdraw", form).status_code == 303
    gone = seen.get(where)
    assert gone.status_code == 409
    assert "E_BOUNDARY_WITHDRAWN" in gone.text
    assert 'value="jinan/gone"' not in seen.get("/activity").text


def test_who_may_not_save_is_offered_no_form_and_others_sites_show_nothing(
    works: Plant, seen: Browser
) -> None:
    sent(seen, BOTH)
    seen.cookies.clear()
    seen.sign_in("analyst")
    page = seen.get("/activity?boundary=jinan/line-2").text
    assert "Line 2, gate to gate" in page
    assert "Withdraw this boundary" not in page
    assert "/audit/changes/" not in page
    assert "Save these channels" not in seen.get(f"/activity?{BOTH}").text
    add(works, "mill", Role.ENGINEER, "weifang")
    seen.cookies.clear()
    seen.sign_in("mill")
    assert seen.get("/activity?boundary=jinan/line-2").status_code == 404
    for path in ("/activity", f"/activity?channels={LINE_1}&from=jinan/line-2", "/"):
        assert "Line 2" not in seen.get(path).text
