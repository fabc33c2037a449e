"""The page of an instrument: what it says, to whom, and that it says all of it."""

import re
from typing import get_args

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.event import EventKind
from calibration.gas_check.check import Finding
from calibration.indication import MissReason, Quality
from calibration.measurand import Accumulation
from calibration.monitoring.record import TestKind, TestOutcome
from collector.web.instrument.applied import MARKS
from collector.web.instrument.checks import OUTCOMES
from collector.web.words import has
from evidence.log.batch import RecordKind
from evidence.statement.completeness import NOT_RECEIVED, UNEXPLAINED
from tests.unit.collector.api.plant import (
    LINE_1,
    LINE_2,
    MILL,
    POLLS_A_DAY,
    POWER,
    TEMPERATURE,
    Plant,
    batch,
    raw_of,
    stream,
)
from tests.unit.collector.web.conftest import Browser


def page(seen: Browser, channel: str, query: str = "") -> str:
    answer = seen.get(f"/instruments/{channel}{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    "key",
    [
        *(f"instrument.miss_{each.value}" for each in MissReason),
        *(f"instrument.miss_{each}" for each in (NOT_RECEIVED, UNEXPLAINED, Quality.CLOCK_SUSPECT)),
        *(f"instrument.do_{each.value}" for each in MissReason),
        *(f"instrument.do_{each}" for each in (NOT_RECEIVED, UNEXPLAINED, Quality.CLOCK_SUSPECT)),
        *(f"instrument.not_read_{each.value}" for each in Accumulation),
        *(f"factory.state_{each.value}" for each in Quality),
        *(f"factory.repair_{each.value}" for each in Quality if each != Quality.GOOD),
        *(f"instrument.said_{each.value}" for each in RecordKind),
        *(f"instrument.event_{each}" for each in get_args(EventKind)),
        *(f"instrument.paper_{each}" for each in MARKS),
        *(f"instrument.outcome_{each}" for each in OUTCOMES),
        *(f"instrument.finding_{each}" for each in get_args(Finding)),
        *(f"instrument.test_{each}" for each in get_args(TestKind)),
        *(f"instrument.tested_{each}" for each in get_args(TestOutcome)),
    ],
)
def test_every_code_that_can_stand_on_the_page_has_words(key: str) -> None:
    assert has(key)


def test_the_newest_readings_stand_there_with_band_table_and_bytes(seen: Browser) -> None:
    text = page(seen, POWER)
    assert "<polygon" in text  # the band
    assert "As shown" in text
    assert re.search(r">\d\d\.\d+ ± 0\.\d+<", text)
    assert re.search(r'href="/readings/gw-1/[0-9a-f]{32}/\d+/\d+/jinan/line-1/power"', text)


def test_what_lacks_is_told_with_its_cause_in_both_languages(seen: Browser) -> None:
    query = "?start=2026-03-30&end=2026-04-02"
    assert "no answer in time" in page(seen, LINE_1, query)
    assert "应答超时" in page(seen, LINE_1, f"{query}&lang=zh")


def test_a_long_time_is_shown_by_days_and_a_short_one_by_readings(seen: Browser) -> None:
    assert "Day by day" in page(seen, LINE_1, "?start=2026-01-01&end=2026-04-05")
    assert "Hour by hour" in page(seen, LINE_1, "?start=2026-03-20&end=2026-04-05")
    assert "Each reading" in page(seen, LINE_1, "?start=2026-04-01&end=2026-04-02")
    for channel in (LINE_1, TEMPERATURE):
        assert "Month by month" in page(seen, channel, "?start=2023-01-01&end=2026-04-05")


def test_certificates_stand_with_their_state_and_lead_to_their_papers(seen: Browser) -> None:
    text = page(seen, POWER)
    assert 'href="/certificates/P-1"' in text
    assert ">overdue<" in text  # since 1 April, and the clock stands at 5 April
    assert ">in force<" in page(seen, LINE_1)
    digest = re.search(r'href="(/api/v1/documents/[0-9a-f]{64})">K-P<', text)
    assert digest
    assert seen.get(digest[1]).status_code == 200


def test_how_it_is_read_stands_with_its_source(seen: Browser) -> None:
    text = page(seen, POWER)
    assert "plant-meter" in text
    assert "the tests, 1" in text
    assert "float64" in text


def test_an_instrument_without_papers_says_so(seen: Browser) -> None:
    text = page(seen, MILL)
    assert "No certificate of this instrument was logged" in text
    assert "out of use" in text
    assert "Unknown is not zero" in page(seen, TEMPERATURE)


def test_what_contradicts_its_bytes_is_told_with_the_reason(
    people: Plant, browser: Browser
) -> None:
    people.log_profile()
    first = stream(LINE_2, 0, 8)
    head = replace(first.head, certificate="", confirmation="", basis=UncertaintyBasis.UNKNOWN)
    people.take(people.gw1, batch(people.gw1, [replace(first, head=head)]))
    number = 7 * POLLS_A_DAY - 1
    wrong = replace(stream(LINE_2, number, 1), head=head, raw=raw_of([1.0]))
    people.take(people.gw1, batch(people.gw1, [wrong]))
    people.judging.catch_up()
    browser.sign_in("auditor")
    assert re.search(
        r"<code>E_JSON_CONTENT</code> [\d.]+ is stated where raw", page(browser, LINE_2)
    )


def test_somebody_of_one_site_sees_no_instrument_of_another(anybody: Browser) -> None:
    anybody.sign_in("engineer")
    assert anybody.get(f"/instruments/{LINE_1}").status_code == 200
    assert anybody.get(f"/instruments/{MILL}").status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?start=2026-04-05&end=2026-04-01", "E_RANGE_ORDER"),
        ("?start=yesterday", "E_TIME_TEXT"),
        ("?start=2001-01-01&end=2026-01-01", "E_RANGE_LIMIT"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(seen: Browser, query: str, code: str) -> None:
    answer = seen.get(f"/instruments/{LINE_1}{query}")
    assert answer.status_code == 422
    assert code in answer.text
    asked = query.partition("start=")[2].partition("&")[0]
    form = answer.text.partition(code)[2]
    assert f'name="start" type="datetime-local" step="1" value="{asked}"' in form
    told = seen.get(f"/instruments/{LINE_1}{query}", accept="application/json")
    assert (told.status_code, told.json()["code"]) == (422, code)


def test_nothing_is_at_the_address_of_a_channel_that_is_not_there(seen: Browser) -> None:
    assert seen.get("/instruments/jinan/nothing/here").status_code == 404
    assert seen.get(f"/instruments/{LINE_1}/more").status_code == 404


@pytest.mark.parametrize(
    ("channel", "heading"), [(TEMPERATURE, "Means"), (POWER, "Amounts"), (LINE_1, "Amounts")]
)
def test_a_time_without_any_hour_is_called_after_what_there_would_be(
    seen: Browser, channel: str, heading: str
) -> None:
    shown = page(seen, channel, "?start=2025-03-01T00:00&end=2025-03-20T00:00&lang=en")
    assert f'<h2 id="readings-title">{heading}</h2>' in shown
