"""The page of amounts where a serial number stands for two meters: no sum, and why not."""

import pytest

from collector.rights import Role
from tests.unit.collector.api.plant import LINE_1, MILL, Plant, energy_certificate
from tests.unit.collector.api.test_entries import APRIL
from tests.unit.collector.api.test_identity import BASE, certify, read, take
from tests.unit.collector.api.writing import person
from tests.unit.collector.web.conftest import Browser


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "no paper says that the one at jinan is the one at weifang"),
        ("zh", "没有文件说明厂区 jinan 的与厂区 weifang 的是同一个"),
    ],
)
def test_meters_of_two_sites_with_one_serial_have_no_sum(
    people: Plant, browser: Browser, language: str, words: str
) -> None:
    take(people, (people.gw1, read(LINE_1, "1001")), (people.gw2, read(MILL, "1001")))
    browser.sign_in("analyst")
    page = browser.get(
        f"/activity?channels={LINE_1},{MILL}&less={MILL}&{APRIL}", accept_language=language
    )
    assert page.status_code == 200
    assert words in page.text
    alone = browser.get(f"/activity?channels={LINE_1}&{APRIL}", accept_language=language)
    assert words not in alone.text


def test_a_locked_day_that_rests_on_other_papers_than_the_whole_is_looked_at_too(
    people: Plant, browser: Browser
) -> None:
    """A late certificate takes the class from the whole, and not from a day that was locked."""
    take(people, (people.gw1, read(LINE_1, "1001")), (people.gw2, read(MILL, "1001")))
    clerk = person(people, "wang", Role.ANALYST)
    (day,) = clerk.read(f"{BASE}?channel={LINE_1}&start=2026-03-30&end=2026-03-31")
    for act in ("release", "lock"):
        clerk.does(f"{BASE}/{day['digest']}/{act}", {"reason": "reported"})
    certify(people, people.gw1, energy_certificate("E-1", "1001"), "E-1", "1001")
    people.judging.catch_up()
    query = f"channels={LINE_1},{MILL}&less={MILL}&{APRIL}"
    browser.sign_in("analyst")
    words = "no paper says that the one at jinan is the one at weifang"
    assert words not in browser.get(f"/activity?{query}&by=total").text
    assert words in browser.get(f"/activity?{query}&by=day").text
