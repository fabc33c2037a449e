"""Polls of the first hour, before the log began, are told apart from what nobody explains."""

import msgspec

from calibration.increment import NS_PER_HOUR
from collector.web.before_log import BEFORE_LOG, told_apart
from evidence.judging.stream import NS_PER_MS
from evidence.log.column import progression
from tests.unit.collector.api.plant import (
    FILES,
    LINE_1,
    PERIOD_MS,
    START_NS,
    Plant,
    batch,
    stream,
)
from tests.unit.collector.api.test_monitored import polled
from tests.unit.collector.api.test_stack import CO2, SHOWN
from tests.unit.collector.api.test_stack import FILES as STACK
from tests.unit.collector.web.conftest import Browser

HOUR = 500 * NS_PER_HOUR, 501 * NS_PER_HOUR
RANGE = "start=2026-03-30&end=2026-03-31"


def test_what_lies_before_the_log_is_no_more_than_was_due_before_it() -> None:
    began_ns = HOUR[0] + 35 * 60 * 10**9
    missing = {"timeout": 2, "unexplained": 38}
    found = told_apart(missing, HOUR, began_ns, 60_000)
    assert found == {"timeout": 2, "unexplained": 3, BEFORE_LOG: 35}
    assert told_apart({"unexplained": 5}, HOUR, began_ns, 60_000) == {BEFORE_LOG: 5}
    assert told_apart({"timeout": 2}, HOUR, began_ns, 60_000) == {"timeout": 2}


def test_whole_hours_before_the_log_are_not_said_to_be_lost_on_the_way() -> None:
    day = 480 * NS_PER_HOUR, 504 * NS_PER_HOUR
    began_ns = 490 * NS_PER_HOUR + 35 * 60 * 10**9
    missing = {"not_received": 11 * 60, "unexplained": 38, "timeout": 2}
    found = told_apart(missing, day, began_ns, 60_000)
    assert found == {
        "not_received": 60, "unexplained": 3, "timeout": 2, BEFORE_LOG: 10 * 60 + 35
    }  # fmt: skip
    assert told_apart({"not_received": 60}, HOUR, HOUR[1], 60_000) == {BEFORE_LOG: 60}
    assert told_apart({"not_received": 60}, HOUR, HOUR[0], 60_000) == {"not_received": 60}


def test_other_hours_and_channels_without_readings_keep_their_reasons() -> None:
    missing = {"unexplained": 38}
    for began_ns in (None, HOUR[0] - 1, HOUR[1]):
        assert told_apart(missing, HOUR, began_ns, 60_000) == missing
    assert told_apart(missing, HOUR, HOUR[0] + 1, 0) == missing


def test_the_pages_say_so_of_what_is_read(people: Plant, browser: Browser) -> None:
    for file in FILES:
        people.log_file(people.gw1, *file)
    people.take(people.gw1, batch(people.gw1, [stream(LINE_1, 2, 15)]))
    people.judging.catch_up()
    _require_said(browser, LINE_1)


def test_the_pages_say_so_of_what_is_computed(people: Plant, browser: Browser) -> None:
    for file in STACK:
        people.log_file(people.gw1, *file)
    people.take(people.gw1, batch(people.gw1, [polled(name, range(2, 17)) for name in SHOWN]))
    people.judging.catch_up()
    _require_said(browser, CO2)


def test_the_reading_that_opens_a_register_tells_of_nothing_before_it(
    people: Plant, browser: Browser
) -> None:
    """Polls a minute behind the hour: three lie in it until the first, which is one of them."""
    for file in FILES:
        people.log_file(people.gw1, *file)
    late = stream(LINE_1, 2, 15)
    at_ms = [START_NS // NS_PER_MS + poll * PERIOD_MS + 60_000 for poll in range(2, 17)]
    late = msgspec.structs.replace(late, at_ms=progression(at_ms))
    people.take(people.gw1, batch(people.gw1, [late]))
    people.judging.catch_up()
    browser.sign_in("analyst")
    amounts = browser.get(f"/activity?channels={LINE_1}&{RANGE}").text
    assert "before its log began × 3" in amounts
    assert '<td class="hour before"' not in amounts
    assert "no record says why" not in amounts


def _require_said(browser: Browser, channel: str) -> None:
    browser.sign_in("analyst")
    amounts = browser.get(f"/activity?channels={channel}&{RANGE}").text
    earlier = browser.get(f"/activity?channels={channel}&start=2026-03-29&end=2026-03-31").text
    assert earlier.count('<td class="hour before"') == 24
    own = browser.get(f"/instruments/{channel}?start=2026-03-29T16:00:00Z&end=2026-05-01T16:00:00Z")
    assert amounts.count("before its log began × 2") == 3  # the channel, its hour, its gap
    assert "before its log began" in own.text
    for page in (amounts, own.text):
        assert "no record says why" not in page
