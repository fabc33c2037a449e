"""The auditor's pages in a browser: asked for, read, printed."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LookedAt, LookIn
from tests.unit.collector.api.plant import LINE_1

DAY = "start=2026-03-30&end=2026-03-31"
REPORT = f"/audit/report?channel={LINE_1}&{DAY}"


def test_the_form_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto("/audit?channel=line")
    expect(page.get_by_role("link", name="jinan/line-2/energy")).to_be_visible()
    looked_at(page, "audit")


def test_a_channel_is_asked_for_and_its_checks_appear(look_in: LookIn) -> None:
    page = look_in("auditor")
    page.goto("/audit")
    page.get_by_label("Channel").fill(LINE_1)
    page.get_by_label("From").fill("2026-03-30")
    page.get_by_label("Until (excluded)").fill("2026-03-31")
    page.get_by_role("button", name="Show the checks").click()
    expect(page.get_by_role("heading", level=4)).to_have_count(15)
    expect(page.get_by_role("heading", name="recomputation from raw data")).to_contain_text("ok")
    page.get_by_role("link", name="E-1", exact=True).first.focus()


def test_a_report_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto(REPORT)
    looked_at(page, "audit-report")


def test_a_report_prints_with_what_was_not_checked_and_without_the_forms(page: Page) -> None:
    page.goto(REPORT)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="What was not checked")).to_be_visible()
    expect(page.get_by_text("Looked through by:")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.screenshot(path=".pictures/audit-report-print.png", full_page=True)


def test_the_report_is_there_without_a_script(look_in: LookIn) -> None:
    page = look_in("auditor", scripts=False)
    page.goto(f"/audit?channel={LINE_1}&{DAY}")
    page.get_by_role("link", name="Report on a page of its own").click()
    expect(page.get_by_role("heading", level=4)).to_have_count(15)
