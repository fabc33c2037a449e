"""A browser without a window, and what it says of a page that it has loaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from benchmarks.figures import Bound
from benchmarks.pages import Page
from benchmarks.processes import UnavailableError
from benchmarks.wide_served import Served
from collector.api.cookies import COOKIE

SHOWN: Final = Bound(goal=1_000, gate=1_500, of="subject")
"""Of first content, ms."""
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_HOW: Final = ("--no-sandbox", "--disable-dev-shm-usage")
"""No sandbox: whoever measures is often root, and only pages of this house are shown."""
_PAINTED: Final = """
async () => {
  const seen = (type) => new Promise((resolve) => new PerformanceObserver((list) => {
    const found = list.getEntries().filter((each) => each.name !== "first-paint");
    if (found.length) resolve(found.at(-1).startTime);
  }).observe({type, buffered: true}));
  const first_ms = await seen("paint");
  const largest_ms = await seen("largest-contentful-paint");
  const page = performance.getEntriesByType("navigation")[0];
  const loaded = [page, ...performance.getEntriesByType("resource")];
  const bytes = loaded.map((each) => each.transferSize).reduce((one, other) => one + other);
  const status = page.responseStatus;
  return {status, first_ms, largest_ms, answered_ms: page.responseStart, bytes};
}
"""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser says of a page that it has loaded.

    Attributes:
        status: of HTTP.
        first_ms, largest_ms: first and largest contentful paint, from the start of the navigation.
        answered_ms: the first byte of the page, likewise.
        bytes: of all that was loaded, with heads, as it went over the wire.
    """

    status: int
    first_ms: float
    largest_ms: float
    answered_ms: float
    bytes: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window, that has drawn a page already.

    Raises:
        UnavailableError: none is installed, or it does not start.
    """
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise UnavailableError("no Chromium (on Debian and Ubuntu: apt install chromium)")
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=program, args=_HOW)
        except Error as wrong:
            reason = wrong.message.partition("\n")[0]
            raise UnavailableError(f"{program} does not start: {reason}") from wrong
        page = browser.new_page()
        page.set_content("<p>fonts: abc 中文</p>")
        page.close()
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody who has nothing kept, before an empty page."""
    context = browser.new_context()
    context.new_page()
    try:
        yield context
    finally:
        context.close()


def shown(context: BrowserContext, served: Served, page: Page) -> Load:
    """A load by somebody who is signed in."""
    context.add_cookies([{"name": COOKIE, "value": served.session, "url": served.url}])
    (tab,) = context.pages
    tab.goto(served.url + page.address, wait_until="load")
    return msgspec.convert(tab.evaluate(_PAINTED), Load)


def loaded(browser: Browser, served: Served, page: Page) -> Load:
    """A load by somebody who is signed in, with nothing kept from another."""
    with visitor(browser) as context:
        return shown(context, served, page)
