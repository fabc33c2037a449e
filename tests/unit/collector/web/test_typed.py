"""A form that comes when the session has ended: what was typed is kept, and nothing is done."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.api.allowed import PAGES
from collector.people.sessions import IDLE_NS, Sessions
from collector.web.filled import filled
from collector.web.kept_forms import MOST, KeptForms
from collector.web.typed import Typed, page_of, text_of, typed_of_text
from evidence.clock import SteppedClock
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.web.conftest import PASSWORD, Browser
from tests.unit.collector.web.test_activity_entering import AMOUNT, READING

OWN = {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}
TYPED = re.compile(r'name="typed" value="([^"]*)"')
TABLE = "entered,channel\r\namount,<&>\r\n"
TOLD = {"value": 'a"b<c', "kind": "two", "why": "\n<x> & y\r\nz", "weighed": "yes", "note": ""}
FORM = """<!doctype html>
<details class="no-print"><summary>Unfold</summary>
<form method="post" action="/a/b?x=1&amp;y=%2F"><input type="hidden" name="csrf" value="w">
<input type="hidden" name="about" value="7"><input name="value" value="old" required>
<select name="kind"><option value="one" selected>1</option><option value="two">2</option></select>
<textarea name="why" rows="2">before</textarea><input type="checkbox" name="weighed" value="yes">
<input type="password" name="password"><input name="note" value="said before"></form></details>
<details><form method="post" action="/other"><input name="value" value="theirs"></form></details>
"""


class Values(HTMLParser):
    """What a browser would send of each form: by its address, then by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._here: dict[str, str] = {}
        self._name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a form, or reads a field."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._here = self.forms.setdefault(told.get("action", ""), {})
        if tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self._here[told.get("name", "")] = told.get("value", "")
        if tag in ("select", "textarea"):
            self._name = told["name"]
        if tag == "option" and "selected" in told and self._name:
            self._here[self._name] = told["value"]
        if tag == "textarea":
            self._here[self._name] = ""

    def handle_data(self, data: str) -> None:
        """Reads what is written in a field; its first line break is none of it."""
        if self._name in self._here and self.lasttag == "textarea":
            self._here[self._name] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Ends a field."""
        self._name = "" if tag in ("select", "textarea") else self._name


def lost(people: Plant, browser: Browser, path: str, form: dict[str, str]) -> httpx.Response:
    """The answer to a form of somebody who filled it in for too long."""
    word = browser.word("/about")
    people.desk.advance(IDLE_NS)
    return browser.post(path, {**form, "csrf": word}, **OWN)


def let_in(browser: Browser, door: httpx.Response, name: str, password: str) -> httpx.Response:
    """The answer to the form of the door, filled in."""
    form = {**Values(door.text).forms["/sign-in"], "name": name, "password": password}
    return browser.post("/sign-in", form, **OWN)


def last(people: Plant) -> int:
    """How many entries the journal has."""
    with people.parts().journal() as journal:
        return journal.head().size


@pytest.mark.parametrize(
    ("path", "form", "back"),
    [
        ("/activity/enter", READING, "/activity/enter?kind=reading"),
        ("/activity/enter", AMOUNT, "/activity/enter?kind=amount"),
        ("/activity/enter/table", {"table": TABLE, "reason": "as agreed"}, "/activity/enter"),
    ],
)
def test_what_was_typed_stands_in_its_form_again_and_nothing_was_entered(
    people: Plant, browser: Browser, path: str, form: dict[str, str], back: str
) -> None:
    browser.sign_in("analyst")
    before = last(people)
    door = lost(people, browser, path, form)
    assert door.status_code == 401
    assert "You were signed out before the form came" in door.text
    led = let_in(browser, door, "analyst", PASSWORD)
    assert (led.status_code, led.headers["location"]) == (303, back)
    assert browser.get("/about").text.count("Nothing was sent yet") == 0
    page = browser.get(back).text
    assert "Nothing was sent yet" in page
    told = Values(page).forms[path]
    assert {name: told[name] for name in form} == form
    assert last(people) == before
    assert "Nothing was sent yet" not in browser.get(back).text
    if path == "/activity/enter":
        assert browser.post(path, told, **OWN).status_code == 303
        assert last(people) == before + 1


def test_another_one_who_signs_in_sees_nothing_of_what_was_typed(
    people: Plant, browser: Browser
) -> None:
    browser.sign_in("analyst")
    door = lost(people, browser, "/activity/enter", READING)
    assert "'analyst' typed it: nobody else is shown it." in " ".join(unescape(door.text).split())
    again = let_in(browser, door, "engineer", "wrong horse battery")
    led = let_in(browser, again, "engineer", PASSWORD)
    assert led.headers["location"] == "/activity/enter?kind=reading"
    page = unescape(browser.get("/activity/enter?kind=reading").text)
    assert "'analyst' had typed something into a form of this page before" in page
    assert "All that was typed" not in page
    told = Values(page).forms["/activity/enter"]
    assert (told.get("value", ""), told.get("source", "")) == ("", "")
    assert "had typed" not in browser.get("/activity/enter?kind=reading").text


def test_a_form_of_nobody_who_is_remembered_is_for_whoever_signs_in(
    people: Plant, browser: Browser
) -> None:
    browser.sign_in("analyst")
    door = browser.post("/activity/enter", {**READING, "csrf": "unknown"}, **OWN)
    assert door.status_code == 403
    people.desk.advance(IDLE_NS)
    door = browser.post("/activity/enter", {**READING, "csrf": "unknown"}, **OWN)
    assert "typed it" not in door.text
    let_in(browser, door, "engineer", PASSWORD)
    assert READING["source"] in browser.get("/activity/enter?kind=reading").text


def test_a_wrong_password_loses_neither_what_was_typed_nor_the_way(
    people: Plant, browser: Browser
) -> None:
    browser.sign_in("analyst")
    door = lost(people, browser, "/activity/enter", READING)
    again = let_in(browser, door, "analyst", "wrong horse battery")
    assert again.status_code == 403
    led = let_in(browser, again, "analyst", PASSWORD)
    assert led.headers["location"] == "/activity/enter?kind=reading"
    assert READING["source"] in browser.get("/activity/enter?kind=reading").text
    plain = browser.post("/sign-in", {"next": "/about", "name": "x", "csrf": browser.word()})
    assert 'name="next" value="/about"' in plain.text


def test_the_form_of_one_of_many_is_filled_and_no_secret_is_carried(
    people: Plant, browser: Browser
) -> None:
    browser.sign_in("administrator")
    form = {"name": "engineer", "role": "auditor", "sites": "weifang", "password": "secret " * 3}
    door = lost(people, browser, "/people/users/change", {**form, "reason": "moves"})
    carried = TYPED.search(door.text)
    assert carried is not None
    assert "secret" not in door.text
    assert "csrf" not in carried[1]
    assert let_in(browser, door, "administrator", PASSWORD).headers["location"] == "/people"
    page = browser.get("/people").text
    assert page.count('value="weifang"') == 1
    own = page.partition('name="name" value="engineer"')[2].partition("</form>")[0]
    assert 'value="weifang"' in own
    assert '<option value="auditor" selected="">' in own
    assert people.parts().users.named("engineer").role.value == "engineer"


@pytest.mark.parametrize(
    "foreign", [{}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_page_of_another_site_fills_in_nothing(browser: Browser, foreign: dict[str, str]) -> None:
    led = browser.post("/activity/enter", READING, **foreign)
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=%2Factivity%2Fenter")


def test_of_nobody_no_file_is_read_and_the_way_back_is_kept(browser: Browser) -> None:
    form = {"site": "x" * 70_000}
    led = browser.post("/certificates/new/dcc", form, **OWN)
    assert led.status_code == 303
    assert unquote(led.headers["location"]) == "/sign-in?next=/certificates/new/dcc"


def test_a_long_form_passes_the_door(people: Plant, browser: Browser) -> None:
    browser.sign_in("analyst")
    table = "电能," * 1_500 + '"\r\n'
    form = {"table": table, "reason": "as agreed"}
    door = lost(people, browser, "/activity/enter/table", form)
    assert let_in(browser, door, "analyst", PASSWORD).status_code == 303
    assert Values(browser.get("/activity/enter").text).forms["/activity/enter/table"]["table"] == (
        table
    )


def test_every_form_stands_on_a_page_that_can_be_looked_at() -> None:
    shown = [path for method, path in PAGES if method == "GET"]
    pages = [re.compile(re.sub(r"{[^}]+}", "[^/]+", path)) for path in shown]
    sent = [path for method, path in PAGES if method == "POST" and not path.startswith("/sign-")]
    assert len(sent) > 15
    for path in sent:
        given = path.replace("{entry}", "7").replace("{digest}", "a" * 64)
        stands = page_of(re.sub(r"{[^}]+}", "x", given)).partition("?")[0]
        assert any(each.fullmatch(stands) for each in pages), path
    assert page_of("/activity/enter/7/withdraw") == "/activity/enter?entry=7"
    assert page_of("/activity/boundaries/jinan/mill/withdraw") == "/activity?boundary=jinan/mill"
    assert page_of("/activity?channels=a&less=b") == "/activity?channels=a&less=b"


def test_a_form_is_filled_and_unfolded_and_others_stay_as_they_are() -> None:
    fields = {**TOLD, "about": "7", "password": "typed all the same"}
    page = filled(FORM, Typed(action="/a/b?y=/&x=1", fields=fields))
    told = Values(page).forms["/a/b?x=1&y=%2F"]
    assert told == {**fields, "csrf": "w", "password": ""}
    assert page.startswith('<!doctype html>\n<details class="no-print" open="">')
    assert '<details><form method="post" action="/other"><input name="value" value="theirs"' in page


@pytest.mark.parametrize("other", [{"action": "/a/b"}, {"about": "8"}, {"action": "/a/c?x=1&y=/"}])
def test_a_form_of_something_else_is_not_filled(other: dict[str, str]) -> None:
    fields = {**TOLD, "about": other.get("about", "7")}
    typed = Typed(action=other.get("action", "/a/b?x=1&y=/"), fields=fields)
    assert filled(FORM, typed) == FORM


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_whatever_was_typed_is_text_again(text: str) -> None:
    fields = {"about": "7", "value": text, "why": text}
    told = Values(filled(FORM, Typed(action="/a/b?x=1&y=/", fields=fields))).forms
    assert told["/a/b?x=1&y=%2F"]["value"] == told["/a/b?x=1&y=%2F"]["why"] == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"action":"//evil.example/","fields":{"a":"b"}}',
        '{"action":"https://evil.example/","fields":{"a":"b"}}',
        '{"action":"/activity/enter","fields":{"csrf":"b"}}',
        '{"action":"/activity/enter","fields":{"a":1}}',
        "\ud800",
    ],
)
def test_what_the_door_did_not_write_is_nothing(text: str) -> None:
    assert typed_of_text(text) is None


def test_what_the_door_wrote_is_read() -> None:
    typed = Typed(action="/activity/enter", fields={"value": "电"}, user="analyst")
    assert typed_of_text(text_of(typed)) == typed


def test_few_forms_are_kept() -> None:
    sessions, forms = Sessions(SteppedClock(0)), KeptForms()
    typed = Typed(action="/people/users", fields={"name": "a"})
    found = []
    for number in range(MOST + 1):
        session = sessions.find(sessions.begin("a", number.to_bytes(32, "big")))
        assert session is not None
        found.append(session)
        forms.put(session, typed)
    assert forms.take(found[0], "/people") is None
    assert forms.take(found[1], "/about") is None
    assert forms.take(found[1], "/people") == typed
    assert forms.take(found[1], "/people") is None
