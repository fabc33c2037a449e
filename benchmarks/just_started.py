"""Row 20: first content of a collector that has just started.

A process is started for each load; the browser stands ready before. The factory's page is asked
as soon as the port is open, when the server does not answer yet, and as soon as `/healthz` has
been answered. Meanwhile the process makes what pages need, and reads its papers: the factory's
page is answered beside that, that of certificates says how many are still to be read.
"""

import time
from collections.abc import Sequence
from statistics import median
from typing import Final

import httpx
import msgspec
from msgspec.structs import replace
from playwright.sync_api import Browser

from benchmarks.browser import SHOWN, Load, shown, visitor
from benchmarks.figures import Figure, measured
from benchmarks.pages import Page
from benchmarks.wide_served import serving

RUNS: Final = 5
FACTORY: Final = Page(name="factory", address="/")
CERTIFICATES: Final = Page(name="certificates", address="/certificates")


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A start of the process, and the first load.

    Attributes:
        until_asked_s: from the start of the process to the navigation.
        load: times are from the navigation.
    """

    until_asked_s: float
    load: Load


def just_started(browser: Browser) -> list[Figure]:
    """The figures of pages that are asked first of all."""
    at_once = [_start(browser, FACTORY, wait=False) for _ in range(RUNS)]
    alive = [_start(browser, FACTORY, wait=True) for _ in range(RUNS)]
    unread = [_start(browser, CERTIFICATES, wait=True) for _ in range(RUNS)]
    starts = [each.until_asked_s for each in (*alive, *unread)]
    return [
        measured(20, "start of the process to its answer that it is alive", starts, unit="s"),
        _figure("factory, as soon as the port is open", at_once),
        _figure("factory, of a collector that has just started", alive),
        _figure("certificates, of a collector that has just started", unread),
        measured(20, "all papers are read after a start", [_papers_s()], unit="s"),
    ]


def _papers_s() -> float:
    with serving() as collector:
        begin = time.monotonic()
        collector.wait_for_papers()
        return time.monotonic() - begin


def _start(browser: Browser, page: Page, *, wait: bool) -> Start:
    with visitor(browser) as context:
        begin = time.monotonic()
        with serving() as collector:
            if wait:
                httpx.get(collector.served.url + "/healthz", timeout=60).raise_for_status()
            until_asked_s = time.monotonic() - begin
            return Start(until_asked_s=until_asked_s, load=shown(context, collector.served, page))


def _figure(name: str, starts: Sequence[Start]) -> Figure:
    took = [each.load.first_ms for each in starts]
    figure = measured(20, f"first content, {name}", took, unit="ms", bound=SHOWN)
    statuses = sorted({each.load.status for each in starts})
    asked_s = median(each.until_asked_s for each in starts)
    answered = median(each.load.answered_ms for each in starts)
    told = f"asked {asked_s:.2f} s after the start of the process; answer {answered:.0f} ms"
    return replace(figure, note=f"{figure.note}; HTTP {statuses}; {told}")
