"""What every page has: a policy, a language, files that are kept, and no way to load more."""

import re

import pytest
from msgspec.structs import replace

from collector.api import allowed
from collector.api.allowed import _routes
from collector.web.assets import assets
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.web.conftest import Browser

PAGES = ("/about", "/sign-in", "/activity", "/activity/enter")


def test_every_page_that_is_declared_is_there(browser: Browser) -> None:
    there = {(method, path) for method, path, _ in _routes(browser.asked.app)}
    assert set(allowed.PAGES) <= there
    assert there - set(allowed.PAGES) == set(allowed.ALLOWED) - set(allowed.PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_from_here_alone_and_runs_nothing_inline(browser: Browser, path: str) -> None:
    browser.sign_in("auditor")
    answer = browser.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)
    assert loaded
    for each in loaded:
        assert browser.get(each).status_code == 200
    assert len(answer.content) + sum(len(browser.get(each).content) for each in loaded) < 300_000


def test_a_file_is_kept_for_ever_and_an_old_address_of_it_is_gone(browser: Browser) -> None:
    style = assets()["style.css"]
    answer = browser.get(style.path)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert browser.get(style.path.replace(style.digest, "0" * 16)).status_code == 404
    assert browser.get("/static/x/../../etc/passwd").status_code == 404


def test_language_theme_and_zone_are_chosen_by_address_and_kept(browser: Browser) -> None:
    browser.sign_in("auditor")
    assert 'lang="en"' in browser.get("/about").text
    chosen = browser.get("/about?lang=zh&theme=dark&tz=Europe/Berlin")
    assert 'lang="zh-CN" data-theme="dark"' in chosen.text
    again = browser.get("/about")
    assert 'lang="zh-CN" data-theme="dark"' in again.text
    assert "Europe/Berlin" in again.text
    assert browser.get("/about?theme=pink&tz=Mars/Olympus&lang=xx").status_code == 200
    assert browser.cookies["cm_theme"] == "dark"


def test_the_language_of_the_browser_is_taken_first(browser: Browser) -> None:
    assert 'lang="zh-CN"' in browser.get("/sign-in", **{"accept-language": "zh-CN,en;q=0.5"}).text


def test_a_refusal_is_a_page_with_its_code(browser: Browser) -> None:
    browser.sign_in("auditor")
    refused = browser.get("/static/x/y?lang=zh")
    assert refused.status_code == 404
    assert "E_PATH_UNKNOWN" in refused.text
    assert "未找到" in refused.text


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/nosuchpage", "/"),
        ("/instruments/no%2Fsuch", "/#instruments"),
        ("/certificates/NONE-1", "/certificates"),
    ],
)
def test_what_is_not_found_leads_a_person_back(browser: Browser, path: str, back: str) -> None:
    browser.sign_in("auditor")
    refused = browser.get(path)
    assert refused.status_code == 404
    assert refused.headers["content-type"].startswith("text/html")
    assert f'<a href="{back}">' in refused.text.partition("<dl")[2]


@pytest.mark.parametrize("path", ["/nosuchpage", "/people", "/certificates/NONE-1"])
def test_a_refusal_says_who_is_signed_in(browser: Browser, path: str) -> None:
    browser.sign_in("auditor")
    refused = browser.get(path)
    assert refused.status_code in (403, 404)
    assert "auditor · auditor" in refused.text
    assert "Sign in" not in refused.text
    assert browser.post("/sign-out", {"csrf": browser.word(path)}).status_code == 303


def test_a_refusal_leads_whoever_is_not_signed_in_to_the_door_and_back(
    browser: Browser, people: Plant
) -> None:
    refused = browser.get("/nosuchpage?a=b")
    assert 'href="/sign-in?next=%2Fnosuchpage%3Fa%3Db"' in refused.text
    browser.sign_in("auditor")
    users = people.parts().users
    users.replace(replace(users.named("auditor"), disabled=True))
    assert 'href="/sign-in?next=%2Fnosuchpage"' in browser.get("/nosuchpage").text


def test_a_page_that_a_form_led_to_changes_its_language_where_the_form_stands(
    browser: Browser,
) -> None:
    browser.sign_in("analyst")
    refused = browser.fill_in("/activity/enter/table", {"table": "x"})
    assert refused.status_code == 422
    assert 'href="/activity/enter?lang=zh"' in refused.text


def test_a_program_is_told_of_an_unknown_address_as_before(browser: Browser) -> None:
    refused = browser.get("/nosuchpage", accept="application/json")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "E_PATH_UNKNOWN"


def test_a_method_that_a_page_does_not_answer_is_refused_on_a_page(browser: Browser) -> None:
    refused = browser.post("/about", {})
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    assert "E_METHOD" in refused.text
