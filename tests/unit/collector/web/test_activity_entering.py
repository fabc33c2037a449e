"""The entry form: what people type becomes an entry, or is refused without being lost."""

import io
import re
from contextlib import suppress
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import CalibrationError
from collector.activity.entry_sites import require_known_sites
from collector.web.activity.entry_form import content_of, form_of_content
from evidence.bundle.outcome import Check, Result
from evidence.bundle.verify import verify
from evidence.errors import CodedError
from evidence.statement.entered.book import EnteredBook
from evidence.statement.entered.content import ManualAmount, ManualReading
from evidence.statement.entered.errors import EntrySiteError
from evidence.statement.entered.table import COLUMNS
from tests.unit.collector.web.conftest import Browser

SHANGHAI = ZoneInfo("Asia/Shanghai")
GAS = "jinan/~gas-1/volume"
AMOUNT = {
    "entered": "amount",
    "channel": GAS,
    "kind_of_quantity": "volume",
    "unit": "m3",
    "value": "1234.5",
    "start": "2026-03-30T00:00",
    "end": "2026-04-01T00:00",
    "source": "invoice 7",
    "reason": "end of the month",
    "relative_standard_uncertainty": "0.005",
    "deviation": "same",
    "reference_temperature_K": "293.15",
    "reference_pressure_Pa": "101325",
    "reference_wet": "false",
}
READING = {
    "entered": "reading",
    "channel": "jinan/~meter-1/energy",
    "kind_of_quantity": "active_energy",
    "unit": "kW.h",
    "value": "100.5",
    "at": "2026-03-30T08:00",
    "source": "photo",
    "reason": "end of the month",
    "resolution": "0.1",
}


WHY = {"reason": "end of the month"}


@pytest.fixture
def clerk(browser: Browser) -> Browser:
    browser.sign_in("analyst")
    return browser


def sent(clerk: Browser, form: dict[str, str], path: str = "") -> httpx.Response:
    page = clerk.get("/activity/enter").text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return clerk.post(f"/activity/enter{path}", {**form, "csrf": found[1]})


def test_an_amount_that_is_entered_counts_in_the_totals(clerk: Browser) -> None:
    answer = sent(clerk, AMOUNT)
    assert answer.status_code == 303
    shown = clerk.get(answer.headers["location"].partition("#")[0]).text
    assert "invoice 7" in shown
    (entry,) = clerk.get("/api/v1/entries").json()
    assert entry["content"]["start"] == "2026-03-29T16:00:00Z"
    assert (entry["who"], entry["content"]["value"]) == ("analyst", 1234.5)
    page = clerk.get(f"/activity?channels={GAS}&start=2026-03-30&end=2026-04-01").text
    assert "100.0\u202f% of it was entered" in page or "100\u202f% of it was entered" in page
    assert "The chosen channels are entered by people" in page
    assert "hours that an entry covers" in page
    assert "Polls that gave a value" not in page  # nobody polls what people enter
    digest = re.search(r'href="(/activity/[0-9a-f]{64})"', page)
    assert digest is not None
    assert "Entries cover 48 of 48 hours." in clerk.get(digest[1]).text


@pytest.mark.parametrize(
    ("chosen", "action", "words"),
    [
        ("delivery_note", "manual-amount", "delivery note"),
        ("invoice", "invoice", "invoice"),
        ("", "manual-amount", ""),
    ],
)
def test_the_journal_keeps_which_document_was_chosen(
    clerk: Browser, chosen: str, action: str, words: str
) -> None:
    number = sent(clerk, {**AMOUNT, "document": chosen}).headers["location"].partition("done=")[2]
    (entry,) = clerk.get("/api/v1/entries").json()
    assert entry["content"].get("document", "") == chosen
    clerk.sign_in("auditor")
    seen = (each["entry"] for each in clerk.get("/api/v1/journal").json()["entries"])
    (said,) = [each for each in seen if each["subject"] == GAS]
    assert said["action"] == action
    assert said["new"].get("document", "") == chosen
    clerk.sign_in("analyst")
    page = clerk.get(f"/activity/enter?entry={entry['entry']}").text
    assert f'<option value="{chosen}" selected>' in page
    assert (f"({words})" in page) == bool(words)
    assert number


