"""The door and what stands beside it, in a browser."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House
from tests.unit.collector.web.conftest import PASSWORD


def test_somebody_signs_in_by_keyboard_and_comes_to_where_they_wanted(
    chromium: Browser, house: House
) -> None:
    page = chromium.new_page(base_url=house.url, locale="en-GB")
    page.goto("/about")
    expect(page).to_have_title("Sign in · carbonmeter")
    page.keyboard.type("auditor")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("About this collector · carbonmeter")
    expect(page.get_by_text("auditor · auditor")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in · carbonmeter")
    page.context.close()


def test_the_door_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto("/sign-in")
    looked_at(page, "sign-in")


def test_what_to_write_down_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto("/about")
    looked_at(page, "about")


def test_a_language_is_switched_by_a_link_and_without_a_script(look_in: LookIn) -> None:
    page = look_in("auditor", scripts=False)
    page.goto("/about")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("关于本采集器")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("About this collector")
