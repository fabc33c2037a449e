"""The page of amounts against what programs are told: the same numbers, in words."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from calibration.basis import UncertaintyBasis
from calibration.increment import FindingKind
from calibration.indication import MissReason, Quality
from collector.api.exports import Format
from collector.api.period import By
from collector.web import words
from collector.web.activity.hours import STATES
from collector.web.activity.shares import KINDS, OTHER, REST
from collector.web.numbers import beside, share, stated
from evidence.statement.completeness import NOT_RECEIVED, UNEXPLAINED
from evidence.statement.difference import _LISTS, _SINGLE
from evidence.statement.entered.content import AMOUNTS
from evidence.statement.entered.covered import NOT_ENTERED
from evidence.statement.hours.hour import HourState
from tests.unit.collector.api.plant import GAS, LINE_1, LINE_2, MILL, TEMPERATURE, Plant
from tests.unit.collector.api.test_monitored import WHOLE, with_checks
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.web.conftest import Browser
from tests.unit.collector.web.test_activity_statement import decide

BOTH = f"channels={LINE_1},{LINE_2}"
RANGE = "start=2026-03-30&end=2026-04-03"


@pytest.fixture
def seen(people: Plant, browser: Browser) -> Browser:
    people.fill()
    browser.sign_in("analyst")
    return browser


def told(seen: Browser, path: str) -> Any:  # noqa: ANN401 - plain JSON
    answer = seen.get(f"/api/v1/activity-data{path}", accept="application/json")
    assert answer.status_code == 200, answer.text
    return answer.json()


def text_of(seen: Browser, path: str, status: int = 200) -> str:
    answer = seen.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def test_the_total_is_what_the_interface_says_and_carries_u_with_what_is_shared(
    seen: Browser,
) -> None:
    combined = told(seen, f"/combined?{BOTH}&{RANGE}")
    expanded = combined["uncertainty"]["expanded_uncertainty"]
    text = text_of(seen, f"/activity?{BOTH}&{RANGE}")
    assert f"{stated(combined['value'], expanded)} kW·h" in text
    assert f"{beside(combined['uncorrected_value'], expanded)} kW·h" in text
    alone = [told(seen, f"?channel={each}&{RANGE}")[0] for each in (LINE_1, LINE_2)]
    naive = sum(each["expanded_uncertainty"] ** 2 for each in alone) ** 0.5
    assert expanded > 1.05 * naive  # what both rest on is added, not squared
    for each in alone:
        assert f"/activity/{each['digest']}" in text


def test_a_difference_cancels_what_both_share(seen: Browser) -> None:
    combined = told(seen, f"/combined?{BOTH}&factors=1,-1&{RANGE}")
    expanded = combined["uncertainty"]["expanded_uncertainty"]
    text = text_of(seen, f"/activity?{BOTH}&less={LINE_2}&{RANGE}")
    assert f"{stated(combined['value'], expanded)} kW·h" in text


def test_every_day_of_the_range_has_its_row_and_leads_to_its_hours(seen: Browser) -> None:
    text = text_of(seen, f"/activity?channels={LINE_1}&{RANGE}")
    for datum in told(seen, f"?channel={LINE_1}&{RANGE}&by=day"):
        assert f"{stated(datum['value'], datum['expanded_uncertainty'])} kW·h" in text
    address = "start=2026-03-31&amp;end=2026-04-01&amp;by=hour"
    assert address in text
    hours = text_of(seen, f"/activity?channels={LINE_1}&start=2026-03-31&end=2026-04-01&by=hour")
    assert "start=2026-03-30T17%3A00%3A00Z&amp;end=2026-03-30T18%3A00%3A00Z&amp;by=total" in hours
    one = "start=2026-03-31T01:00:00Z&end=2026-03-31T02:00:00Z"
    readings = text_of(seen, f"/activity?channels={LINE_1}&{one}")
    shown = seen.get(f"/api/v1/readings?channel={LINE_1}&{one}").json()["readings"]
    assert len(shown) == 4
    for each in shown:
        assert f"<code>{each['raw']}</code>" in readings


def test_an_unknown_uncertainty_is_said_and_never_zero(seen: Browser) -> None:
    text = text_of(seen, f"/activity?channels={LINE_1},{MILL}&{RANGE}")
    assert "uncertainty unknown" in text
    assert f"For {MILL} something is lacking that it needs" in text
    assert "Unknown is not 0." in text
    assert not re.search(r"± 0\s", text)


def test_amounts_of_two_quantities_are_not_added_up(seen: Browser) -> None:
    text = text_of(seen, f"/activity?channels={LINE_1},{GAS}&{RANGE}")
    assert "amounts of different units are not added up" in text
    assert len(re.findall(r'<h2 id="total-\d">', text)) == 2


def test_hours_that_lack_something_say_why(seen: Browser) -> None:
    text = text_of(seen, f"/activity?channels={LINE_1}&{RANGE}")
    (datum,) = told(seen, f"?channel={LINE_1}&{RANGE}")
    missing = datum["completeness"]["missing"]
    assert f"no answer in time × {missing['timeout']}" in text
    assert text.count('class="hour little" title="no answer in time × 2"') == 4
    chinese = text_of(seen, f"/activity?channels={LINE_1}&{RANGE}&lang=zh")
    assert "应答超时 × 2" in chinese


def test_what_is_asked_wrongly_is_told_on_the_page_with_a_way_on(seen: Browser) -> None:
    assert "E_CHANNEL_UNKNOWN" in text_of(seen, "/activity?channels=jinan/no/where", 404)
    text = text_of(seen, f"/activity?channels={LINE_1}&start=2026-02-30", 422)
    assert "E_TIME_TEXT" in text
    assert "Show the last days of which there are data" in text
    wrong = f"/activity?channels={LINE_1}&start=2026-04-05&end=2026-04-01&by=day"
    form = text_of(seen, wrong, 422).partition("E_RANGE_ORDER")[2]
    assert 'name="start" type="date" size="25" value="2026-04-05"' in form
    assert 'name="end" type="date" size="25" value="2026-04-01"' in form
    assert f'name="channels" value="{LINE_1}"' in form
    assert '<option value="day" selected>' in form


def test_a_range_of_two_hours_stays_one_when_its_form_is_sent(seen: Browser) -> None:
    hours = "start=2026-03-30T06:00:00Z&end=2026-03-30T08:00:00Z"
    text = text_of(seen, f"/activity?channels={LINE_1}&{hours}&lang=en")
    field = r'name="(?:start|end)" type="text" size="25" value="([^"]+)"'
    told = [unescape(each) for each in re.findall(field, text)]
    assert told == ["2026-03-30T14:00:00+08:00", "2026-03-30T16:00:00+08:00"]
    again = urlencode({"channels": LINE_1, "start": told[0], "end": told[1]})
    assert "2026-03-30 14:00 – 2026-03-30 16:00" in text_of(seen, f"/activity?{again}")
    days = text_of(seen, f"/activity?channels={LINE_1}&{RANGE}")
    assert re.search(r'name="start" type="date" size="25" value="\d{4}-\d\d-\d\d"', days)


def test_an_engineer_of_one_site_is_not_offered_the_other_and_does_not_see_it(
    people: Plant, browser: Browser
) -> None:
    people.fill()
    browser.sign_in("engineer")
    assert "weifang" not in text_of(browser, "/activity")
    assert "E_CHANNEL_UNKNOWN" in text_of(browser, f"/activity?channels={MILL}", 404)


def test_every_form_of_file_is_answered(seen: Browser) -> None:
    for form in Format:
        if form is Format.PACT:
            continue
        path = f"/activity/download?channel={LINE_1}&{RANGE}&by=day&format={form}&data_schema=&tz="
        file = seen.get(path)
        assert file.status_code == 200, file.text
        assert file.headers["content-disposition"].startswith("attachment; ")
        assert file.headers["carbonmeter-statements"] == "4"


def test_what_no_certificate_acts_on_is_not_changed_by_one(seen: Browser) -> None:
    assert "Certificates change it by" in text_of(seen, f"/activity?channels={LINE_1}&{RANGE}")
    seen.sign_in("auditor")
    without = text_of(seen, f"/activity?channels={MILL}&{RANGE}")
    assert "Uncorrected" in without
    assert "Certificates change it by" not in without


def test_as_of_an_earlier_instant_the_page_tells_what_was_known_then(seen: Browser) -> None:
    text = text_of(seen, f"/activity?channels={LINE_1}&{RANGE}&as_of=2026-04-07")
    assert "as known at 2026-04-07" in text
    before = text_of(seen, f"/activity?channels={LINE_1}&{RANGE}&as_of=2026-01-01")
    assert "No hour of the chosen channels was received" in before


def test_under_a_plan_the_compliance_value_stands_beside_the_best_estimate(
    people: Plant, browser: Browser
) -> None:
    with_checks(people)
    browser.sign_in("analyst")
    asked = f"/api/v1/monitored-data?channel={CO2}&{WHOLE}"
    (period,) = browser.get(asked, accept="application/json").json()
    totals = period["determination"]["totals"]
    text = text_of(browser, f"/activity?channels={CO2}&{WHOLE}")
    assert f"{beside(totals['compliance']['value'], period['expanded_uncertainty'])} t<" in text
    best = stated(totals["best_estimate"]["value"], period["expanded_uncertainty"])
    assert f"{best} t<" in text
    assert period["determination"]["unit"] == "t/h"  # of an hour; its hours come to tonnes
    assert share(totals["compliance"]["substituted_share"]) in text
    assert f"substituted: {totals['by_state']['substituted']}" in text
    assert "there is no uncorrected amount" in text  # its inputs' certificates have changed it
    assert "Certificates change it by" not in text
    assert "rules that are recalled, not read" in text
    (datum,) = browser.get(
        f"/api/v1/activity-data?channel={CO2}&{WHOLE}&under_plan=true", accept="application/json"
    ).json()
    assert f'href="/activity/{datum["digest"]}"' in text
    own = text_of(browser, f"/activity/{datum['digest']}")
    assert f"{best} t<" in own
    assert "<code>max-2160</code> × 2" in own
    for act in ("release", "lock"):
        assert decide(browser, datum["digest"], act, "first quarter").status_code == 303
    (locked,) = browser.get("/api/v1/activity-data/locked", accept="application/json").json()
    assert (locked["digest"], locked["under_plan"]) == (datum["digest"], True)
    plans = text_of(browser, f"/activity?channels={CO2}&{WHOLE}").partition('id="plans"')[2]
    assert '<span class="mark good">locked</span>' in plans
    early = text_of(browser, f"/activity?channels={CO2}&{WHOLE}&as_of=2026-01-01")
    assert "Under the monitoring plan" not in early
    assert re.search(r"measured, valid hour <code>measured</code> × \d+", plans)
    chinese = text_of(browser, f"/activity?channels={CO2}&{WHOLE}&lang=zh")
    assert re.search(r"实测有效小时 <code>measured</code> × \d+", chinese)


def test_a_period_that_is_locked_in_the_other_kind_says_so(people: Plant, browser: Browser) -> None:
    with_checks(people)
    browser.sign_in("analyst")
    (plain,) = told(browser, f"?channel={CO2}&{WHOLE}")
    (under,) = told(browser, f"?channel={CO2}&{WHOLE}&under_plan=true")
    note, here = "the other kind is locked", "the statement under the monitoring plan is locked"
    amounts, own = f"/activity?channels={CO2}&{WHOLE}", f"/activity/{plain['digest']}"
    assert note not in text_of(browser, amounts)
    assert here not in text_of(browser, own)
    for act in ("release", "lock"):
        decide(browser, under["digest"], act, "first quarter")
    assert f"Of 1 statement {note}" in text_of(browser, amounts)
    assert here in text_of(browser, own)
    assert "monitoring plan is locked" not in text_of(browser, f"/activity/{under['digest']}")


CLOSED = {
    "activity.miss_": (*MissReason, NOT_RECEIVED, UNEXPLAINED, NOT_ENTERED),
    "activity.cause_": (*KINDS, OTHER, REST),
    "activity.hour_": STATES,
    "activity.state_": tuple(HourState),
    "activity.by_": tuple(By),
    "activity.format_": tuple(each.replace("-", "_") for each in Format),
    "factory.state_": tuple(Quality),
    "factory.basis_": tuple(UncertaintyBasis),
    "statement.event_": tuple(FindingKind),
    "statement.field_": (*_LISTS, *_SINGLE),
    "entering.quantity_": AMOUNTS,
}


@pytest.mark.parametrize("prefix", CLOSED)
def test_every_word_of_a_closed_vocabulary_is_there(prefix: str) -> None:
    assert [each for each in CLOSED[prefix] if not words.has(f"{prefix}{each}")] == []


def test_a_program_is_told_what_is_refused_as_a_problem(seen: Browser) -> None:
    word = re.search(r'name="csrf" content="([^"]+)"', seen.get("/about").text)
    assert word is not None
    answers = {
        "E_CHANNEL_UNKNOWN": seen.get("/activity?channels=jinan/no/where", accept="*/*"),
        "E_ENTRY_VALUE": seen.post("/activity/enter", {"csrf": word[1]}, accept="*/*"),
        "E_STATEMENT_UNKNOWN": seen.get(f"/activity/{'0' * 64}", accept="*/*"),
    }
    for code, answer in answers.items():
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == code


def test_no_estimate_is_said_to_stand_for_what_no_plan_tells(
    people: Plant, browser: Browser
) -> None:
    """Days of India are not under the plan; the section says why."""
    with_checks(people)
    browser.sign_in("analyst")
    text = browser.get(f"/activity?channels={CO2}&{WHOLE}").text
    assert "The best estimate under the plan stands for it" in text
    day = f"start=2026-04-03&end=2026-04-05&{INDIA}"
    odd = browser.get(f"/activity?channels={CO2}&{day}").text
    assert "The best estimate under the plan stands for it" not in odd
    assert "E_PERIOD" in odd


def test_hours_under_no_plan_are_said_once_and_without_a_code(
    people: Plant, browser: Browser
) -> None:
    with_checks(people)
    browser.sign_in("analyst")
    early = f"/activity?channels={CO2}&start=2026-02-28&end=2026-04-05"
    text = text_of(browser, early)
    assert "hours are under no plan" in text
    assert "E_MONITORED_NO_PLAN" not in text
    assert "小时不在任何计划之下" in text_of(browser, f"{early}&lang=zh")


def test_the_hours_of_a_channel_without_amounts_are_on_the_map_too(seen: Browser) -> None:
    text = text_of(seen, f"/activity?channels={TEMPERATURE}&{RANGE}")
    assert text.count('<td class="hour full">100<') == 4 * 24
    assert "not received" not in text


INDIA = "tz=Asia/Kolkata"


def test_days_that_begin_at_half_past_an_hour_are_told_as_programs_are_told_them(
    seen: Browser,
) -> None:
    (datum,) = told(seen, f"?channel={LINE_2}&start=2026-03-31&end=2026-04-01&{INDIA}")
    text = text_of(seen, f"/activity?channels={LINE_2}&start=2026-03-31&end=2026-04-01&{INDIA}")
    assert datum["period"]["start"] == "2026-03-30T18:30:00Z"
    assert f"{stated(datum['value'], datum['expanded_uncertainty'])} kW·h" in text
    assert datum["digest"] in text
    days = text_of(seen, f"/activity?{BOTH}&{RANGE}&by=day&{INDIA}")
    assert all(f"start=2026-03-{day}" in days for day in (30, 31))
    alone = text_of(seen, f"/activity?channels={LINE_2}&{RANGE}&{INDIA}")
    assert alone.count('<td class="hour full">100<') == 4 * 24
    between = "They are hours of UTC"
    assert between in alone
    assert between not in text_of(seen, f"/activity?channels={LINE_2}&{RANGE}&tz=Asia/Shanghai")
    hour = "start=2026-03-30T18%3A30%3A00Z&end=2026-03-30T19%3A30%3A00Z"
    assert "2026-03-31 00:15" in text_of(seen, f"/activity?channels={LINE_2}&{hour}&{INDIA}")


@pytest.mark.parametrize(
    "path",
    [
        "/?",
        f"/instruments/{LINE_2}?",
        f"/instruments/{LINE_2}?start=2026-03-01&end=2026-04-03&",
        f"/instruments/{LINE_2}?start=2025-03-31&end=2026-04-03&",
        f"/instruments/{LINE_2}?start=2024-01-01&end=2026-04-03&",
        f"/activity?{BOTH}&",
        f"/activity?{BOTH}&start=2026-03-01&end=2026-05-01&by=month&",
        f"/audit?channel={LINE_2}&start=2026-03-30&end=2026-04-01&",
        f"/audit?channel={LINE_2}&",
        "/audit/effects?",
        "/certificates?",
        "/certificates/E-2?",
        "/certificates/E-2/chain?",
    ],
)
def test_every_page_can_be_looked_at_by_clocks_of_india(seen: Browser, path: str) -> None:
    seen.sign_in("auditor")
    text = text_of(seen, f"{path}{INDIA}")
    assert not re.search(r"E_(PERIOD|TIME_ZONE)", text)
    assert not re.search(r"full hour", text)
