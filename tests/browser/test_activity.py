"""Amounts as people use them: by eye, by keyboard, without a script, down to a reading."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House
from tests.browser.looking import LOOKS
from tests.unit.collector.api.plant import GAS, LINE_1, LINE_2

RANGE = "start=2026-03-30&end=2026-04-03"
BOTH = f"/activity?channels={LINE_1},{LINE_2}&{RANGE}"


def test_amounts_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto(f"/activity?channels={LINE_1},{LINE_2},{GAS}&{RANGE}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Activity data")
    looked_at(page, "activity")


def test_choosing_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto("/activity")
    expect(page.get_by_text("Choose the channels of a product line")).to_be_visible()
    looked_at(page, "activity-empty", LOOKS[1:3])


def test_a_line_is_chosen_subtracted_and_looked_into_down_to_a_reading_without_a_script(
    look_in: LookIn,
) -> None:
    page = look_in("analyst", scripts=False)
    page.goto("/activity")
    page.get_by_label("Words in the name").fill("line")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=f"Choose {LINE_1}").click()
    page.get_by_role("link", name=f"Choose {LINE_2}").click()
    page.get_by_role("link", name=f"Subtract {LINE_2}").click()
    expect(page.get_by_label("subtracted")).to_have_count(1)
    page.get_by_role("link", name=f"Leave out {LINE_2}").click()
    page.get_by_label("From", exact=True).fill("2026-03-30")
    page.get_by_label("Until").fill("2026-04-03")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("rowheader", name="2026-03-31").get_by_role("link").first.click()
    page.get_by_role("link", name="2026-03-31 09:00").click()
    rows = page.get_by_role("region", name="Readings").get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(1)).to_contain_text(re.compile("[0-9a-f]{16}"))


def test_a_statement_is_released_and_locked_in_the_browser(
    look_in: LookIn, own_house: House, looked_at: LookedAt
) -> None:
    page = look_in("analyst", own_house)
    page.goto(f"/activity?channels={LINE_1}&{RANGE}")
    page.get_by_role("group", name="By channel").locator("a[href^='/activity/']").click()
    page.get_by_label("Why you release it").fill("checked against the invoice")
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("checked against the invoice")).to_be_visible()
    page.get_by_label("Why you lock it").fill("reported")
    page.get_by_role("button", name="Lock").click()
    expect(page.get_by_role("button", name="Unlock")).to_be_visible()
    looked_at(page, "activity-statement", LOOKS[1:3])


def test_an_invoice_is_typed_refused_corrected_and_counted(
    look_in: LookIn, own_house: House, looked_at: LookedAt
) -> None:
    page = look_in("analyst", own_house)
    page.goto("/activity/enter")
    looked_at(page, "activity-enter", LOOKS[1:3])
    page.goto("/activity/enter?lang=en")
    page.get_by_label("Channel", exact=True).fill("jinan/~gas-1/volume")
    page.get_by_label("Quantity").select_option("volume")
    page.get_by_label("Unit", exact=True).fill("m3")
    page.get_by_label("Value").fill("1,234.5")
    page.get_by_label("From", exact=True).fill("2026-03-30T00:00")
    page.get_by_label("Until", exact=True).fill("2026-04-01T00:00")
    page.get_by_label("Taken from").fill("invoice 7")
    page.get_by_label("Relative standard uncertainty").fill("0.005")
    page.locator("#reason").fill("the bill of April")
    page.get_by_role("button", name="Enter", exact=True).first.click()
    expect(page.get_by_role("alert")).to_contain_text("E_ENTRY_VALUE")
    expect(page.get_by_label("Value")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Value").fill("1234.5")
    page.get_by_role("button", name="Enter", exact=True).first.click()
    expect(page.get_by_role("status")).to_contain_text("Entered as")
    page.get_by_role("link", name="To its amounts").click()
    expect(page.get_by_text("± 12").first).to_be_visible()


def test_a_file_of_the_chosen_channels_is_downloaded(page: Page) -> None:
    page.goto(BOTH)
    with page.expect_download() as found:
        page.get_by_role("button", name="Download").click()
    assert found.value.suggested_filename.startswith("activity-data_2-channels_20260330")
