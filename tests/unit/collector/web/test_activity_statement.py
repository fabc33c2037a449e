"""A statement's page: versions, what changed, and people who stand for one."""

import re
from typing import Any

import pytest

from tests.unit.collector.api.plant import FILES, LINE_1, Plant, energy_certificate
from tests.unit.collector.api.writing import two_lines
from tests.unit.collector.web.conftest import Browser

ASKED = f"/api/v1/activity-data?channel={LINE_1}&start=2026-03-30&end=2026-04-01"


@pytest.fixture
def seen(people: Plant, browser: Browser) -> Browser:
    two_lines(people)
    browser.sign_in("analyst")
    return browser


def datum_of(seen: Browser) -> Any:  # noqa: ANN401 - plain JSON
    return seen.get(ASKED).json()[0]


def csrf_of(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found is not None
    return found[1]


def decide(seen: Browser, digest: str, act: str, reason: str) -> Any:  # noqa: ANN401 - an answer
    word = csrf_of(seen.get(f"/activity/{digest}").text)
    return seen.post(f"/activity/{digest}/{act}", {"csrf": word, "reason": reason})


def test_a_statement_is_released_locked_and_unlocked_with_reasons(seen: Browser) -> None:
    digest = datum_of(seen)["digest"]
    page = seen.get(f"/activity/{digest}").text
    assert f'action="/activity/{digest}/release"' in page
    assert f'action="/activity/{digest}/lock"' not in page
    answer = decide(seen, digest, "release", "checked against the invoice")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/activity/{digest}#decided")
    assert "checked against the invoice" in seen.get(f"/activity/{digest}").text
    assert decide(seen, digest, "lock", "reported").status_code == 303
    (locked,) = seen.get("/api/v1/activity-data/locked").json()
    assert (locked["digest"], locked["who"], locked["reason"]) == (digest, "analyst", "reported")
    amounts = seen.get(f"/activity?channels={LINE_1}&start=2026-03-30&end=2026-04-01").text
    assert "1 statements are locked" in amounts
    assert decide(seen, digest, "unlock", "the meter was exchanged").status_code == 303
    assert seen.get("/api/v1/activity-data/locked").json() == []


def test_without_a_reason_or_a_word_of_the_page_nothing_is_decided(seen: Browser) -> None:
    digest = datum_of(seen)["digest"]
    refused = decide(seen, digest, "release", "  ")
    assert refused.status_code == 422
    assert "E_ENTRY_VALUE" in refused.text
    forged = seen.post(f"/activity/{digest}/release", {"reason": "x"})
    assert forged.status_code == 403
    again = decide(seen, digest, "lock", "not released yet")
    assert again.status_code == 409
    assert "E_LOCK" in again.text
    assert "not released yet" in again.text  # what was typed is not lost


def test_an_auditor_sees_a_statement_and_decides_nothing(people: Plant, browser: Browser) -> None:
    two_lines(people)
    browser.sign_in("auditor")
    digest = datum_of(browser)["digest"]
    page = browser.get(f"/activity/{digest}").text
    assert "/release" not in page
    word = re.search(r'name="csrf" content="([^"]+)"', page)
    assert word is not None
    answer = browser.post(f"/activity/{digest}/release", {"csrf": word[1], "reason": "x"})
    assert answer.status_code == 403


def test_a_later_certificate_shows_as_a_difference_and_makes_a_version(
    people: Plant, seen: Browser
) -> None:
    before = datum_of(seen)
    changed = energy_certificate("E-1b", "S-1").replace(b"[0.002]", b"[0.003]")
    changed = changed.replace(b"2026-01-05", b"2026-01-06").replace(b"01-06T08", b"01-07T08")
    named = FILES[3][2].replace(b'"K-1"', b'"K-1b"').replace(b'"E-1"', b'"E-1b"')
    named = named.replace(b"recorded_at = 2026-01-07", b"recorded_at = 2026-01-08")
    named = named.replace(b"effective_from = 2026-01-07", b"effective_from = 2026-01-08")
    people.log_file(people.gw1, "certificate", "e-1b.toml", changed)
    people.log_file(people.gw1, "confirmation", "k-1b.toml", named)
    people.judging.catch_up()
    page = seen.get(f"/activity/{before['digest']}").text
    after = datum_of(seen)
    if after["digest"] == before["digest"]:
        assert "The same would be stated now" in page
        pytest.fail("a later certificate changed nothing")
    assert "Something else would be stated now" in page
    newest = seen.get(f"/activity/{after['digest']}").text
    assert "<del>E-1</del>" in newest
    assert "<ins>E-1b</ins>" in newest
    assert before["digest"][:12] in newest
    old = seen.get(f"/activity/{before['digest']}")
    assert old.status_code == 200
    assert after["digest"][:12] in old.text


def test_a_digest_that_nobody_made_or_may_see_is_not_there(
    people: Plant, browser: Browser
) -> None:
    people.fill()
    browser.sign_in("auditor")
    asked = "/api/v1/activity-data?channel=weifang/mill/energy&start=2026-03-30&end=2026-04-01"
    digest = browser.get(asked).json()[0]["digest"]
    assert "uncertainty unknown" in browser.get(f"/activity/{digest}").text
    assert "E_STATEMENT_UNKNOWN" in browser.get(f"/activity/{'0' * 64}").text
    assert browser.get("/activity/nothing").status_code == 422
    browser.cookies.clear()
    browser.sign_in("engineer")
    assert browser.get(f"/activity/{digest}").status_code == 404
