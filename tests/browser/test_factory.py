"""The factory page as people use it: by eye, by keyboard, without a script, while it renews."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House, let_in, serving
from tests.browser.looking import LOOKS, barriers, listened
from tests.unit.collector.api.plant import DAYS, LINE_2, POLLS_A_DAY, Plant, batch, showing, stream


def test_the_factory_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Factory")
    looked_at(page, "factory")


def test_what_is_wrong_leads_to_its_channels_by_keyboard(page: Page) -> None:
    page.goto("/?live=off")
    link = page.get_by_role("link", name="Show 2 channels of jinan/line-1")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=jinan**")
    expect(page.get_by_role("rowheader", name="energy", exact=True)).to_have_count(1)
    expect(page.get_by_text("jinan/boiler", exact=True)).to_have_count(1)  # of the repairs alone


def test_channels_are_found_without_a_script(look_in: LookIn) -> None:
    page = look_in("auditor", scripts=False)
    page.goto("/")
    page.get_by_label("Name, serial number or agent").fill("mill s-9")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("1 channel", exact=True)).to_be_visible()
    page.get_by_label("State").select_option("good")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("No channel is like that.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_text("6 channels", exact=True)).to_be_visible()


def test_an_engineer_of_one_site_sees_that_one_alone(look_in: LookIn) -> None:
    page = look_in("engineer")
    page.goto("/")
    expect(page.get_by_role("rowheader", name="gw-1 jinan")).to_be_visible()
    expect(page.get_by_text("weifang")).to_have_count(0)


def test_what_is_read_meanwhile_appears_by_itself_but_not_under_somebodys_hands(
    look_in: LookIn, own_house: House
) -> None:
    page = look_in("administrator", own_house)
    page.clock.install()
    page.goto("/")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="energy"))
    expect(row.filter(has_text="no readings").first).to_be_visible()
    page.get_by_label("State").focus()
    _read_more(own_house.plant)
    with listened(page) as heard:
        page.clock.run_for(20_000)
        assert heard.loaded == []
    page.get_by_role("heading", level=1).click()
    page.clock.run_for(20_000)
    expect(page.get_by_role("row").filter(has_text="98 765.43")).to_have_count(1)
    assert page.url == f"{own_house.url}/"


def _read_more(plant: Plant) -> None:
    now = (DAYS + 2) * POLLS_A_DAY - 1
    part = showing(stream(LINE_2, now, 1), 98_765.43)
    plant.take(plant.gw1, batch(plant.gw1, [part]))
    plant.judging.catch_up()


def test_a_collector_that_has_nothing_says_what_comes_next(
    look_in: LookIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plant = Plant(tmp_path_factory.mktemp("empty"), sites={})
    let_in(plant)
    with serving(plant) as empty:
        page = look_in("administrator", empty)
        page.goto("/?lang=zh")
        expect(page.get_by_text("没有待处理事项。")).to_be_visible()
        expect(page.get_by_text("尚未配置代理。")).to_be_visible()
        assert barriers(page) == []
    plant.close()


def test_ten_thousand_channels_of_two_hundred_agents_come_in_pages(
    look_in: LookIn, works: House, looked_at: LookedAt
) -> None:
    page = look_in("administrator", works)
    page.goto("/?live=off")
    expect(page.get_by_text("10000 channels", exact=True)).to_be_visible()
    first = page.get_by_role("navigation", name="Pages of channels", exact=True)
    first.get_by_role("link", name="Next").click()
    expect(first).to_contain_text("Page 2 of 200")
    page.get_by_role("navigation", name="Pages of agents").get_by_role("link", name="Next").click()
    expect(page.get_by_role("navigation", name="Pages of agents")).to_contain_text("Page 2 of 10")
    expect(first).to_contain_text("Page 2 of 200")
    looked_at(page, "factory-large", LOOKS[1:2])
