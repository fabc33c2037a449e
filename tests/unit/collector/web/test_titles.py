"""What a tab is called: first what its page is about, so that no two look alike."""

import html
import re
from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from tests.unit.collector.api.plant import LINE_1, LINE_2, STANDARD, Plant
from tests.unit.collector.api.test_doubts import found_at
from tests.unit.collector.web.conftest import Browser
from tests.unit.collector.web.test_activity_entering import READING
from tests.unit.collector.web.test_links import walked

TITLE = re.compile(r"<title>(.*?) · carbonmeter</title>")
DAY = "start=2026-03-30&end=2026-03-31"
SPAN = "2026-03-30 00:00 – 2026-03-31 00:00"
OWN = READING["channel"]


@pytest.fixture
def seen(people: Plant, browser: Browser) -> Browser:
    people.fill()
    people.log_file(people.gw1, "certificate", "e-1b.toml", found_at(0.006))
    people.judging.catch_up()
    browser.sign_in("administrator")
    return browser


def title(seen: Browser, address: str) -> str:
    answer = seen.get(address)
    for _ in range(2):
        if answer.status_code == 303:
            answer = seen.get(answer.headers["location"])
    found = TITLE.search(answer.text)
    assert found is not None, answer.text[:500]
    return html.unescape(found[1])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", "Factory"),
        ("/nosuchpage", "Not found"),
        (f"/instruments/{LINE_1}", f"{LINE_1} · Instrument"),
        (f"/instruments/{OWN}", f"{OWN} · Instrument"),
        ("/certificates/E-1", "E-1 · Certificate"),
        ("/certificates/E-1/chain", "E-1 · Chain"),
        ("/certificates/all/rests-on", "What rests on a standard?"),
        (f"/certificates/all/rests-on?id={STANDARD}", f"{STANDARD} · What rests on it"),
        (f"/activity?channels={LINE_1}&{DAY}", f"{LINE_1} · {SPAN} · Activity data"),
        (f"/activity?channels={LINE_1},{LINE_2}", f"{LINE_1}, {LINE_2} · "),
        (f"/activity/download?channel={LINE_1}&{DAY}&format=pact", f"{LINE_1} · Files"),
        (f"/activity/enter?channel={OWN}", f"{OWN} · Enter a reading or an amount"),
        ("/activity/enter?entry=0", "Correct entry 0"),
        (f"/audit?channel={LINE_1}&{DAY}", f"{LINE_1} · 2026-03-30 – 2026-03-31 · Audit"),
        (f"/audit/report?channel={LINE_1}&{DAY}", f"{LINE_1} · {SPAN} · Audit report"),
        (f"/audit/bundle?channel={LINE_1}&{DAY}", f"{LINE_1} · {SPAN} · Evidence of a statement"),
        ("/audit/changes/0", "Entry 0 · "),
        ("/audit/changes?action=correction", "entry corrected · Changes"),
        (f"/audit/changes?subject={OWN}", f"{OWN} · Changes"),
        (f"/audit/effects?channel=line&{DAY}", "line · 2026-03-30 – 2026-03-31 · Effect of bad"),
        ("/audit/effects/touched?certificate=E-1B", "E-1B · Statements that a certificate touched"),
    ],
)
def test_a_title_begins_with_what_the_page_is_about(
    seen: Browser, address: str, expected: str
) -> None:
    assert seen.fill_in("/activity/enter", READING).status_code == 303
    assert title(seen, address).startswith(expected)


def test_pages_of_other_things_have_other_titles(seen: Browser) -> None:
    named = defaultdict(set)
    for address, (status, _) in walked(seen).items():
        path = urlsplit(address).path
        if status == 200 and not path.startswith(("/api/", "/docs/", "/static/")):
            found = TITLE.search(seen.get(address).text)
            named["" if found is None else found[1]].add(path)
    named.pop("", None)  # files
    assert len(named) > 20
    assert {name: paths for name, paths in named.items() if len(paths) > 1} == {}
    assert [name for name in named if name.startswith(" ") or "·  ·" in name] == []
