"""How whoever listens finds their way in a page: by headings in order, and by parts with a name."""

import re
from collections import Counter

import pytest

from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.api.test_doubts import found_at
from tests.unit.collector.web.conftest import Browser
from tests.unit.collector.web.test_activity_entering import READING
from tests.unit.collector.web.test_links import walked

HEADING = re.compile(r"<h([1-6])\b")
PART = re.compile(r'<(section|nav)\b[^>]*\baria-label(ledby)?="([^"]*)"')
AREA = re.compile(r'<[a-z]+ [^>]*\brole="region"')
DAY = "start=2026-03-30&end=2026-03-31"


@pytest.fixture
def pages(people: Plant, browser: Browser) -> dict[str, str]:
    """The text of every sort of page, by its address."""
    people.fill()
    people.log_file(people.gw1, "certificate", "e-1b.toml", found_at(0.006))
    people.judging.catch_up()
    browser.sign_in("administrator")
    assert browser.fill_in("/activity/enter", READING).status_code == 303
    more = (
        f"/audit/report?channel={LINE_1}&{DAY}",
        f"/activity/download?channel={LINE_1}&{DAY}&format=pact",
        "/audit/effects/touched?certificate=E-1B",
        "/certificates/new/dcc",
        "/people",
        "/sign-in",
        "/nosuchpage",
    )
    texts = {each: browser.get(each).text for each in (*walked(browser), *more)}
    return {each: text for each, text in texts.items() if "<main" in text}


def test_headings_leave_out_no_level(pages: dict[str, str]) -> None:
    wrong = {}
    for address, text in pages.items():
        levels = [int(each) for each in HEADING.findall(text)]
        skipped = [
            each for each in zip([0, *levels], levels, strict=False) if each[1] > each[0] + 1
        ]
        if skipped or levels.count(1) != 1:
            wrong[address] = levels
    assert len(pages) > 30
    assert wrong == {}


def test_no_two_parts_of_a_page_have_one_name(pages: dict[str, str]) -> None:
    wrong = {}
    for address, text in pages.items():
        parts = Counter(
            (kind, _text(text, name) if is_of else name) for kind, is_of, name in PART.findall(text)
        )
        twice = [each for each, count in parts.items() if count > 1]
        # what can be moved within a part is no part of its own
        if twice or AREA.search(text):
            wrong[address] = twice
    assert wrong == {}


def _text(page: str, place: str) -> str:
    """What the heading of a part says."""
    found = re.search(rf'<h[1-6][^>]*\bid="{re.escape(place)}"[^>]*>(.*?)</h', page, re.DOTALL)
    assert found is not None, place
    return re.sub(r"<[^>]*>", "", found[1]).strip()
