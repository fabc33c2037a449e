"""Row 20: when a browser shows the first content of a page, with a year of data behind it.

The pages are those of `benchmarks/pages.py`. They are served by a process of its own
(`benchmarks/wide_served.py`) and loaded by Chromium without a window, each time in a new context:
somebody who is signed in, and has nothing kept. Times are the browser's own, of the clock on the
wall, from the start of the navigation. `first` is the first question of its kind in the serving
process. Two pages are asked a collector that has just started, and still reads its papers: the
factory's is answered beside that, that of certificates says how many are still to be read.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Final

import httpx
import msgspec
from msgspec.structs import replace
from playwright.sync_api import Browser, Error, sync_playwright

from benchmarks.figures import Bound, Figure, measured
from benchmarks.pages import BUNDLE, Page, digest_in, pages
from benchmarks.processes import UnavailableError
from benchmarks.wide import wide
from benchmarks.wide_served import Served, serving
from collector.api.cookies import COOKIE

RUNS: Final = 5
SHOWN: Final = Bound(goal=1_000, gate=1_500, of="subject")
SIZE: Final = Bound(goal=300, gate=300, of="subject")
JUST_STARTED: Final = (
    Page(name="factory", address="/"),
    Page(name="certificates", address="/certificates"),
)
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


class Loads(msgspec.Struct, frozen=True, kw_only=True):
    """A page's loads; the first of them was the first question of its kind."""

    name: str
    first: Load
    later: Sequence[Load]

    @property
    def kB(self) -> float:
        """Of the load that took most."""
        return max(each.bytes for each in (self.first, *self.later)) / 1000

    @property
    def figure(self) -> Figure:
        """The median of the later loads."""
        took = [each.first_ms for each in self.later]
        figure = measured(20, f"first content, {self.name}", took, unit="ms", bound=SHOWN)
        answered = median(each.answered_ms for each in self.later)
        largest = median(each.largest_ms for each in self.later)
        told = f"answer {answered:.0f} ms, largest content {largest:.0f} ms"
        note = f"{figure.note}; first {self.first.first_ms:.0f} ms; {told}; {self.kB:.0f} kB"
        return replace(figure, note=note)


def measure() -> list[Figure]:
    """The figures of first contents; the factory is made first if it is not there.

    Raises:
        UnavailableError: no Chromium.
    """
    wide()
    with chromium() as browser:
        return [*_just_started(browser), *_figures(_loaded(browser))]


def _just_started(browser: Browser) -> Iterator[Figure]:
    for page in JUST_STARTED:
        with serving() as collector:
            begin = time.monotonic()
            load = _load(browser, collector.served, page)
            collector.wait_for_papers()
            read_s = time.monotonic() - begin
        name = f"first content, {page.name}, of a collector that has just started"
        figure = measured(20, name, [load.first_ms], unit="ms", bound=SHOWN)
        yield replace(figure, note=f"HTTP {load.status}; papers were read after {read_s:.0f} s")


def _loaded(browser: Browser) -> list[Loads]:
    with serving() as collector:
        collector.wait_for_papers()
        shown = [each for each in pages(_stated(collector.served)) if not each.is_file]
        return [_loads(browser, collector.served, each) for each in shown]


def _loads(browser: Browser, served: Served, page: Page) -> Loads:
    first, *later = [_load(browser, served, page) for _ in range(RUNS + 1)]
    assert first.status == 200, page.address
    return Loads(name=page.name, first=first, later=later)


def _figures(seen: Sequence[Loads]) -> list[Figure]:
    first = max(seen, key=lambda each: each.first.first_ms)
    slow = max(seen, key=lambda each: max(load.first_ms for load in each.later))
    large = max(seen, key=lambda each: each.kB)
    worst = max(load.first_ms for load in slow.later)
    return [
        measured(
            20,
            f"first content, slowest first: {first.name}",
            [first.first.first_ms],
            unit="ms",
            bound=SHOWN,
        ),
        measured(20, f"first content, slowest later: {slow.name}", [worst], unit="ms", bound=SHOWN),
        measured(20, f"most loaded: {large.name}", [large.kB], unit="kB", bound=SIZE),
        *(each.figure for each in seen),
    ]


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


def _load(browser: Browser, served: Served, page: Page) -> Load:
    """A load by somebody who is signed in, with nothing kept from another."""
    context = browser.new_context()
    context.add_cookies([{"name": COOKIE, "value": served.session, "url": served.url}])
    shown = context.new_page()
    shown.goto(served.url + page.address, wait_until="load")
    load = msgspec.convert(shown.evaluate(_PAINTED), Load)
    context.close()
    return load


def _stated(served: Served) -> str:
    """The digest of a statement of a month."""
    head = {"Accept": "text/html", "Cookie": f"{COOKIE}={served.session}"}
    return digest_in(httpx.get(served.url + BUNDLE, headers=head, timeout=60))
