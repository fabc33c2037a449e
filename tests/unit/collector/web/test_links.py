"""Every link of every page leads somewhere: pages of several rooms, walked from the first one."""

import html
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

from tests.unit.collector.api.plant import Plant
from tests.unit.collector.web.conftest import Browser

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
OF_EACH_KIND = 3
MOST = 150
CHOICES = re.compile(r"[?&](?:lang|theme|tz|live)=")
VARYING = re.compile(r"[0-9a-f]{16,}|[^/?&=]*\d[^/?&=]*")


def links(page: str, address: str) -> list[str]:
    """Addresses of this collector to which a page links; choices of its look are left out."""
    found = [urljoin(address, html.unescape(each)) for each in LINK.findall(page)]
    return [each for each in found if each.startswith("/") and not CHOICES.search(each)]


def kind_of(address: str) -> str:
    """What addresses that lead to the same sort of page have in common."""
    parts = urlsplit(address)
    names = sorted(each.partition("=")[0] for each in parts.query.split("&"))
    path = parts.path
    for start in ("/instruments/", "/certificates/", "/api/v1/documents/"):
        if path.startswith(start):
            path = start + "..." + ("/chain" if path.endswith("/chain") else "")
    return VARYING.sub("N", path) + "?" + "&".join(names)


def walked(browser: Browser) -> dict[str, tuple[int, str]]:
    """Status and way of every page that was reached, some of each kind."""
    seen: dict[str, tuple[int, str]] = {}
    kinds: Counter[str] = Counter()
    waiting = [("/", "typed")]
    while waiting and len(seen) < MOST:
        address, way = waiting.pop(0)
        kind = kind_of(address)
        if address in seen or kinds[kind] >= OF_EACH_KIND:
            continue
        kinds[kind] += 1
        answer = browser.get(address)
        seen[address] = answer.status_code, way
        if answer.headers.get("content-type", "").startswith("text/html"):
            waiting += [(each, address) for each in links(answer.text, address)]
        elif answer.status_code == 303:
            waiting.append((answer.headers["location"], address))
    return seen


def test_every_link_leads_somewhere(browser: Browser, people: Plant) -> None:
    people.fill()
    browser.sign_in("administrator")
    seen = walked(browser)
    # 422: there is no evidence of an amount where there is no amount, and the page says so
    wrong = {each: found for each, found in seen.items() if found[0] not in (200, 303, 422)}
    assert wrong == {}
    reached = {urlsplit(each).path.split("/")[1] for each in seen}
    assert reached >= {"", "instruments", "certificates", "activity", "audit", "about"}
    assert len(seen) > 30


def test_links_are_found_and_choices_are_left_out() -> None:
    page = '<a class="x" href="/a?b=1&amp;c=2#d">1</a><a href="?lang=zh">2</a><a href="?q=3">3</a>'
    assert links(page, "/p?q=1") == ["/a?b=1&c=2", "/p?q=3"]
    assert kind_of("/audit/bundles/0123456789abcdef01?x=1&y=2") == "/audit/bundles/N?x&y"
