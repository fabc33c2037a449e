"""Row 20: what a page costs with 200 agents, 10,000 channels and a year behind them.

The folder is that of `benchmarks/wide.py`. Each figure is one page asked of the whole application
by somebody who is signed in - identity, questions, template - by processor time; its note says
the bytes of the answer, and with all that the page loads. `first` is the first question of its
kind in a new process, whose papers were read ahead as a collector does it when it starts.
"""

import re
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import httpx
from msgspec.structs import replace

from benchmarks import agent_page
from benchmarks.figures import Bound, Figure, measured
from benchmarks.wide import CHANNELS, STANDARD_CERTIFICATE, wide
from benchmarks.wide_people import boundary_name, entered_name, line_name
from benchmarks.wide_served import opened
from benchmarks.year import MADE, channel_name
from collector.api.cookies import COOKIE
from tests.unit.collector.api.plant import Asked

RUNS: Final = 5
CPU: Final = Bound(goal=300, gate=1_000, of="subject")
SIZE: Final = Bound(goal=300, gate=300, of="subject")
_LOADED: Final = re.compile(r'(?:src|href)="(/assets/[^"]+|/static/[^"]+)"')
_YEAR: Final = "start=2026-01-09&end=2027-01-09"
_MONTH: Final = "start=2026-05-01&end=2026-06-01"
_MIDDLE: Final = channel_name(MADE // 2 + 1)


BUNDLE: Final = f"/audit/bundle?channel={_MIDDLE}&{_MONTH}"
"""What states a month, and leads to its bundle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page in words, and its address."""

    name: str
    address: str

    @property
    def is_file(self) -> bool:
        """Whether it is not shown, but kept."""
        return self.address.endswith(".csv")


def digest_in(answer: httpx.Response) -> str:
    """The digest of the statement that an answer leads to."""
    return answer.headers["location"].rpartition("/")[2]


def pages(digest: str) -> list[Page]:
    """All pages that are asked; `digest` is that of a statement."""
    ten = ",".join(channel_name(number) for number in range(1, 21, 2))
    far = channel_name(CHANNELS - 7)
    told = {
        "factory": "/",
        "factory, second page": "/?page=2&agents=2",
        "factory, searched": "/?q=line-77&state=wrong",
        "factory, a line": f"/?{urlencode({'line': line_name(0)})}",
        "instrument, a day": f"/instruments/{_MIDDLE}",
        "instrument, a year": f"/instruments/{_MIDDLE}?{_YEAR}",
        "instrument, power, a month": f"/instruments/{channel_name(0)}?{_MONTH}",
        "instrument, the last": f"/instruments/{far}",
        "instrument, entered": f"/instruments/{entered_name(3)}",
        "certificates": "/certificates",
        "certificates, overdue": "/certificates?state=overdue&page=3",
        "certificates, searched": "/certificates?q=line-77",
        "certificates as a table": "/certificates/all/due.csv",
        "certificate": "/certificates/C-7777",
        "certificate of a standard": f"/certificates/{STANDARD_CERTIFICATE}",
        "chain of a certificate": "/certificates/C-7777/chain",
        "chain of a certificate, with hours": "/certificates/C-7777/chain?hours=yes",
        "chain of a standard": f"/certificates/{STANDARD_CERTIFICATE}/chain",
        "rests on a standard": f"/certificates/all/rests-on?id={STANDARD_CERTIFICATE}",
        "rests on, with hours of a day": f"/certificates/all/rests-on?id={STANDARD_CERTIFICATE}"
        "&hours=yes&start=2027-01-08&end=2027-01-09",
        "activity, to choose": "/activity",
        "activity, searched": "/activity?q=line-77&page=2",
        "activity, one channel, a year": f"/activity?channels={_MIDDLE}&{_YEAR}&by=month",
        "activity, ten channels, a year": f"/activity?channels={ten}&{_YEAR}&by=month",
        "activity, a boundary, a month": f"/activity?boundary={boundary_name(0)}&{_MONTH}",
        "activity, a boundary, a year": f"/activity?boundary={boundary_name(0)}&{_YEAR}&by=month",
        "activity, entered": f"/activity?channels={entered_name(3)}&{_YEAR}&by=month",
        "activity, to enter": "/activity/enter",
        "statement": f"/activity/{digest}",
        "audit": "/audit",
        "audit of a channel": f"/audit?channel={_MIDDLE}",
        "audit, report of a month": f"/audit/report?channel={_MIDDLE}&{_MONTH}",
        "audit, logs": "/audit/logs",
        "audit, effects of a year": "/audit/effects",
        "audit, changes": "/audit/changes",
        "audit, changes of one": "/audit/changes?subject=user-007",
        "audit, bundle": f"/audit/bundles/{digest}",
        "people": "/people",
        "about": "/about",
    }
    return [Page(name=name, address=address) for name, address in told.items()]


def measure() -> list[Figure]:
    """The figures of row 20; the factory is made first if it is not there."""
    with opened(wide()) as found:
        found.read_papers()
        visitor = Visitor(asked=Asked(found.app), cookie=f"{COOKIE}={found.session}")
        seen = [_of(visitor, each) for each in pages(visitor.stated())]
    first = max(seen, key=lambda each: each.first_ms)
    large = max(seen, key=lambda each: each.kB)
    return [
        measured(20, f"slowest first: {first.name}", [first.first_ms], unit="ms", bound=CPU),
        measured(20, f"largest: {large.name}", [large.kB], unit="kB", bound=SIZE),
        *(each.figure for each in seen),
        *agent_page.figures(CPU),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page took when it was asked for first, how large it is, and what it takes later.

    Attributes:
        kB: With all that it loads; 0 of a file.
    """

    name: str
    first_ms: float
    kB: float
    figure: Figure


@dataclass(slots=True)
class Visitor:
    """Somebody who is signed in, and looks at pages."""

    asked: Asked
    cookie: str

    def ask(self, address: str, status: int = 200) -> tuple[float, httpx.Response]:
        """Processor time in ms, and the answer."""
        begin = time.process_time()
        answer = self.asked.get(address, accept="text/html", cookie=self.cookie)
        took_ms = (time.process_time() - begin) * 1000
        assert answer.status_code == status, (address, answer.status_code, answer.text[:2000])
        return took_ms, answer

    def stated(self) -> str:
        """The digest of a statement of a month."""
        _, answer = self.ask(BUNDLE, 303)
        return digest_in(answer)

    def loaded(self, answer: httpx.Response) -> int:
        """Bytes of a page with all that it loads."""
        assets = sorted(set(_LOADED.findall(answer.text)))
        return len(answer.content) + sum(len(self.ask(each)[1].content) for each in assets)


def _of(visitor: Visitor, page: Page) -> Seen:
    first_ms, answer = visitor.ask(page.address)
    took = [visitor.ask(page.address)[0] for _ in range(RUNS)]
    kB = 0.0 if page.is_file else visitor.loaded(answer) / 1000
    figure = measured(20, page.name, took, unit="ms", bound=CPU)
    size = f"{len(answer.content) / 1000:.0f} kB, {kB:.0f} with all it loads"
    note = f"{figure.note}; first {first_ms:.0f} ms; {size}"
    return Seen(name=page.name, first_ms=first_ms, kB=kB, figure=replace(figure, note=note))
