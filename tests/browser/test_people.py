"""People and tokens in a browser: added, and a token shown once."""

from playwright.sync_api import expect

from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House
from tests.browser.looking import LOOKS


def test_somebody_is_added_and_gets_a_token(
    look_in: LookIn, own_house: House, looked_at: LookedAt
) -> None:
    page = look_in("administrator", own_house)
    page.goto("/people?lang=en")
    add = page.get_by_role("form", name="Add somebody")
    add.get_by_label("Name").fill("wang")
    add.get_by_label("Sites").fill("jinan")
    add.get_by_label("Reason").fill("joins the works")
    add.get_by_role("button").click()
    expect(page.get_by_text("wang · analyst · jinan")).to_be_visible()
    issue = page.get_by_role("form", name="Issue a token")
    issue.get_by_label("Name").fill("notebook")
    issue.get_by_label("Whose").select_option("wang")
    issue.get_by_label("Sites").fill("jinan")
    issue.get_by_label("Reason").fill("quarterly export")
    issue.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("cmt_")
    page.goto("/people")
    expect(page.get_by_text("cmt_")).to_have_count(0)
    looked_at(page, "people", LOOKS[1:2])
