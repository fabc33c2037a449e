"""Pages show what is locked also where nothing would follow now, or a refusal."""

from typing import Any

import pytest

from collector.rights import Role
from tests.unit.collector.api.plant import POWER, Plant, served
from tests.unit.collector.api.test_entries import STEEL
from tests.unit.collector.api.test_locks_hold import (
    FIRST,
    TIME,
    WITHDRAWN,
    corrects,
    hourly,
    lock,
    locked_entry,
    polled,
    power,
    took,
)
from tests.unit.collector.api.writing import Person, person, token, two_lines
from tests.unit.collector.web.conftest import Browser

WORDS = {
    "en": "Nothing would be stated now for this channel and period",
    "zh": "该通道与时段现在得不出任何结果",
}


def clerk(plant: Plant) -> Person:
    return person(plant, "wang", Role.ANALYST)


@pytest.fixture
def withdrawn(people: Plant, browser: Browser) -> dict[str, Any]:
    two_lines(people)
    who = clerk(people)
    before, entry = locked_entry(who)
    corrects(who, entry, WITHDRAWN)
    browser.sign_in("analyst")
    return before


def test_the_page_of_amounts_offers_and_shows_it(
    withdrawn: dict[str, Any], browser: Browser
) -> None:
    page = browser.get(f"/activity?channels={STEEL}&{TIME}").text
    assert withdrawn["digest"] in page
    assert "1 statement is locked and stands as it was; something else, or nothing" in page
    assert STEEL in browser.get("/activity?q=steel").text


@pytest.mark.parametrize("language", WORDS)
def test_its_own_page_says_that_nothing_follows(
    withdrawn: dict[str, Any], browser: Browser, language: str
) -> None:
    page = browser.get(f"/activity/{withdrawn['digest']}?lang={language}").text
    assert WORDS[language] in page
    assert f'action="/activity/{withdrawn["digest"]}/unlock"' in page


def test_the_page_of_one_that_stands_does_not(people: Plant, browser: Browser) -> None:
    two_lines(people)
    before, _ = locked_entry(clerk(people))
    browser.sign_in("analyst")
    assert WORDS["en"] not in browser.get(f"/activity/{before['digest']}").text


def test_its_evidence_is_found_by_channel_and_period(
    withdrawn: dict[str, Any], browser: Browser
) -> None:
    browser.sign_in("auditor")
    answer = browser.get(f"/audit/bundle?channel={STEEL}&{TIME}")
    assert answer.headers["location"] == f"/audit/bundles/{withdrawn['digest']}"


def test_a_day_of_which_readings_would_be_cut_now_is_shown_without_its_hours(
    people: Plant, browser: Browser
) -> None:
    polled(people, power(0, 196))
    before = lock(clerk(people), POWER, FIRST)
    took(people, hourly(POWER, 40, 3))
    browser.sign_in("analyst")
    page = browser.get(f"/activity?channels={POWER}&{FIRST}")
    assert page.status_code == 200
    assert before["digest"] in page.text
    assert "E_PERIOD" not in page.text
    other = browser.get(f"/activity?channels={POWER}&{FIRST.replace('03-31', '04-01')}")
    assert other.status_code == 422


def test_a_boundary_with_its_channel_can_be_saved(withdrawn: dict[str, Any], people: Plant) -> None:
    assert withdrawn["channel"] == STEEL
    engineer = token(people, "zhao", Role.ENGINEER)
    boundary = {"id": "jinan/steel", "name": "Steel", "terms": [{"channel": STEEL, "factor": "1"}]}
    body = {"boundary": boundary, "reason": "reported", "replaces": None}
    answer = Person(served(people.parts()), engineer).post("/api/v1/boundaries", body)
    assert answer.status_code == 201, answer.text
