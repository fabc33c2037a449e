"""A rate that is read once an hour: its u does not know what was in between, and that is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.api.app import create_app
from collector.web.pages import add_pages
from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.unit.collector.api.plant import (
    FILES,
    POWER,
    START_NS,
    Asked,
    Plant,
    batch,
    stream,
)
from tests.unit.collector.web.conftest import Browser, with_people

DAY = "start=2026-03-30&end=2026-03-31"
TOLD = "Read once an hour at most: jinan/line-1/power."


def read_each(minutes: int) -> Stream:
    """A day of polls of a power, so far apart."""
    polls, period_ms = range(24 * 60 // minutes), minutes * 60_000
    whole = stream(POWER, 0, len(polls))
    at_ms = progression([START_NS // 1_000_000 + poll * period_ms for poll in polls])
    return replace(whole, head=replace(whole.head, period_ms=period_ms), at_ms=at_ms)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    for kind, name, data in FILES:
        built.log_file(built.gw1, kind, name, data)
    yield with_people(built)
    built.close()


def browser_of(plant: Plant) -> Browser:
    parts = plant.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    browser.sign_in("analyst")
    return browser


@pytest.mark.parametrize(("minutes", "seldom"), [(60, True), (30, False), (15, False)])
def test_what_was_not_seen_between_two_readings_is_said(
    plant: Plant, minutes: int, *, seldom: bool
) -> None:
    plant.take(plant.gw1, batch(plant.gw1, [read_each(minutes)]))
    plant.judging.catch_up()
    seen = browser_of(plant)
    (datum,) = seen.get(f"/api/v1/activity-data?channel={POWER}&{DAY}").json()
    sampled = any(each["influence"].startswith("sampling:") for each in datum["components"])
    assert sampled == (not seldom)
    record = seen.get(f"/api/v1/activity-data/{datum['digest']}/record").json()
    codes = [each["code"] for each in record["limitations"]["notes"]]
    assert ("seldom_read" in codes) == seldom
    for page in (f"/activity?channels={POWER}&{DAY}", f"/activity/{datum['digest']}?"):
        assert (TOLD in seen.get(f"{page}&lang=en").text) == seldom
        assert ("至多每小时读取一次" in seen.get(f"{page}&lang=zh").text) == seldom
