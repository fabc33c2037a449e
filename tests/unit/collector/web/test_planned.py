"""A monitoring plan, and boundaries, are reached from the factory page and from each instrument."""

import re
from collections.abc import Iterator

import pytest

from collector.api.app import create_app
from collector.web.pages import add_pages
from collector.web.planned import Plans
from evidence.clock import parse_utc
from tests.unit.collector.api.plant import LINE_1, Asked, Plant
from tests.unit.collector.api.test_monitored import GAS
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.doubt.stacks import through_inputs
from tests.unit.collector.web.conftest import Browser, with_people

VELOCITY, MOISTURE = "jinan/cems/v_p", "jinan/cems/x_sw"
TO_MASS = 'href="/activity?channels=jinan%2Fboiler%2Fco2#plans"'
TO_GAS = 'href="/activity?channels=jinan%2Fcems%2Fco2_dry#plans"'


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Nobody writes into it."""
    built = with_people(through_inputs(Plant(tmp_path_factory.mktemp("stack"))))
    yield built
    built.close()


@pytest.fixture
def seen(stack: Plant) -> Iterator[Browser]:
    parts = stack.parts()
    made = Browser(Asked(add_pages(create_app(parts), parts)))
    made.sign_in("auditor")
    yield made
    parts.sources.close()


def test_each_channel_has_the_plan_of_its_own_or_that_which_speaks_of_most(stack: Plant) -> None:
    parts = stack.parts()
    with parts.sources.lease() as sources:
        plans = Plans(sources, parts.sites, parts.clock.now_ns())
        found, of_gas = plans.by_channel(), plans.of(GAS)
        assert plans.of(LINE_1) == plans.of("elsewhere/boiler/co2") == []
        before = Plans(sources, parts.sites, 0)
        assert (before.by_channel(), before.of(GAS)) == ({}, [])
    parts.sources.close()
    named = {each: found[each] for each in (CO2, GAS, VELOCITY, MOISTURE)}
    assert named == {CO2: CO2, GAS: GAS, VELOCITY: CO2, MOISTURE: CO2}
    assert [(each.plan.plan, each.is_own) for each in of_gas] == [(GAS, True), (CO2, False)]


def test_the_factory_page_leads_from_each_channel_to_its_plan(seen: Browser) -> None:
    page = seen.get("/?live=off&lang=en").text
    ways = {CO2: TO_MASS, GAS: TO_GAS, VELOCITY: TO_MASS, MOISTURE: TO_MASS}
    for channel, way in ways.items():
        (shown,) = [each for each in page.split("<tr") if f'"/instruments/{channel}"' in each]
        assert way in shown
    assert 'id="plans"' in seen.get(f"/activity?channels={GAS}").text


def test_the_page_of_an_instrument_leads_to_plans_and_to_their_files(seen: Browser) -> None:
    own = seen.get(f"/instruments/{CO2}?lang=en").text
    assert "A monitoring plan is in force since 2026-03-01 08:00, by the rules mrr" in own
    assert TO_MASS in own
    assert TO_GAS not in own
    gas = seen.get(f"/instruments/{GAS}?lang=en").text
    assert TO_GAS in gas
    card = gas[gas.index('id="ruled"') :].partition("</section>")[0]
    assert f'of <a href="/instruments/{CO2}">{CO2}</a>' in card
    files = {each.partition('"')[0] for each in card.split('href="/api/v1/documents/')[1:]}
    assert len(files) == 2
    assert all("plan = " in seen.get(f"/api/v1/documents/{each}").text for each in files)
    seen.post("/sign-out", {"csrf": seen.word("/about")})
    seen.sign_in("analyst")
    shown = seen.get(f"/instruments/{GAS}").text.partition('id="ruled"')[2]
    assert "/api/v1/documents/" not in shown.partition("</section>")[0]


@pytest.mark.parametrize(("end", "count"), [("2026-04-04", None), ("2026-05-01", 25 * 24)])
def test_hours_to_come_are_told_apart_from_those_without_a_value(
    stack: Plant, seen: Browser, end: str, count: int | None
) -> None:
    stack.bench.clock.set_to(parse_utc("2026-04-05T16:00:00Z"))
    period = f"start=2026-03-31&end={end}"
    text = seen.get(f"/activity?channels={CO2}&{period}&lang=en").text
    (datum,) = seen.get(f"/api/v1/activity-data?channel={CO2}&{period}&under_plan=true").json()
    own = seen.get(f"/activity/{datum['digest']}?lang=en").text
    for page in (text, own):
        found = re.findall(r"(\d+) hours are still to come, and not counted here", page)
        assert found == ([] if count is None else [str(count)])
    if count is not None:
        without = datum["under_plan"]["compliance"]["hours_without"]
        assert without >= count
        for page in (text, own):
            (shown,) = re.findall(r'label="Hours without a value">(\d+)</td>', page)
            assert int(shown) == without - count
            assert "Not measured: 100" not in page
            states = datum["under_plan"]["hours"]["by_state"]
            missing = re.findall(r"missing: (\d+)</span>", page)
            assert missing == [str(states["missing"] - count)] * (states["missing"] > count)
