"""Zero and span checks of an analyser on its page, each against its limits."""

import pytest

from collector.web.instrument.checks import Checked, checked
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_monitored import DAYS, GAS, SPAN, with_checks
from tests.unit.collector.web.conftest import Browser


@pytest.fixture
def stack(people: Plant) -> Plant:
    return with_checks(people)


def told(plant: Plant) -> Checked:
    parts = plant.parts()
    with parts.sources.lease() as sources:
        (found,) = checked(sources, parts.sites, GAS, parts.clock.now_ns())
    parts.sources.close()
    return found


def test_each_check_stands_with_its_verdict(stack: Plant) -> None:
    found = told(stack)
    assert len(found.checks) == 2 * DAYS
    spans = [each for each in reversed(found.checks) if each.point == "span"]
    outcomes = [each.outcome for each in spans]
    assert outcomes == ["out_of_control" if n in SPAN else "pass" for n in range(DAYS)]


def test_the_chart_has_what_the_limits_are_for_and_the_narrower_one_first(stack: Plant) -> None:
    zero, span = told(stack).charts
    assert (zero.point, span.point) == ("zero", "span")
    assert span.unit == "%"
    shown = [round(value, 3) for _, value in span.figures]
    assert max(shown) == pytest.approx(100 * (17.6 - 15.02) / 20.0)
    assert [each.outcome for each in span.limits] == ["pass", "adjust"]
    assert span.limits[0].at_most < span.limits[1].at_most


def test_the_page_draws_it_and_leads_to_the_readings_behind(stack: Plant, browser: Browser) -> None:
    del stack
    browser.sign_in("auditor")
    text = browser.get(f"/instruments/{GAS}").text
    assert "Drift of span" in text
    assert "out of control" in text
    assert "GBW-L2231" in text
    assert 'href="/instruments/jinan/cems/co2_dry?start=2026-0' in text


def test_an_instrument_that_no_plan_names_has_no_checks(stack: Plant, browser: Browser) -> None:
    del stack
    browser.sign_in("auditor")
    assert "Zero and span checks" not in browser.get("/instruments/jinan/cems/t_s").text


def test_what_is_computed_says_from_what(stack: Plant, browser: Browser) -> None:
    del stack
    browser.sign_in("auditor")
    text = browser.get("/instruments/jinan/boiler/co2").text
    assert "HJ75-CO2" in text
    assert 'href="/instruments/jinan/cems/co2_dry"' in text
