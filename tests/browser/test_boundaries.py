"""Product lines and saved boundaries as people use them: saved, chosen from lists, looked at."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House
from tests.browser.looking import LOOKS
from tests.unit.collector.api.plant import LINE_1, LINE_2

PERIOD = "start=2026-03-30&end=2026-04-03"
BOTH = f"/activity?channels={LINE_1},{LINE_2}&less={LINE_2}&{PERIOD}"


def fill(page: Page, factor: str) -> None:
    page.get_by_label("Short name").fill("line-2")
    page.get_by_label("Name", exact=True).fill("Line 2, gate to gate")
    page.locator("#save-name_zh").fill("二线（门到门）")
    page.locator("#save-line").fill("Line 2")
    page.locator("#save-kind").fill("gate to gate")
    page.locator("#factor_1").fill(factor)
    page.get_by_label("Reason").fill("as drawn in P-7")
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_line_is_saved_chosen_from_lists_and_seen_in_the_factory(
    look_in: LookIn, own_house: House, looked_at: LookedAt
) -> None:
    engineer = look_in("engineer", own_house, scripts=False)
    engineer.goto(BOTH)
    engineer.get_by_text("Save these channels as a boundary").click()
    fill(engineer, "half")
    expect(engineer.get_by_role("alert")).to_contain_text("E_BOUNDARY_VALUE")
    expect(engineer.locator("#save-line")).to_have_value("Line 2")
    fill(engineer, "-0.5")
    expect(engineer.get_by_role("status")).to_contain_text("The journal has it as entry")

    analyst = look_in("analyst", own_house, scripts=False)
    analyst.goto("/activity")
    analyst.get_by_label("Product line", exact=True).select_option("Line 2 (jinan)")
    analyst.get_by_label("Period", exact=True).select_option("2026 Q1")
    analyst.get_by_role("button", name="Show the amounts").press("Enter")
    named = analyst.get_by_role("heading", level=1)
    expect(named).to_have_text("Activity data: Line 2, gate to gate")
    expect(analyst.get_by_text("±").first).to_be_visible()

    page = look_in("engineer", own_house)
    page.goto(analyst.url)
    looked_at(page, "boundary", LOOKS[2:3])
    page.goto(f"{BOTH}&from=jinan/line-2")
    looked_at(page, "boundary-save", LOOKS[3:])
    page.goto("/?live=off&lang=en")
    row = page.get_by_role("region", name="Product lines").get_by_role("row")
    row.filter(has_text="Line 2").get_by_role("link", name="Line 2", exact=True).click()
    expect(page.get_by_role("rowheader", name="energy", exact=True)).to_have_count(2)
    looked_at(page, "factory-lines", LOOKS[1:2])
