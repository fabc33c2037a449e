"""A register that is read less than once an hour is complete where its readings reach."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.api.app import create_app
from collector.web.pages import add_pages
from evidence.log.column import progression
from tests.unit.collector.api.plant import FILES, LINE_1, START_NS, Asked, Plant, batch, stream
from tests.unit.collector.web.conftest import Browser, with_people

EACH_H = 6


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Browser]:
    """Read each six hours, from midnight to the midnight after next."""
    built = with_people(Plant(tmp_path))
    for kind, name, data in FILES:
        built.log_file(built.gw1, kind, name, data)
    whole = stream(LINE_1, 0, 9)
    period_ms = EACH_H * 3_600_000
    at_ms = progression([START_NS // 1_000_000 + poll * period_ms for poll in range(9)])
    head = replace(whole.head, period_ms=period_ms)
    built.take(built.gw1, batch(built.gw1, [replace(whole, head=head, at_ms=at_ms)]))
    built.judging.catch_up()
    parts = built.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    browser.sign_in("auditor")
    yield browser
    parts.sources.close()
    built.close()


@pytest.mark.parametrize(
    ("period", "ratio"),
    [("start=2026-03-30&end=2026-04-01", 1.0), ("start=2026-03-30&end=2026-04-03", 0.5)],
)
def test_hours_that_its_readings_reach_are_there(seen: Browser, period: str, ratio: float) -> None:
    (datum,) = seen.get(f"/api/v1/activity-data?channel={LINE_1}&{period}").json()
    counts = datum["completeness"]
    assert (counts["expected"], counts["ratio"]) == (0, ratio)
    assert counts["full_hours"] == 48
    record = seen.get(f"/api/v1/activity-data/{datum['digest']}/record").json()
    rate = record["completeness"]["capture_rate_definition"]
    assert rate == "carbonmeter/hours-covered-over-hours/1"
    notes = {each["code"]: each["words"]["en"] for each in record["limitations"]["notes"]}
    assert notes.get("incomplete") == (None if ratio == 1.0 else "50 % of the hours lack readings")
    page = seen.get(f"/activity?channels={LINE_1}&{period}&lang=en").text
    assert f'<p class="value">{"100" if ratio == 1.0 else "50.0"}\u202f%</p>' in page
