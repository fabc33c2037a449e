"""Signing in: who is let in, for how long, and what a page of another site cannot do."""

import re
import shlex
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from carbonmeter.cli import main
from collector.api.app import create_app
from collector.people.sessions import IDLE_NS, LONGEST_NS, MOST, PATIENCE_NS, Sessions
from collector.web.pages import add_pages
from collector.web.typed import local_path
from evidence.clock import NS_PER_S, SteppedClock
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.web.conftest import PASSWORD, Browser, with_people

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


def test_whoever_is_not_known_is_led_to_the_door_and_back(browser: Browser) -> None:
    led = browser.get("/about?lang=zh")
    assert (led.status_code, led.headers["location"]) == (
        303,
        "/sign-in?next=%2Fabout%3Flang%3Dzh",
    )
    form = browser.get(led.headers["location"]).text
    assert 'name="next" value="/about?lang=zh"' in form
    let_in = browser.post(
        "/sign-in",
        {
            "name": "auditor",
            "password": PASSWORD,
            "next": "/about?lang=zh",
            "csrf": browser.word(),
        },
    )
    assert (let_in.status_code, let_in.headers["location"]) == (303, "/about?lang=zh")
    seen = browser.get("/about?lang=zh")
    assert seen.status_code == 200
    assert "auditor · 核查员" in seen.text


