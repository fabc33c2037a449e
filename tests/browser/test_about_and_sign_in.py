"""The door and what stands beside it, in a browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from collector.people.sessions import IDLE_NS
from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House
from tests.browser.looking import barriers
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


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_that_came_too_late_stands_there_again_after_signing_in(
    look_in: LookIn, own_house: House, *, scripts: bool
) -> None:
    page = look_in("analyst", own_house, scripts=scripts)
    page.goto("/activity/enter?kind=reading&lang=en")
    page.get_by_label("Channel").fill("jinan/~meter-1/energy")
    page.get_by_label("Unit").first.fill("kW.h")
    page.get_by_label("Value").fill("100.5")
    page.get_by_label("Read at").fill("2026-03-30T08:00")
    page.get_by_label("Taken from").fill("photo <7> & note")
    page.get_by_label("Quantity").select_option("active_energy")
    page.get_by_label("Smallest step that was read").fill("0.1")
    page.locator("#reason").fill("the end of <March>")
    own_house.plant.desk.advance(IDLE_NS)
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You were signed out")
    assert not scripts or barriers(page) == []  # which is a script itself
    page.get_by_label("Name").fill("analyst")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/activity/enter?kind=reading")
    expect(page.get_by_role("status")).to_contain_text("Nothing was sent yet")
    expect(page.get_by_label("Taken from")).to_have_value("photo <7> & note")
    expect(page.locator("#reason")).to_have_value("the end of <March>")
    assert not scripts or barriers(page) == []  # which is a script itself
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Entered as")


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
