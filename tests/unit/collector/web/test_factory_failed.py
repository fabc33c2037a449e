"""Failed checks and certificates on the factory page: told, dated, led on from, and ended."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.api.app import create_app
from collector.tested import FailedTest, FailedTests
from collector.web.factory.failed import failed_in
from collector.web.pages import add_pages
from evidence.audit.stood import instant_of
from evidence.clock import parse_utc
from evidence.statement.standing.retro import SuspectSpan
from tests.unit.collector.alarms.failed_plant import begun, log_failed, log_passed, read_on
from tests.unit.collector.api.plant import LINE_2, Asked, Plant, batch, stream
from tests.unit.collector.api.test_monitored import GAS, POLLS, polled
from tests.unit.collector.api.test_stack import CO2, SHOWN
from tests.unit.collector.web.conftest import Browser
from tests.unit.evidence.statement.standing.history import made

REMOVED = b"""schema = 1
event = "removal"
at = 2026-04-01T00:00:00Z
recorded_at = 2026-04-01T00:00:00Z
recorded_by = "Q. Wang"
serial = "S-2"
"""


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A stack whose last two checks failed, on the fourth and fifth day, and a meter.

    Both are read a moment ago, at the end of the seventh day.
    """
    made = begun(Plant(tmp_path_factory.mktemp("failed")))
    made.log_profile()
    read_on(made, range(5))
    last = range(7 * POLLS - 4, 7 * POLLS)
    shown = [polled(name, last) for name in SHOWN]
    made.take(made.gw1, batch(made.gw1, [*shown, stream(LINE_2, last.start, len(last))]))
    made.judging.catch_up()
    yield made
    made.close()


@pytest.fixture
def fresh(failed: Plant, tmp_path: Path) -> Iterator[Plant]:
    made = failed.again(tmp_path / "again")
    yield made
    made.close()


@pytest.fixture
def browser(people: Plant) -> Iterator[Browser]:
    parts = people.parts()
    made = Browser(Asked(add_pages(create_app(parts), parts)))
    made.sign_in("auditor")
    yield made
    parts.sources.close()


def rows(browser: Browser, words: str, language: str = "en") -> list[str]:
    """The rows of the page that say something."""
    page = browser.get(f"/?live=off&lang={language}").text
    return [each for each in page.split("<tr")[1:] if words in each]


def test_a_failed_check_is_a_repair_with_its_chart_and_its_effects(browser: Browser) -> None:
    (row,) = rows(browser, "its daily check of")
    assert ">in doubt</span>" in row
    assert GAS in row
    assert "is out of control until one passes" in row
    assert f'href="/instruments/{GAS}#checks-1"' in row
    assert 'href="/audit/effects?channel=jinan%2F"' in row
    assert re.search(r"<time>2026-04-02 03:\d\d</time>", row)  # of the first one that failed
    assert "控制图" in rows(browser, "每日校验不合格", "zh")[0]


def test_the_channel_stands_as_one_that_failed_here_and_on_its_own_page(browser: Browser) -> None:
    (row,) = rows(browser, f'href="/instruments/{GAS}"')
    assert '<span class="mark warn">check failed</span>' in row
    assert '<span class="mark warn">check failed</span>' in browser.get(f"/instruments/{GAS}").text
    found = browser.get(f"/?live=off&q={GAS}&state=check_failed").text
    assert "1 channel<" in found


def test_what_is_computed_from_an_analyser_that_failed_stands_like_it(people: Plant) -> None:
    parts = people.parts()
    with parts.sources.lease() as sources:
        tests = FailedTests().now(sources, parts.sites, parts.clock.now_ns())
    parts.sources.close()
    assert [(each.channel, each.touched) for each in tests] == [(GAS, (CO2,))]
    found = failed_in(tests, {}, (), instant_of(parts.clock.now_ns()))
    assert set(found.tests) == {GAS, CO2}


def test_a_check_that_passes_ends_it(browser: Browser, people: Plant) -> None:
    read_on(people, range(5, 6))
    assert rows(browser, "its daily check of") == []
    assert "check failed</span>" not in browser.get("/?live=off").text


