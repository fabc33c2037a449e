"""Pages on a phone, a tablet and a desk: no table is cut, no field too small, data in view."""

from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LookIn
from tests.browser.house import House
from tests.browser.looking import _found, changed
from tests.unit.collector.api.plant import GAS, LINE_1, LINE_2, STANDARD

RANGE: Final = "start=2026-03-30&end=2026-04-03"
LONG: Final = "boiler_" * 12
WIDTHS: Final = (390, 768, 1280)
PAGES: Final = (
    "/",
    "/certificates",
    "/certificates/E-1",
    f"/certificates/all/rests-on?id={STANDARD}&hours=yes",
    f"/activity?channels={LINE_1},{LINE_2},{GAS}&{RANGE}",
    f"/activity?channels={LINE_1}&start=2026-03-31T01:00:00Z&end=2026-03-31T02:00:00Z&by=hour",
    f"/activity/download?channel={LINE_1}&{RANGE}&format=pact",
    "/activity/enter",
    f"/audit/report?channel={LINE_1}&start=2026-03-29T16:00:00Z&end=2026-04-02T16:00:00Z",
    f"/audit?start=2026-03-29T16:00:00Z&end=2026-04-02T16:00:00Z&channel={LINE_1}",
    "/audit/changes",
    "/audit/logs",
    "/people",
    f"/instruments/{LINE_1}?{RANGE}",
)
CUT_TABLES: Final = """
() => [...document.querySelectorAll(".scroll table.stack")]
  .filter((each) => each.scrollWidth > each.closest(".scroll").clientWidth + 1)
  .map((each) => each.closest(".scroll").getAttribute("aria-label") || each.className)
"""
CUT_FIELDS: Final = """
() => [...document.querySelectorAll("main input:not([type=hidden])")]
  .filter((each) => each.clientWidth > 0 && each.value && !each.closest("details:not([open])"))
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.name + ": " + each.value)
"""
IN_VIEW: Final = """
() => {
  const room = document.querySelector(".heat").closest(".scroll").getBoundingClientRect();
  const days = document.querySelector(".heat tbody th").getBoundingClientRect();
  const there = [...document.querySelectorAll(".heat .full, .heat .partly, .heat .little")]
    .map((each) => each.getBoundingClientRect());
  return there.length > 0 && days.left >= room.left - 1 &&
    there.every((each) => each.left >= days.right - 1 && each.right <= room.right + 1);
}
"""


def wrong(page: Page) -> list[str]:
    tables: list[str] = page.evaluate(CUT_TABLES)
    fields: list[str] = page.evaluate(CUT_FIELDS)
    cut = [f"table {each}" for each in tables] + [f"field {each}" for each in fields]
    return [*_found(page), *cut]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_at_any_width(page: Page, house: House, language: str) -> None:
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(changed(house.url + path, lang=language, live="off"))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if said := wrong(page):
                found[f"{path} {width}"] = said
    assert found == {}


def test_a_statement_and_its_versions_are_stacked_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/activity?channels={LINE_1}&{RANGE}&lang=en")
    page.get_by_role("group", name="By channel").locator("a[href^='/activity/']").click()
    heads = page.locator("table.stack thead")
    assert heads.count() == page.locator("main table").count() >= 2
    assert wrong(page) == []


def test_a_long_name_in_a_list_makes_no_phone_wider(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/certificates/all/rests-on?id={STANDARD}&lang=zh")
    named = page.locator("main li a, main p")
    assert named.count() > 1
    named.evaluate_all(f"all => all.forEach((each) => each.append('{LONG}'))")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0


def test_hours_are_shown_where_their_data_are(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    hours = "start=2026-03-31T05:00:00Z&end=2026-03-31T08:00:00Z&by=hour"  # from 13 h in Shanghai
    page.goto(f"/activity?channels={LINE_1}&{hours}")
    assert page.evaluate(IN_VIEW)
    assert page.locator(".heat").locator("xpath=..").evaluate("(each) => each.scrollLeft") > 300


def test_without_scripts_hours_open_there_too_and_can_be_scrolled(look_in: LookIn) -> None:
    page = look_in("analyst", scripts=False)
    page.set_viewport_size({"width": 390, "height": 844})
    hours = "start=2026-03-31T05:00:00Z&end=2026-03-31T08:00:00Z&by=hour"  # from 13 h in Shanghai
    page.goto(f"/activity?channels={LINE_1}&{hours}")
    assert page.evaluate(IN_VIEW)
    region = page.locator(".scroll", has=page.locator(".heat"))
    assert region.get_attribute("tabindex") == "0"


COLOUR: Final = "(each) => getComputedStyle(each).backgroundColor"
SHADED: Final = """
() => [...document.querySelectorAll(".scroll")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => getComputedStyle(each).backgroundAttachment)
"""


@pytest.mark.parametrize("path", ["/certificates/E-1", f"/activity?channels={LINE_1}&{RANGE}"])
def test_what_goes_on_beyond_the_edge_of_a_phone_has_a_shade_there(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    found = page.evaluate(SHADED)
    assert found
    assert set(found) == {"local, local, scroll, scroll"}
    behind = page.locator(".scroll svg.figure").first.evaluate(COLOUR)
    assert behind == "rgba(0, 0, 0, 0)"  # a figure does not stand before the shade


def test_a_map_whose_hours_hide_the_shade_says_that_it_goes_on(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/activity?channels={LINE_1}&{RANGE}&lang=en")
    said = page.get_by_text("It goes on sideways")
    assert said.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not said.is_visible()
