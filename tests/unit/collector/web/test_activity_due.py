"""A period that is not over: what is not due yet is not missing, and the days that passed show."""

import re

import pytest

from collector.web.activity.due import missing_of_due, seconds_to_come
from collector.web.numbers import share
from evidence.clock import parse_utc
from tests.unit.collector.api.plant import GAS, LINE_1, Plant
from tests.unit.collector.web.conftest import Browser

PASSED = "start=2026-03-30&end=2026-04-06"  # the plant's clock stands at this end
GOING_ON = "start=2026-03-30&end=2026-07-01"


@pytest.fixture
def seen(people: Plant, browser: Browser) -> Browser:
    people.fill()
    browser.sign_in("analyst")
    return browser


def test_what_is_not_due_yet_is_not_counted_as_missing(seen: Browser) -> None:
    (datum,) = seen.get(f"/api/v1/activity-data?channel={LINE_1}&{PASSED}").json()
    (whole,) = seen.get(f"/api/v1/activity-data?channel={LINE_1}&{GOING_ON}").json()
    text = seen.get(f"/activity?channels={LINE_1}&{GOING_ON}").text
    assert f'<p class="value">{share(datum["completeness"]["ratio"])}</p>' in text
    assert f"not received × {datum['completeness']['missing']['not_received']}<" in text
    assert f"not received × {whole['completeness']['missing']['not_received']}<" not in text
    assert "The period is not over" in text
    assert "86\u202fd" in text
    over = seen.get(f"/activity?channels={LINE_1}&{PASSED}").text
    assert "The period is not over" not in over


def test_the_days_that_passed_are_shown_and_no_later_ones_are_offered(seen: Browser) -> None:
    text = seen.get(f"/activity?channels={LINE_1}&{GOING_ON}").text
    heat = text.partition('id="hours"')[2].partition('id="files"')[0]
    days = re.findall(r">(2026-\d\d-\d\d)</a>", heat)
    assert (days[0], days[-1]) == ("2026-03-30", "2026-04-05")
    assert "Nothing is missing" not in heat
    assert 'rel="next"' not in heat


def test_whoever_releases_or_locks_is_told_that_the_period_is_not_over(seen: Browser) -> None:
    for span, said in ((PASSED, False), (GOING_ON, True)):
        (datum,) = seen.get(f"/api/v1/activity-data?channel={LINE_1}&{span}").json()
        text = seen.get(f"/activity/{datum['digest']}").text
        assert f'action="/activity/{datum["digest"]}/release"' in text
        assert ("The period is not over: it ends at 2026-07-01" in text) is said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_statement_says_that_it_was_given_before_its_period_was_over(
    people: Plant, seen: Browser, language: str
) -> None:
    said = {"en": "with 86\u202fd", "zh": "时段尚余 86\u202f天"}[language]
    for span, early in ((PASSED, False), (GOING_ON, True)):
        (datum,) = seen.get(f"/api/v1/activity-data?channel={LINE_1}&{span}").json()
        seen.sign_in("auditor")
        for at in (f"/activity/{datum['digest']}", f"/audit/bundles/{datum['digest']}"):
            assert (said in seen.get(f"{at}?lang={language}").text) is early
    people.bench.clock.set_to(parse_utc("2026-07-02T00:00:00Z"))
    seen.sign_in("auditor")
    assert said in seen.get(f"/activity/{datum['digest']}?lang={language}").text


def test_reasons_of_what_was_due_stay_and_what_is_over_has_nothing_to_come() -> None:
    missing = {"not_received": 10, "timeout": 2}
    assert missing_of_due(missing, 4) == {"not_received": 6, "timeout": 2}
    assert missing_of_due(missing, 10) == {"timeout": 2}
    assert missing_of_due({"timeout": 2}, 0) == {"timeout": 2}
    assert (seconds_to_come(5, 6), seconds_to_come(7_000_000_000, 0)) == (0.0, 7.0)


def test_a_register_bridges_its_gaps_and_any_other_total_lacks_them(seen: Browser) -> None:
    register = seen.get(f"/activity?channels={LINE_1}&{PASSED}").text
    assert "A register bridges gaps" in register
    assert "The total lacks" not in register
    metered = seen.get(f"/activity?channels={GAS}&{PASSED}").text
    assert "A register bridges gaps" not in metered
    assert "Polls that gave a value" in metered
    assert "hours that an entry covers" not in metered
    assert f"The total lacks what was not measured: of {GAS}." in metered
    assert "best estimate under the plan stands" not in metered
