"""An instrument in a browser: its figure zoomed, its gaps explained, a reading and its bytes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from calibration.measurand import KindOfQuantity
from calibration.rounding import places_of
from collector.access import Person
from collector.activity.entering import enter
from collector.api.security import Author
from collector.rights import Role
from evidence.statement.entered.content import ManualAmount
from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House, let_in, serving
from tests.browser.looking import LOOKS, listened
from tests.unit.collector.api.plant import LINE_1, POWER, Plant
from tests.unit.collector.api.test_monitored import GAS, with_checks

INVOICE = ManualAmount(
    channel="jinan/~gas-1/volume",
    kind_of_quantity=KindOfQuantity.VOLUME,
    unit="m3",
    value=1234.5,
    source="invoice 7",
    serial="G-7",
    mpe_relative=0.015,
    start="2026-03-01T00:00:00+08:00",
    end="2026-04-01T00:00:00+08:00",
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = with_checks(Plant(tmp_path_factory.mktemp("stack")))
    let_in(built)
    with serving(built) as house:
        yield house
    built.close()


def test_an_instrument_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto(f"/instruments/{POWER}")
    expect(page.get_by_role("heading", level=1)).to_have_text(POWER)
    looked_at(page, "instrument")


def test_an_analyser_can_be_read_by_everybody(
    look_in: LookIn, stack: House, looked_at: LookedAt
) -> None:
    page = look_in("administrator", stack)
    page.goto(f"/instruments/{GAS}")
    expect(page.get_by_role("img", name="Drift of span")).to_be_visible()
    looked_at(page, "analyser", LOOKS[1:3])


def test_the_legend_tells_what_is_under_the_pointer_to_the_digits_of_its_u(page: Page) -> None:
    page.goto(f"/instruments/{LINE_1}?start=2026-03-30&end=2026-03-31")
    page.locator(".u-over").hover()
    legend = page.locator(".u-legend")
    expect(legend).not_to_contain_text("--")
    _, *told = legend.locator(".u-value").all_inner_texts()
    value, low, high, shown = map(float, told)
    places = places_of(round((high - low) / 2.0, 9))
    assert [len(each.partition(".")[2]) for each in told] == [places] * 4
    assert low < value < high
    assert low < shown < high


def test_who_drags_across_the_figure_sees_a_part_of_it_more_finely(page: Page) -> None:
    page.goto(f"/instruments/{LINE_1}?start=2026-03-01&end=2026-04-05")
    expect(page.get_by_text("Day by day").or_(page.get_by_text("Hour by hour"))).to_be_visible()
    with listened(page) as heard:
        _drag(page, 0.84, 0.94)
        expect(page.get_by_text("Each reading")).to_be_visible()
        assert "start=" in page.url
        assert page.locator("#plot canvas").count() == 1
    assert heard.said == []
    page.go_back()
    expect(page.get_by_text("Each reading")).to_have_count(0)


def _drag(page: Page, first: float, last: float) -> None:
    over = page.locator("#plot .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + first * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + last * box["width"], middle, steps=4)
    page.mouse.up()


def test_a_gap_is_explained_and_followed_to_its_bytes_by_keyboard_and_without_a_script(
    look_in: LookIn,
) -> None:
    page = look_in("auditor", scripts=False)
    page.goto(f"/instruments/{LINE_1}?start=2026-03-31&end=2026-04-01")
    expect(page.locator("svg.figure").first).to_be_visible()
    row = page.get_by_role("row").filter(has_text="no answer in time").first
    link = row.get_by_role("link").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Readings")).to_be_visible()
    table = page.get_by_role("group", name="As a table")
    table.get_by_role("link").first.click()
    expect(page.get_by_text("That is a signed statement too")).to_be_visible()
    expect(page.get_by_text("The steps lead to the root")).to_be_visible()


def test_a_reading_can_be_read_by_everybody(page: Page, looked_at: LookedAt) -> None:
    page.goto(f"/instruments/{POWER}")
    page.get_by_role("group", name="As a table").get_by_role("link").first.click()
    expect(page.get_by_text("the same as was logged")).to_be_visible()
    looked_at(page, "reading")


def test_it_prints_its_figure_and_not_the_one_for_the_screen(page: Page) -> None:
    page.goto(f"/instruments/{POWER}")
    expect(page.locator("#plot canvas")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#plot > svg.figure")).to_be_visible()
    expect(page.locator("#plot canvas")).to_be_hidden()


def test_what_people_enter_can_be_read_where_an_instrument_would_be(
    look_in: LookIn, own_house: House, looked_at: LookedAt
) -> None:
    with own_house.parts.journal() as journal:
        author = Author(person=Person(name="analyst", role=Role.ANALYST))
        enter(journal, author, [INVOICE], own_house.parts.clock, "by post")
    page = look_in("analyst", own_house)
    page.goto(f"/instruments/{INVOICE.channel}")
    expect(page.get_by_role("heading", level=1)).to_have_text(INVOICE.channel)
    expect(page.get_by_role("row", name="invoice 7")).to_contain_text("analyst")
    looked_at(page, "instrument-entered", LOOKS[1:3])