def test_a_document_that_is_none_is_refused_by_name(clerk: Browser) -> None:
    answer = sent(clerk, {**AMOUNT, "document": "rumour"})
    assert answer.status_code == 422
    assert "document" in answer.text
    assert clerk.get("/api/v1/entries").json() == []


def test_a_correction_and_a_withdrawal_ask_why_and_leave_the_earlier_one(clerk: Browser) -> None:
    sent(clerk, AMOUNT)
    (first,) = clerk.get("/api/v1/entries").json()
    number = first["entry"]
    form = clerk.get(f"/activity/enter?entry={number}").text
    assert 'value="2026-03-30T00:00"' in form
    assert 'value="1234.5"' in form
    without = sent(clerk, {**AMOUNT, "value": "12345", "reason": ""}, f"/{number}")
    assert without.status_code == 422
    assert 'value="12345"' in without.text
    told = {**AMOUNT, "value": "12345", "reason": "a digit\r\nwas lost"}
    assert sent(clerk, told, f"/{number}").status_code == 303
    _, second = clerk.get("/api/v1/entries").json()
    assert (second["corrects"], second["reason"]) == (number, "a digit was lost")
    gone = sent(clerk, {"reason": "entered twice"}, f"/{second['entry']}/withdraw")
    assert gone.status_code == 303
    assert clerk.get("/api/v1/entries?standing=true").json() == []
    page = clerk.get("/activity/enter").text
    assert page.count("entered twice") == 1
    assert f"replaced by {second['entry']}" in page


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("value", "1,234.5", "E_ENTRY_VALUE"),
        ("value", "", "E_ENTRY_VALUE"),
        ("value", "１２", "E_ENTRY_VALUE"),
        ("channel", "jinan/gas/volume", "E_ENTRY_CHANNEL"),
        ("start", "yesterday", "E_ENTRY_VALUE"),
        ("end", "2027-01-01T00:00", "E_ENTRY_VALUE"),
        ("unit", "furlong", "E_UNIT_UNKNOWN"),
        ("mpe_relative", "0.01", "E_ENTRY_VALUE"),
        ("entered", "rumour", "E_ENTRY_VALUE"),
        ("source", "x" * 300, "E_ENTRY_VALUE"),
        ("source", 'a"b,c\nd', "E_ENTRY_VALUE"),
    ],
)
def test_what_cannot_stand_is_refused_and_kept_in_the_form(
    clerk: Browser, field: str, value: str, code: str
) -> None:
    answer = sent(clerk, {**AMOUNT, field: value})
    assert answer.status_code in (409, 422), answer.text
    assert code in answer.text
    assert f"{code} {field}: E_" not in answer.text  # one code, and one thing to do
    assert "invoice 7" in answer.text or field == "source"
    assert clerk.get("/api/v1/entries").json() == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_entered_without_a_reason(clerk: Browser, reason: str) -> None:
    answer = sent(clerk, {**AMOUNT, "reason": reason})
    assert answer.status_code == 422
    assert "E_JOURNAL_REASON" in answer.text
    assert "invoice 7" in answer.text  # the form keeps what was typed
    assert clerk.get("/api/v1/entries").json() == []


def test_an_amount_that_is_there_already_is_told_by_the_clock_of_the_page(clerk: Browser) -> None:
    assert sent(clerk, AMOUNT).status_code == 303
    told = sent(clerk, {**AMOUNT, "source": "invoice 8"}).text
    assert "2026-03-30 00:00:00 .. 2026-04-01 00:00:00" in told
    assert "2026-03-29T16:00:00Z" not in told


def test_the_field_that_is_wrong_is_marked(clerk: Browser) -> None:
    answer = sent(clerk, {**AMOUNT, "value": "1,234.5"})
    assert re.search(r'id="value"[^>]*aria-invalid="true"', answer.text)
    assert "row 2" not in answer.text  # a form has no rows
    of_energy = sent(clerk, {**AMOUNT, "kind_of_quantity": "active_energy"})
    assert re.search(r'id="unit"[^>]*aria-invalid="true"', of_energy.text)


