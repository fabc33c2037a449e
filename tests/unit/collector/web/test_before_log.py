"""Polls of the first hour, before the log began, are told apart from what nobody explains."""

from calibration.increment import NS_PER_HOUR
from collector.web.before_log import BEFORE_LOG, told_apart
from tests.unit.collector.api.plant import FILES, LINE_1, Plant, batch, stream
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


def _require_said(browser: Browser, channel: str) -> None:
    browser.sign_in("analyst")
    amounts = browser.get(f"/activity?channels={channel}&{RANGE}").text
    own = browser.get(f"/instruments/{channel}?start=2026-03-29T16:00:00Z&end=2026-05-01T16:00:00Z")
    assert amounts.count("before its log began × 2") == 3  # the channel, its hour, its gap
    assert "before its log began" in own.text
    for page in (amounts, own.text):
        assert "no record says why" not in page