def test_a_certificate_that_was_not_passed_is_a_repair_until_one_is(
    browser: Browser, people: Plant
) -> None:
    assert rows(browser, "it did not pass") == []
    log_failed(people)
    (row,) = rows(browser, "it did not pass")
    assert "<time>2026-01-05</time>" in row
    assert 'href="/certificates/E-2F"' in row
    assert 'href="/audit/effects/touched?certificate=E-2F"' in row
    (meter,) = rows(browser, f'href="/instruments/{LINE_2}"')
    assert '<span class="mark warn">did not pass</span>' in meter
    log_passed(people)
    assert rows(browser, "it did not pass") == []


def test_who_may_not_read_evidence_is_led_to_no_page_that_refuses(browser: Browser) -> None:
    browser.post("/sign-out", {"csrf": browser.word("/about")})
    browser.sign_in("analyst")
    (row,) = rows(browser, "its daily check of")
    for address in re.findall(r'href="(/[^"?#]+)', row):
        assert browser.get(address).status_code == 200, address


def test_who_sees_another_site_alone_is_told_nothing_of_it(people: Plant) -> None:
    parts = people.parts()
    elsewhere = Browser(Asked(add_pages(create_app(parts), parts)))
    elsewhere.sign_in("engineer")
    assert rows(elsewhere, "its daily check of")
    parts.sources.close()


def test_a_meter_that_was_taken_out_is_not_overdue_anywhere(
    browser: Browser, people: Plant
) -> None:
    """Its confirmation ended a year ago, and nothing was read of it since."""
    log_failed(people)
    log_passed(people)
    people.bench.clock.advance(parse_utc("2028-04-05T00:00:00Z") - people.bench.clock.now_ns())
    browser.sign_in("auditor")
    assert rows(browser, "Its confirmation is overdue")
    assert "overdue</span>" in browser.get("/certificates?q=S-2").text
    people.log_file(people.gw1, "event", "removal.toml", REMOVED)
    people.judging.catch_up()
    assert [each for each in rows(browser, "Its confirmation is overdue") if "S-2" in each] == []
    register = browser.get("/certificates?q=S-2").text
    assert "taken out</span>" in register
    assert "taken out on 2026-04-01" in register
    assert "overdue</span>" not in register
    assert "No instrument is like that." in browser.get("/certificates?q=S-2&state=attention").text
    assert 'instrument="S-2"' not in browser.get("/metrics").text


def test_a_meter_that_did_not_pass_and_was_taken_out_is_not_due(
    browser: Browser, people: Plant
) -> None:
    log_failed(people)
    shown = browser.get("/certificates?q=S-2").text, browser.get("/certificates/E-2F").text
    assert all("did not pass</span>" in each for each in shown)
    assert [re.findall(r"in \d+ days", each) for each in shown] == [[], []]
    assert "2027-01-06" not in browser.get(f"/instruments/{LINE_2}").text
    people.log_file(people.gw1, "event", "removal.toml", REMOVED)
    people.judging.catch_up()
    for address in ("/certificates?q=S-2&lang=", "/certificates/E-2F?lang="):
        assert "taken out on 2026-04-01" in browser.get(f"{address}en").text
        assert "2026-04-01 已拆除" in browser.get(f"{address}zh").text


def test_of_several_tests_the_first_one_is_told_and_a_channel_s_own_before_these() -> None:
    def failed(channel: str, at_ns: int, *touched: str) -> FailedTest:
        test = replace(made("2026-03-01T08:00", "failed"), at_ns=at_ns)
        span = SuspectSpan(good=None, failed=test)
        return FailedTest(channel=channel, serial="", span=span, touched=touched)

    late, first = failed("a", 3, "m", "b"), failed("b", 2, "m")
    found = failed_in([first, late], {}, (), instant_of(9)).tests
    assert found == {"a": late, "b": first, "m": first}
    own = failed("m", 5)
    assert failed_in([first, own], {}, (), instant_of(9)).tests["m"] is own
