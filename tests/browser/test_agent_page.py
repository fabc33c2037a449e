"""The agent's own page as an engineer at the gateway sees it, with the uplink dead."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LookedAt
from tests.browser.gateway import TOKEN, gateway


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with gateway(tmp_path_factory.mktemp("gateway"), 60) as address:
        yield address


@pytest.fixture
def screen(chromium: Browser, shown: str) -> Iterator[Page]:
    """A browser without scripts: the page needs none. `axe` does, and is looked at apart."""
    context = chromium.new_context(base_url=shown, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def settled(page: Page) -> None:
    """Waits until the dead device was polled twice and the broker was looked for."""
    for _ in range(60):
        page.goto("/health.json")
        found = json.loads(page.content().partition("<pre>")[2].partition("</pre>")[0])
        if len(found["repairs"]) >= 3 and found["devices"][1].get("failures", 0) > 1:
            return
        page.wait_for_timeout(250)
    pytest.fail("the agent does not come to work")


def test_the_agents_page_can_be_read_by_everybody(
    chromium: Browser, shown: str, looked_at: LookedAt
) -> None:
    context = chromium.new_context(base_url=shown)
    page = context.new_page()
    settled(page)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Agent line-1")
    looked_at(page, "agent")
    page.goto("/devices/feeder-2")
    looked_at(page, "agent-device", looks=(("zh", "light", "phone"), ("en", "dark", "desk")))
    context.close()


def test_what_is_wrong_stands_first_in_words_with_what_to_do(screen: Page) -> None:
    settled(screen)
    screen.goto("/")
    first = screen.locator("#repair-list tbody tr").first
    expect(first).to_contain_text("readings lost")
    expect(first).to_contain_text("no complete answer within 0.3 s; check power, wiring")
    expect(screen.locator("#repair-list")).to_contain_text("no connection to the broker")
    expect(screen.locator("#delivery + *")).to_contain_text("not connected")
    expect(screen.locator("#devices tbody tr").first).to_contain_text("feeder-2")


def test_a_dead_device_is_reached_by_keyboard_in_chinese(screen: Page) -> None:
    settled(screen)
    screen.goto("/?lang=zh")
    link = screen.locator("#repair-list").get_by_role("link", name="feeder-2", exact=True).first
    link.focus()
    screen.keyboard.press("Enter")
    screen.wait_for_url("**/devices/feeder-2?lang=zh")
    expect(screen.get_by_role("heading", level=1)).to_have_text("feeder-2")
    expect(screen.locator(".problem")).to_contain_text("没有完整应答；请检查电源")
    expect(screen.locator("#channels")).to_contain_text("无应答")
    screen.get_by_role("link", name="English").click()
    expect(screen.locator("#channels")).to_contain_text("no answer")


def test_devices_are_searched_and_turned_over_without_a_script(screen: Page) -> None:
    screen.goto("/?theme=dark")
    expect(screen.get_by_text("Page 1 of 2")).to_be_visible()
    screen.get_by_role("link", name="Next").click()
    expect(screen.get_by_text("Page 2 of 2")).to_be_visible()
    screen.get_by_label("Name, serial number or line").fill("sim-17")
    screen.get_by_role("button", name="Show", exact=True).click()
    expect(screen.locator("#devices tbody tr")).to_have_count(1)
    expect(screen.locator("html")).to_have_attribute("data-theme", "dark")
    screen.get_by_role("link", name="Show all").click()
    expect(screen.locator("#devices tbody tr")).to_have_count(50)


def test_the_page_renews_itself_where_that_is_asked_for(screen: Page) -> None:
    screen.goto("/")
    screen.get_by_role("link", name="Renew every 15 s").click()
    expect(screen.get_by_role("link", name="Stop renewing")).to_be_visible()


def test_json_stands_beside_it(shown: str) -> None:
    with urlopen(f"{shown}/health.json", timeout=10) as response:
        found = json.load(response)
    assert (found["schema"], found["agent"]) == (1, "line-1")
    assert not found["delivery"]["connected"]
    assert len(found["devices"]) == 60


def test_with_a_token_the_browser_asks_for_it(chromium: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path, 1, token=TOKEN) as address:
        stranger = chromium.new_context(base_url=address)
        page = stranger.new_page()
        for _ in range(40):
            try:
                response = page.goto("/")
                break
            except Exception:  # it is not there yet
                page.wait_for_timeout(100)
        assert response is not None
        assert response.status == 401
        stranger.close()
        known = chromium.new_context(
            base_url=address, http_credentials={"username": "me", "password": TOKEN}
        )
        page = known.new_page()
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Agent line-1")
        colour = page.evaluate("getComputedStyle(document.querySelector('.bar')).backgroundColor")
        assert colour != "rgba(0, 0, 0, 0)"  # its style was let through too
        known.close()
