"""Where the rules give no hour a value, pages show a dash, and never 0."""

import re
from typing import Final

from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_monitored import GAS, with_checks
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.web.conftest import Browser

DAY: Final = "start=2026-04-03&end=2026-04-04"
"""The rules give it no value; its best estimate is known."""
UNDER: Final = f"/api/v1/activity-data?channel={CO2}&under_plan=true"
WITHDRAWN: Final = """schema = 1
event = "certificate_withdrawn"
serial = "L2231"
certificate = "GBW-L2231"
at = 2026-04-06T08:00:00Z
recorded_at = 2026-04-06T09:00:00Z
recorded_by = "Q. Ma"
reason = "the gas was contaminated"
"""


def cells(page: str, label: str) -> list[str]:
    """What stands under a heading, row by row, without marks."""
    found = re.findall(rf'data-label="{label}">(.*?)</td>', page)
    return [re.sub("<[^>]*>", "", each).strip() for each in found]


def stated(seen: Browser, query: str = DAY) -> str:
    (datum,) = seen.get(f"{UNDER}&{query}", accept="application/json").json()
    digest: str = datum["digest"]
    return digest


def test_amount_and_share_are_a_dash_beside_the_number_of_hours(
    people: Plant, browser: Browser
) -> None:
    with_checks(people)
    browser.sign_in("analyst")
    for path in (f"/activity/{stated(browser)}", f"/activity?channels={CO2}&{DAY}"):
        page = browser.get(path).text.partition('id="plan')[2]
        assert cells(page, "Compliance value") == ["–"]
        assert cells(page, "Substituted, of the amount") == ["–"]
        assert cells(page, "Hours without a value") == ["24"]
        (best,) = cells(page, "Best estimate ± U")
        assert " ± " in best
    means = browser.get(f"/activity?channels={GAS}&{DAY}").text.partition('id="plans"')[2]
    assert "0\u202fm" not in means


def test_what_a_certificate_touched_shows_from_what_to_the_unknown(
    people: Plant, browser: Browser
) -> None:
    with_checks(people)
    browser.sign_in("auditor")
    stated(browser, "start=2026-04-01&end=2026-04-02")
    people.bench.clock.set_to(people.bench.clock.now_ns() + 86_400 * 10**9)
    people.log_file(people.gw1, "event", "withdrawn.toml", WITHDRAWN.encode())
    people.judging.catch_up()
    page = browser.get("/audit/effects/touched?certificate=GBW-L2231").text
    (moved,) = cells(page, "Difference")
    assert re.search(r"Compliance value: [\d\u202f.]+ t → –$", moved)
