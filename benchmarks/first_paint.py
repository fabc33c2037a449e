"""Row 20: when a browser shows the first content of a page, with a year of data behind it.

The pages are those of `benchmarks/pages.py`. They are served by a process of its own
(`benchmarks/wide_served.py`) and loaded by Chromium without a window, each time in a new context:
somebody who is signed in, and has nothing kept. Times are the browser's own, of the clock on the
wall, from the start of the navigation. `first` is the first question of its kind in the serving
process. Pages that are asked a collector that has just started are in `benchmarks/just_started.py`.
"""

from collections.abc import Sequence
from statistics import median
from typing import Final

import httpx
import msgspec
from msgspec.structs import replace
from playwright.sync_api import Browser

from benchmarks.browser import SHOWN, Load, chromium, loaded
from benchmarks.figures import Bound, Figure, measured
from benchmarks.just_started import just_started
from benchmarks.pages import BUNDLE, Page, digest_in, pages
from benchmarks.wide import wide
from benchmarks.wide_served import Served, serving
from collector.api.cookies import COOKIE

RUNS: Final = 5
SIZE: Final = Bound(goal=300, gate=300, of="subject")


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
        return [*just_started(browser), *_figures(_loaded(browser))]


def _loaded(browser: Browser) -> list[Loads]:
    with serving() as collector:
        collector.wait_for_papers()
        shown = [each for each in pages(_stated(collector.served)) if not each.is_file]
        return [_loads(browser, collector.served, each) for each in shown]


def _loads(browser: Browser, served: Served, page: Page) -> Loads:
    first, *later = [loaded(browser, served, page) for _ in range(RUNS + 1)]
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


def _stated(served: Served) -> str:
    """The digest of a statement of a month."""
    head = {"Accept": "text/html", "Cookie": f"{COOKIE}={served.session}"}
    return digest_in(httpx.get(served.url + BUNDLE, headers=head, timeout=60))
