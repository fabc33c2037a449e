"""Zero and span checks of an analyser on its page, each against its limits."""

import math
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec
import pytest

from calibration.performance.criterion import Judged, Measure
from collector.web.instrument.checks import Checked, charts, checked, told_percent_to, told_to
from collector.web.instrument.drawn import drawn_checks
from collector.web.look import Look
from tests.unit.calibration.gas_check.test_span import CYLINDER, check
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_monitored import DAYS, GAS, SPAN, with_checks
from tests.unit.collector.web.conftest import Browser, with_people


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Nobody writes into it."""
    built = with_checks(with_people(Plant(tmp_path_factory.mktemp("checks"))))
    yield built
    built.close()


@pytest.fixture
def people(stack: Plant) -> Plant:
    return stack


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


def test_the_page_draws_it_and_leads_to_the_readings_behind(browser: Browser) -> None:
    browser.sign_in("auditor")
    text = browser.get(f"/instruments/{GAS}").text
    assert "Drift of span" in text
    assert "out of control" in text
    assert "GBW-L2231" in text
    assert 'href="/instruments/jinan/cems/co2_dry?start=2026-0' in text


def test_an_instrument_that_no_plan_names_has_no_checks(browser: Browser) -> None:
    browser.sign_in("auditor")
    assert "Zero and span checks" not in browser.get("/instruments/jinan/cems/t_s").text


def test_what_is_computed_says_from_what(browser: Browser) -> None:
    browser.sign_in("auditor")
    text = browser.get("/instruments/jinan/boiler/co2").text
    assert "HJ75-CO2" in text
    assert 'href="/instruments/jinan/cems/co2_dry"' in text


def judged(measure: Measure, at_most: float) -> Judged:
    return Judged(
        outcome="pass",
        measure=measure,
        value=1.628,
        at_most=at_most,
        met=False,
        clause="9.3",
        status="S",
    )


@pytest.mark.parametrize(
    ("measure", "figure", "unit"),
    [("deviation", -1.628, "% of content"), ("full_scale_deviation", -6.513, "% of full scale")],
)
def test_percent_of_a_gas_is_not_percent_of_full_scale(
    measure: Measure, figure: float, unit: str
) -> None:
    """Carbon dioxide is read in %, so the unit alone does not tell the two apart."""
    failed = check(CYLINDER, 18.372, 10**18, percent_of_span=-6.513, outcome="out_of_control")
    failed = msgspec.structs.replace(failed, criteria=(judged(measure, 0.5),))
    found = charts([failed])
    assert [round(value, 3) for _, value in found[0].figures] == [figure]
    look = Look(language="en", theme="auto", zone=ZoneInfo("UTC"))
    told = Checked(plan="p", scheme="s", limits="l", charts=found)
    (drawn,) = drawn_checks("works/co2", told, look)
    assert f">{unit}</text>" in drawn
    shown = {"% of content": "1.63", "% of full scale": "6.51"}[unit]
    assert f"\u2212{shown} {unit} ·" in drawn


def test_a_deviation_has_the_digits_that_gas_and_reading_allow() -> None:
    """u of the mean 0.01 and of the gas: no more digits than these know, however long the float."""
    one = check(CYLINDER, CYLINDER.value + 0.123456789, 10**18, percent_of_span=0.493827156)
    expanded = told_to(one)
    assert expanded is not None
    assert expanded == pytest.approx(2.0 * math.hypot(0.01, CYLINDER.standard_uncertainty))
    assert told_percent_to(one) == pytest.approx(expanded * 4.0)
    bare = msgspec.structs.replace(one, settled=None, reference_standard_uncertainty=None)
    assert (told_to(bare), told_percent_to(bare)) == (None, None)
    assert told_percent_to(msgspec.structs.replace(one, deviation=0.0)) is None


def test_the_table_says_of_what_its_percentages_are(browser: Browser) -> None:
    browser.sign_in("auditor")
    for language, content, note in (
        ("en", "Deviation (% of content)", "percentage points"),
        ("zh", "偏差（% 含量）", "百分点"),
    ):
        text = browser.get(f"/instruments/{GAS}?lang={language}").text
        assert text.count(content) > 1
        assert note in text


def test_the_line_of_limits_says_of_what_they_are(browser: Browser) -> None:
    browser.sign_in("auditor")
    text = browser.get(f"/instruments/{GAS}").text
    limits = [line for line in text.splitlines() if "±" in line and 'class="soft"' in line]
    assert limits
    assert all("% of full scale" in line for line in limits)


BEFORE = f"""schema = 1
test = "daily_check"
id = "CHECK-0"
channel = "{GAS}"
serial = "co2_dry"
at = 2026-03-29T10:00:00+08:00
outcome = "passed"
recorded_at = 2026-03-29T08:00:00Z
recorded_by = "Q. Ma"
document = "printed by the analyser"
"""


def test_a_recorded_test_of_the_charted_kind_is_found_on_the_page(fresh: Plant) -> None:
    """The last good check before anybody read the analyser; what is charted is not told twice."""
    fresh.log_file(fresh.gw1, "test", "check-0.toml", BEFORE.encode())
    found = told(with_checks(fresh))
    assert [(each.record, each.outcome) for each in found.tests] == [("CHECK-0", "passed")]
    assert len(found.checks) == 2 * DAYS
