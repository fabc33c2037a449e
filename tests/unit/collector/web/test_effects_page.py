"""The page of effects: since when amounts are in doubt, and of which hours they are."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from collector.api.app import create_app
from collector.web.pages import add_pages
from tests.unit.collector.alarms.failed_plant import begun, read_on
from tests.unit.collector.api.plant import (
    DAYS,
    LINE_1,
    POLLS_A_DAY,
    Asked,
    Plant,
    batch,
    stream,
)
from tests.unit.collector.api.test_doubts import found_at
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.web.conftest import Browser

SPAN = "start=2026-03-30&end=2026-04-05"


@pytest.fixture
def browser(people: Plant) -> Iterator[Browser]:
    parts = people.parts()
    made = Browser(Asked(add_pages(create_app(parts), parts)))
    made.sign_in("auditor")
    yield made
    parts.sources.close()


def row(browser: Browser, channel: str, language: str = "en") -> str:
    page = browser.get(f"/audit/effects?channel={channel}&{SPAN}&lang={language}").text
    return next(each for each in page.split("<tr")[1:] if channel in each)


def test_the_page_says_since_when_as_the_factory_page_does_and_which_hours_have_amounts(
    browser: Browser, people: Plant
) -> None:
    read_on(begun(people), range(5))
    (repair,) = [
        each
        for each in browser.get("/?live=off&lang=en").text.split("<tr")
        if "its daily check of" in each
    ]
    told = re.search(r"what it showed\s+since\s+(?:<time>)?(\d{4}-\d\d-\d\d \d\d:\d\d)", repair)
    assert told is not None, repair
    shown = row(browser, CO2)
    assert f"since {told[1]}" in shown
    hours = re.search(r"amounts of (\S+ \d\d):00 – \S+ \d\d:00<", shown)
    assert hours is not None, shown
    assert hours[1] >= told[1].partition(":")[0]
    assert "Amounts are of whole measured hours" in browser.get(f"/audit/effects?{SPAN}").text
    assert f"自 {told[1]} 起" in row(browser, CO2, "zh")


def test_what_a_certificate_found_is_in_doubt_since_the_day_of_the_one_before(
    browser: Browser, people: Plant
) -> None:
    people.fill()
    people.log_file(people.gw1, "certificate", "e-1b.toml", found_at(0.006))
    people.judging.catch_up()
    shown = row(browser, LINE_1)
    assert "since 2026-01-05<" in shown
    assert "amounts of 2026-03-30 " in shown
    effect, share = [re.sub(r"^[^>]*>|<.*?>|\s", "", each) for each in shown.split("<td")[-2:]]
    assert effect.startswith("−27±")  # kW·h of 11 876: two digits of U, as of the share
    assert share.startswith("−0.23%")


def test_what_was_found_of_a_meter_that_nobody_recorded_as_replaced_is_told(
    browser: Browser, people: Plant
) -> None:
    """It is sent to a laboratory after somebody put in another one, and no exchange says so."""
    people.fill()
    part = stream(LINE_1, DAYS * POLLS_A_DAY, 8)
    other = replace(part, head=replace(part.head, serial="S-9", certificate="", confirmation=""))
    people.take(people.gw1, batch(people.gw1, [other]))
    people.log_file(people.gw1, "certificate", "e-1b.toml", found_at(0.006))
    people.judging.catch_up()
    assert "since 2026-01-05<" in row(browser, LINE_1)


def test_a_period_that_cannot_be_is_told_above_the_form_with_what_was_typed(
    browser: Browser,
) -> None:
    wrong = "/audit/effects?channel=line&start=2026-04-05&end=2026-04-01"
    refused = browser.get(wrong)
    assert refused.status_code == 422
    form = refused.text.partition("E_RANGE_ORDER")[2]
    for name, value in (("channel", "line"), ("start", "2026-04-05"), ("end", "2026-04-01")):
        assert f'name="{name}" value="{value}"' in form
    assert browser.get(wrong, accept="application/json").json()["code"] == "E_RANGE_ORDER"
