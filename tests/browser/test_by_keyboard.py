"""A whole task without a pointer: sign in, enter, correct, and take the evidence away."""

import io
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from evidence.bundle.outcome import Result
from evidence.bundle.verify import verify
from tests.browser.house import House
from tests.unit.collector.web.conftest import PASSWORD

MOST_STEPS = 120
SEND = "form.fields button[type=submit]"
STATEMENT = "main a[href^='/activity/']:not([href*='enter']):not([href*='boundar'])"
FIELDS = {
    "channel": "jinan/~gas-9/volume",
    "value": "1234.5",
    "source": "invoice 7",
    "relative_standard_uncertainty": "0.005",
    "reason": "end of the month",
}


def tab_to(page: Page, selector: str) -> None:
    """Goes on from field to field until one is reached that can be seen to be."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            seen = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1; }"
            )
            assert seen, f"nobody sees that {selector} is where the keyboard is"
            return
    raise AssertionError(f"{selector} is not reached in {MOST_STEPS} steps")


def signed_in(chromium: Browser, house: House, name: str, path: str) -> Page:
    page = chromium.new_page(base_url=house.url, locale="en-GB")
    page.goto(f"/sign-in?next={path}")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def put(page: Page, name: str, text: str) -> None:
    tab_to(page, f"#{name}")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def dated(page: Page, name: str, month_and_day: str) -> None:
    """A midnight of 2026, part by part, as a browser that speaks American English has them."""
    tab_to(page, f"#{name}")
    page.keyboard.type(f"{month_and_day}2026")
    page.keyboard.press("Tab")  # a year may have more digits
    page.keyboard.type("120000A")


def entered(page: Page) -> None:
    """Fills the form of an amount and sends it."""
    put(page, "channel", FIELDS["channel"])
    tab_to(page, "#kind_of_quantity")
    page.keyboard.type("Volume")
    put(page, "unit", "m3")
    page.keyboard.press("Escape")
    put(page, "value", FIELDS["value"])
    dated(page, "start", "0330")
    dated(page, "end", "0401")
    for name in ("source", "relative_standard_uncertainty", "reason"):
        put(page, name, FIELDS[name])
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Entered as")


def corrected(page: Page) -> None:
    tab_to(page, "a[href*='?entry=']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Correct entry")
    expect(page.get_by_label("Value")).to_have_value("1234.5")
    put(page, "value", "1243.5")
    put(page, "reason", "digits exchanged")
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Entered as")


def followed(page: Page, selector: str, address: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def test_an_amount_is_entered_corrected_and_proven_by_keyboard_alone(
    chromium: Browser, own_house: House, tmp_path: Path
) -> None:
    clerk = signed_in(chromium, own_house, "analyst", "/activity/enter")
    entered(clerk)
    corrected(clerk)
    clerk.context.close()
    auditor = signed_in(chromium, own_house, "auditor", "/audit")
    auditor.goto(f"/activity?channels={FIELDS['channel']}&start=2026-03-30&end=2026-04-01")
    expect(auditor.get_by_text("1\u202f244 m³").first).to_be_visible()
    followed(auditor, STATEMENT, "**/activity/*")
    followed(auditor, "a[href^='/audit/bundles/']", "**/audit/bundles/*")
    tab_to(auditor, "a[href$='bundle.zip']")
    with auditor.expect_download() as taken:
        auditor.keyboard.press("Enter")
    taken.value.save_as(tmp_path / "bundle.zip")
    auditor.context.close()
    found = verify(io.BytesIO((tmp_path / "bundle.zip").read_bytes())).outcomes
    assert not [each for each in found if each.result is Result.FAILED]