def test_the_command_at_the_door_is_one_that_is_taken(
    browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = re.findall(
        r"<code>carbonmeter (collector user add [^<]+)</code>", browser.get("/sign-in").text
    )
    words = shlex.split(shown.replace("ROLE", "auditor").replace("NAME", "li"))
    assert main([*words, "--config", "/nowhere/collector.toml"]) != 2, capsys.readouterr().err


def test_a_wrong_password_lets_nobody_in_and_five_of_them_make_wait(browser: Browser) -> None:
    for _ in range(5):
        refused = browser.sign_in("auditor", "wrong horse battery")
        assert refused.status_code == 403
        assert "E_PASSWORD" in refused.text
    assert browser.sign_in("auditor").status_code == 429
    assert browser.sign_in("analyst").status_code == 303


def test_an_unknown_name_is_refused_as_a_wrong_password_is(browser: Browser) -> None:
    unknown, wrong = (browser.sign_in(name, "x" * 12) for name in ("nobody", "auditor"))
    assert unknown.status_code == wrong.status_code == 403
    assert unknown.text.replace("nobody", "auditor") == wrong.text


def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it(browser: Browser) -> None:
    told = browser.sign_in("auditor").headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= set(told.split("; "))


def test_signing_out_needs_the_word_of_the_page_and_ends_the_session(browser: Browser) -> None:
    browser.sign_in("auditor")
    page = browser.get("/about").text
    found = CSRF.search(page)
    assert found is not None
    assert browser.post("/sign-out", {"csrf": "0" * 64}).status_code == 403
    assert browser.get("/about").status_code == 200
    before = dict(browser.cookies)
    assert browser.post("/sign-out", {"csrf": found[1]}).status_code == 303
    browser.cookies = before
    assert browser.get("/about").status_code == 303


@pytest.mark.parametrize(
    "foreign", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_a_page_of_another_site_signs_nobody_in(browser: Browser, foreign: dict[str, str]) -> None:
    form = {"name": "auditor", "password": PASSWORD, "csrf": browser.word()}
    refused = browser.post("/sign-in", form, **foreign)
    assert refused.status_code == 403
    assert "E_CSRF" in refused.text
    assert "cm_session" not in browser.cookies


@pytest.mark.parametrize("told", [{}, {"csrf": ""}, {"csrf": "0" * 64}])
def test_a_form_without_its_word_signs_nobody_in_and_says_what_to_do(
    browser: Browser, told: dict[str, str]
) -> None:
    browser.get("/sign-in")
    form = {"name": "auditor", "password": PASSWORD, **told}
    refused = browser.post("/sign-in", form)
    assert (refused.status_code, "cm_session" in browser.cookies) == (403, False)
    assert "E_CSRF" in refused.text
    assert "load the page again" in refused.text
    assert browser.sign_in("auditor").status_code == 303  # none of them was a wrong password


def test_the_word_of_another_browser_is_none_of_this_one(browser: Browser) -> None:
    other = Browser(browser.asked)
    form = {"name": "auditor", "password": PASSWORD, "csrf": other.word()}
    assert browser.post("/sign-in", form).status_code == 403  # without a cookie of its own
    browser.get("/sign-in")
    assert browser.post("/sign-in", form).status_code == 403
    assert browser.cookies["cm_visitor"] != other.cookies["cm_visitor"]
    assert other.post("/sign-in", form).status_code == 303
    for made_up in ("", "short", "ü" * 43):
        own = {"cookie": f"cm_visitor={made_up}".encode().decode("latin-1")}
        answer = browser.asked.send("POST", "/sign-in", FORM | own, urlencode(form).encode())
        assert answer.status_code == 403


def test_a_browser_keeps_its_word_and_no_script_reads_the_cookie(browser: Browser) -> None:
    first = browser.get("/sign-in")
    told = first.headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= set(told.split("; "))
    assert browser.word() == browser.word()
    assert "set-cookie" not in browser.get("/sign-in").headers


def test_a_session_reads_the_interface_and_writes_only_with_the_word(browser: Browser) -> None:
    browser.sign_in("engineer")
    assert browser.get("/api/v1/channels").status_code == 200
    path = "/api/v1/originals?site=jinan&name=a.pdf&reason=scan"
    refused = browser.post(path, {"a": "b"})
    assert (refused.status_code, refused.json()["code"]) == (403, "E_CSRF")
    found = CSRF.search(browser.get("/about").text)
    assert found is not None
    assert browser.post(path, {"a": "b"}, **{"x-csrf-token": found[1]}).status_code == 201
    denied = browser.post(path.replace("jinan", "weifang"), {}, **{"x-csrf-token": found[1]})
    assert denied.json()["code"] == "E_ORIGINAL_SITE"


def test_who_was_disabled_is_out_at_once(browser: Browser, people: Plant) -> None:
    browser.sign_in("auditor")
    users = people.parts().users
    users.replace(replace(users.named("auditor"), disabled=True))
    assert browser.get("/about").status_code == 401


def test_where_somebody_is_known_nobody_comes_in_without_a_name(browser: Browser) -> None:
    assert browser.asked.get("/api/v1/channels").status_code == 401


def test_sessions_end_after_hours_with_and_without_requests() -> None:
    clock = SteppedClock(0)
    sessions = Sessions(clock)
    text = sessions.begin("a", b"s" * 32)
    for _ in range(2):
        clock.advance(IDLE_NS - 1)
        assert sessions.find(text) is not None
    clock.advance(IDLE_NS)
    assert sessions.find(text) is None
    text = sessions.begin("a", b"s" * 32)
    for _ in range(0, LONGEST_NS, IDLE_NS // 2):
        assert sessions.find(text) is not None
        clock.advance(IDLE_NS // 2)
    assert sessions.find(text) is None
    assert sessions.find("anything") is None


def test_a_step_of_the_clock_ends_no_session_and_lengthens_none() -> None:
    clock = SteppedClock(10 * LONGEST_NS)
    sessions = Sessions(clock)
    text = sessions.begin("a", b"s" * 32)
    clock.step_forward(2 * LONGEST_NS)
    assert sessions.find(text) is not None
    clock.step_back(5 * LONGEST_NS)
    clock.advance(IDLE_NS)
    assert sessions.find(text) is None


def test_hours_of_the_readings_end_no_session_and_hours_at_the_desk_do(
    browser: Browser, people: Plant
) -> None:
    browser.sign_in("auditor")
    people.bench.clock.advance(200 * LONGEST_NS)  # as in a demonstration
    assert browser.get("/about").status_code == 200
    people.desk.advance(IDLE_NS)
    assert browser.get("/about").status_code == 303


def test_who_must_wait_is_told_how_long_by_a_clock_that_nobody_sets(
    browser: Browser, people: Plant
) -> None:
    for _ in range(5):
        browser.sign_in("auditor", "wrong horse battery")
    people.desk.advance(PATIENCE_NS - 61 * NS_PER_S)
    people.bench.clock.advance(PATIENCE_NS)
    waits = browser.sign_in("auditor")
    assert (waits.status_code, "try again after 2 min" in waits.text) == (429, True)
    people.desk.advance(61 * NS_PER_S)
    assert browser.sign_in("auditor").status_code == 303


def test_sessions_are_bounded_and_end_for_a_person_at_once() -> None:
    sessions = Sessions(SteppedClock(0))
    first = sessions.begin("a", b"0" * 32)
    for number in range(MOST):
        sessions.begin("b", number.to_bytes(32, "big"))
    assert sessions.find(first) is None
    mine = sessions.begin("c", b"9" * 32)
    sessions.end_all_of("c")
    assert sessions.find(mine) is None


@given(st.text(max_size=40))
def test_the_way_back_leads_nowhere_else(wanted: str) -> None:
    found = local_path(wanted)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert "\n" not in found


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "'analyst' is an analyst; this needs an auditor, engineer or administrator: ask"),
        ("zh", "'analyst' 的角色为分析员；此操作需要核查员、工程师或管理员：请联系管理员"),
    ],
)
def test_a_person_is_told_whom_a_page_is_for_and_is_offered_none_that_refuses(
    browser: Browser, language: str, words: str
) -> None:
    browser.sign_in("analyst")
    refused = browser.get(f"/audit?lang={language}")
    assert refused.status_code == 403
    assert words in unescape(refused.text)
    assert 'href="/audit"' not in refused.text
    browser.sign_in("auditor")
    assert 'href="/audit"' in browser.get("/").text


def test_programs_are_still_answered_with_problems(browser: Browser) -> None:
    plain: Asked = browser.asked
    assert plain.send("GET", "/about", {"accept": "application/json"}).json()["code"] == (
        "E_ANONYMOUS"
    )
    refused = browser.asked.send("GET", "/nothing", {"accept": "text/html"})
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/activity/enter", "Sign in to enter a reading or an amount."),
        ("/certificates/new/dcc", "Sign in to bring a document."),
        ("/certificates", "Sign in to bring a document."),
    ],
)
def test_who_is_not_signed_in_is_told_to_where_that_is_needed_and_comes_back(
    fresh: Plant, page: str, words: str
) -> None:
    parts = fresh.parts()
    visitor = Browser(Asked(add_pages(create_app(parts), parts)))
    found = re.search(rf'<a [^>]*href="([^"]*)">{words}</a>', visitor.get(page).text)
    assert found is not None
    wanted = {"/certificates": "/certificates/new/dcc"}.get(page, page)
    assert f'name="next" value="{wanted}"' in visitor.get(found[1]).text
    with_people(fresh)
    visitor.sign_in("auditor")
    assert words not in visitor.get(page).text
    parts.sources.close()
