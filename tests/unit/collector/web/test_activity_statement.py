"""A statement's page: versions, what changed, and people who stand for one."""

import re
from typing import Any

import pytest

from collector.web.numbers import stated
from tests.unit.collector.api.plant import (
    FILES,
    LINE_1,
    LINE_2,
    POLLS_A_DAY,
    Plant,
    batch,
    stream,
)
from tests.unit.collector.api.test_doubts import found_at
from tests.unit.collector.api.test_releases import corrected
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
    answer = decide(seen, digest, "release", "checked against\r\nthe invoice")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/activity/{digest}#decided")
    assert "checked against the invoice" in seen.get(f"/activity/{digest}").text
    assert decide(seen, digest, "lock", "reported").status_code == 303
    (locked,) = seen.get("/api/v1/activity-data/locked").json()
    assert (locked["digest"], locked["who"], locked["reason"]) == (digest, "analyst", "reported")
    amounts = seen.get(f"/activity?channels={LINE_1}&start=2026-03-30&end=2026-04-01").text
    assert "1 statement is locked" in amounts
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


def test_a_corrected_certificate_shows_as_a_difference_and_makes_a_version(
    people: Plant, seen: Browser
) -> None:
    before = datum_of(seen)
    assert "The same would be stated now" in seen.get(f"/activity/{before['digest']}").text
    corrected(people)
    seen.sign_in("analyst")  # a day later
    asked = f"/api/v1/activity-data/{before['digest']}/difference"
    moved = seen.get(asked).json()
    told = stated(moved["difference"], moved["uncertainty"]["expanded_uncertainty"])
    page = seen.get(f"/activity/{before['digest']}").text
    assert "Something else would be stated now" in page
    assert f"<strong>{told} kW·h</strong>" in page
    after = datum_of(seen)
    assert after["supersedes"] == before["digest"]
    for digest in (after["digest"], before["digest"]):
        page = seen.get(f"/activity/{digest}").text
        assert "The same would be stated now" in page
        assert f"<strong>{told} kW·h</strong>" in page
        assert before["digest"][:12] in page
        assert after["digest"][:12] in page


def test_a_late_certificate_is_named_as_what_changed(people: Plant, browser: Browser) -> None:
    late = {"e-2.toml", "k-2.toml"}
    files = {name: (kind, name, data) for kind, name, data in FILES}
    for name in files.keys() - late:
        people.log_file(people.gw1, *files[name])
    part = stream(LINE_2, 0, 2 * POLLS_A_DAY + 4)
    people.take(people.gw1, batch(people.gw1, [part]))
    people.judging.catch_up()
    browser.sign_in("auditor")
    asked = ASKED.replace(LINE_1, LINE_2)
    before = browser.get(asked).json()[0]
    assert before["u_basis"] == "unknown"
    for name in sorted(late):
        people.log_file(people.gw1, *files[name])
    people.judging.catch_up()
    page = browser.get(f"/activity/{before['digest']}").text
    assert "<ins>E-2</ins>" in page
    assert "<del>nothing</del> <ins>calibration</ins>" in page


def test_what_a_certificate_touched_is_named_in_words(people: Plant, seen: Browser) -> None:
    datum_of(seen)
    people.bench.clock.set_to(people.bench.clock.now_ns() + 3_600_000_000_000)
    people.log_file(people.gw1, "certificate", "e-1b.toml", found_at(0.006))
    people.judging.catch_up()
    seen.sign_in("auditor")
    for language, words in (("en", "Hours in doubt"), ("zh", "存疑时段")):
        page = seen.get(f"/audit/effects/touched?certificate=E-1B&lang={language}").text
        cells = re.findall(r'<td role="cell" class="is">(.+?)</td>', page)
        assert cells == [words]


def test_a_digest_that_nobody_made_or_may_see_is_not_there(people: Plant, browser: Browser) -> None:
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


def test_the_page_leads_to_the_record_of_the_statement(seen: Browser) -> None:
    digest = datum_of(seen)["digest"]
    path = f"/api/v1/activity-data/{digest}/record"
    page = seen.get(f"/activity/{digest}").text
    assert f'<a href="{path}">Record (15 groups, JSON)</a>' in page
    assert seen.get(path).json()["digests"]["statement_sha256"] == digest


def test_a_statement_of_a_running_month_tells_apart_what_was_not_due(seen: Browser) -> None:
    asked = f"/api/v1/activity-data?channel={LINE_1}&start=2026-03-25&end=2026-05-01"
    (datum,) = seen.get(asked).json()
    page = seen.get(f"/activity/{datum['digest']}").text
    missing = re.search(r"<dt>Missing polls</dt><dd>(.*?)</dd>", page)
    assert missing is not None
    told = {name: int(count) for name, count in re.findall(r"([a-z ]+) × (\d+)", missing[1])}
    found = {name.strip(): count for name, count in told.items()}
    assert "before its log began" in found
    assert "to come when it was stated" in found
    assert sum(found.values()) == sum(datum["completeness"]["missing"].values())
    due = datum["completeness"]["expected"] - found["to come when it was stated"]
    present = datum["completeness"]["present"]
    assert f"Of the {due} polls due by then {present} are there" in page