def test_a_table_is_entered_whole_or_not_at_all(clerk: Browser) -> None:
    head = "entered,channel,kind_of_quantity,unit,value,at,source,resolution\r\n"
    rows = [
        f"reading,jinan/~m/energy,active_energy,kW.h,{n}00,2026-03-3{n}T08:00:00+08:00,book,1\r\n"
        for n in (0, 1)
    ]
    wrong = sent(clerk, {"table": head + rows[0] + rows[1].replace("100", "1OO"), **WHY}, "/table")
    assert wrong.status_code == 422
    assert "row 3" in wrong.text
    areas = dict(re.findall(r'<textarea id="([a-z-]+)"[^>]*>([^<]*)<', wrong.text))
    assert (areas["table-reason"], areas["reason"]) == ("end of the month", "")
    assert clerk.get("/api/v1/entries").json() == []
    answer = sent(clerk, {"table": head + "".join(rows), **WHY}, "/table")
    assert answer.status_code == 303
    assert len(clerk.get("/api/v1/entries").json()) == 2


def test_the_page_of_an_entered_channel_says_what_was_entered_and_by_whom(clerk: Browser) -> None:
    assert clerk.get(f"/instruments/{GAS}").status_code == 404
    sent(clerk, AMOUNT)
    page = clerk.get(f"/instruments/{GAS}").text
    assert "invoice 7" in page
    assert "analyst, <time>" in page
    assert "1\u202f234.5 m³" in page
    assert "Relative standard uncertainty: 0.005" in page
    (number,) = set(re.findall(r"/activity/enter\?entry=(\d+)", page))
    sent(clerk, {"reason": "was of another meter"}, f"/{number}/withdraw")
    gone = clerk.get(f"/instruments/{GAS}")
    assert gone.status_code == 200
    assert "was of another meter" in gone.text
    assert "What was entered last" not in gone.text


def test_an_auditor_looks_and_enters_nothing(browser: Browser) -> None:
    browser.sign_in("auditor")
    page = browser.get("/activity/enter").text
    assert "You may look at entries" in page
    assert "<fieldset" not in page
    found = re.search(r'name="csrf" content="([^"]+)"', page)
    assert found is not None
    assert browser.post("/activity/enter", {**AMOUNT, "csrf": found[1]}).status_code == 403


def test_nobody_enters_for_a_site_that_is_not_theirs(browser: Browser) -> None:
    browser.sign_in("engineer")
    answer = sent(browser, {**AMOUNT, "channel": "weifang/~gas-1/volume"})
    assert answer.status_code == 404
    assert "E_CHANNEL_UNKNOWN" in answer.text
    assert "invoice 7" in answer.text  # what was typed is not lost
    assert browser.get("/api/v1/entries").json() == []
    assert browser.get("/activity/enter?entry=0").status_code == 404


def test_a_site_that_is_not_known_is_asked_for_once_and_entered_if_it_is_new(
    browser: Browser,
) -> None:
    browser.sign_in("administrator")
    typo = {**AMOUNT, "channel": "jinnan/~gas-1/volume"}
    answer = sent(browser, typo)
    assert answer.status_code == 422
    assert "known are jinan, weifang" in answer.text
    assert "E_ENTRY_SITE" in answer.text
    assert 'name="new_site"' in answer.text
    assert 'name="new_site"' not in browser.get("/activity/enter").text
    assert browser.get("/api/v1/entries").json() == []
    assert sent(browser, {**typo, "new_site": "yes"}).status_code == 303
    later = {**typo, "start": "2026-04-01T00:00", "end": "2026-04-02T00:00"}
    assert sent(browser, later).status_code == 303  # it is known now


def test_whoever_is_for_some_sites_is_not_told_of_others() -> None:
    with pytest.raises(EntrySiteError) as raised:
        require_known_sites(["b"], ["a", "c"], EnteredBook(), "a".__eq__)
    assert "known are a: correct" in raised.value.say("en")


def test_a_locked_statement_is_told_to_whoever_enters_or_corrects_what_it_rests_on(
    clerk: Browser,
) -> None:
    sent(clerk, AMOUNT)
    (datum,) = clerk.get(
        f"/api/v1/activity-data?channel={GAS}&start=2026-03-30&end=2026-04-03",
        accept="application/json",
    ).json()
    address = f"/activity/{datum['digest']}"
    for act in ("release", "lock"):
        word = re.search(r'name="csrf" value="([^"]+)"', clerk.get(address).text)
        assert word is not None
        clerk.post(f"{address}/{act}", {"csrf": word[1], "reason": "reported"})
    later = {**AMOUNT, "start": "2026-04-01T00:00", "end": "2026-04-02T00:00"}
    done = clerk.get(sent(clerk, later).headers["location"].partition("#")[0]).text
    assert "what would be stated now shows beside it as a difference" in done
    assert f'<a href="{address}">' in done
    first, second = clerk.get("/api/v1/entries").json()
    form = clerk.get(f"/activity/enter?entry={first['entry']}").text
    assert "A statement that this entry bears on is locked" in form
    assert "locked by analyst at " in form
    behind = {**AMOUNT, "start": "2026-04-04T00:00", "end": "2026-04-05T00:00"}
    other = clerk.get(sent(clerk, behind).headers["location"].partition("#")[0]).text
    assert address not in other
    gone = sent(clerk, {"reason": "twice"}, f"/{second['entry']}/withdraw")
    assert address in clerk.get(gone.headers["location"].partition("#")[0]).text


@pytest.mark.parametrize("form", [AMOUNT, READING], ids=["amount", "reading"])
def test_a_form_that_is_filled_from_an_entry_says_the_same(form: dict[str, str]) -> None:
    content = content_of(form, SHANGHAI)
    assert isinstance(content, ManualAmount | ManualReading)
    again = form_of_content(content, SHANGHAI)
    assert content_of(again, SHANGHAI).value == content.value
    assert {name: text for name, text in again.items() if name in ("at", "start", "end")} == {
        name: text for name, text in form.items() if name in ("at", "start", "end")
    }
    assert content_of(again, SHANGHAI).measurand == content.measurand


@given(st.dictionaries(st.sampled_from([*COLUMNS, "x"]), st.text(max_size=30)))
def test_whatever_is_typed_is_an_entry_or_a_refusal_with_a_code(fields: dict[str, str]) -> None:
    for form in ({**AMOUNT, **fields}, {**READING, **fields}, fields):
        with suppress(CodedError, CalibrationError):
            assert content_of(form, SHANGHAI).value >= 0.0


def test_what_was_entered_leaves_as_evidence_that_holds(clerk: Browser) -> None:
    assert sent(clerk, AMOUNT).status_code == 303
    auditor = Browser(clerk.asked)
    auditor.sign_in("auditor")
    led = auditor.get(f"/audit/bundle?channel={GAS}&start=2026-03-30&end=2026-04-01")
    assert led.status_code == 303, led.text
    address = led.headers["location"]
    checks = auditor.get(f"{address}/checks")
    assert ">1234 m³<" in checks.text
    assert ">U = 12 m³, k = 1.96<" in checks.text
    assert 'class="mark bad"' not in checks.text
    found = verify(io.BytesIO(auditor.get(f"{address}/bundle.zip").content)).outcomes
    assert {each.result for each in found[Check.VALUE - 1 : Check.SEALS - 1]} == {Result.OK}


def test_a_statement_leads_to_its_evidence_for_those_who_may_see_that(clerk: Browser) -> None:
    sent(clerk, AMOUNT)
    asked = f"/api/v1/activity-data?channel={GAS}&start=2026-03-30&end=2026-04-01"
    (datum,) = clerk.get(asked, accept="application/json").json()
    link = f'href="/audit/bundles/{datum["digest"]}"'
    assert link not in clerk.get(f"/activity/{datum['digest']}").text
    auditor = Browser(clerk.asked)
    auditor.sign_in("auditor")
    assert link in auditor.get(f"/activity/{datum['digest']}").text
    assert "bundle.zip" in auditor.get(f"/audit/bundles/{datum['digest']}").text
