"""The page of effects tells the hours since a failed check too, and leads to what fills them."""

import re
from collections.abc import Iterator

import pytest

from collector.api.app import create_app
from collector.web.audit.effects import EffectLine
from collector.web.audit.since_failed import since_failed
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import LINE_1, Asked, Plant
from tests.unit.collector.api.test_monitored import GAS, OF_CO2
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.doubt.stacks import FAILED_NS, GOOD_NS, PASSED_NS, PERIOD, through_inputs
from tests.unit.collector.web.conftest import Browser, with_people

ADDRESS = "/audit/effects?channel=boiler&start=2026-03-30&end=2026-04-05"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    built = with_people(through_inputs(Plant(tmp_path_factory.mktemp("ended"))))
    yield built
    built.close()


def lines(plant: Plant, *channels: str, span: tuple[int, int] = PERIOD) -> list[EffectLine]:
    parts = plant.parts()
    with parts.sources.lease() as sources:
        seen = since_failed(sources, parts, channels, span)
    parts.sources.close()
    return list(seen.lines)


def test_the_hours_since_the_failure_have_a_line_with_what_the_plan_makes_of_them(
    ended: Plant,
) -> None:
    (line,) = lines(ended, LINE_1, GAS, CO2)  # means have no amount
    assert (line.channel, line.analyser, line.because) == (CO2, GAS, "out_of_control")
    assert (line.since, line.until_ns, line.checks_ns) == (FAILED_NS, PASSED_NS, [FAILED_NS])
    assert line.amount == pytest.approx(6160.9, abs=0.1)
    assert line.by_plan is not None
    assert (line.by_plan.kept, line.by_plan.filled) == (0, 47)
    assert line.is_ruled


def test_without_a_plan_of_its_own_the_hours_before_have_a_line_too(fresh: Plant) -> None:
    before, after = lines(through_inputs(fresh, OF_CO2), CO2)
    assert (before.because, before.since, before.analyser) == ("intermediate_check", GOOD_NS, GAS)
    assert before.amount == pytest.approx(3046.6, abs=0.1)
    assert (after.by_plan, after.is_ruled, before.is_ruled) == (None, False, False)


def test_a_time_without_a_full_hour_has_no_line(ended: Plant) -> None:
    assert lines(ended, CO2, span=(FAILED_NS, FAILED_NS + 1)) == []


@pytest.fixture
def seen(ended: Plant) -> Iterator[Browser]:
    parts = ended.parts()
    made = Browser(Asked(add_pages(create_app(parts), parts)))
    made.sign_in("auditor")
    yield made
    parts.sources.close()


def rows(page: str) -> list[str]:
    return [each for each in page.split("<tr")[1:] if CO2 in each]


def test_both_rows_lead_to_the_check_the_analyser_and_the_best_estimate(seen: Browser) -> None:
    page = seen.get(f"{ADDRESS}&lang=en").text
    before, after = rows(page)
    for row in (before, after):
        assert f'<a class="soft" href="/instruments/{GAS}#checks-1">{GAS}</a>' in row
        assert f'<a href="/instruments/{GAS}#checks-1"><time>2026-04-02 03:15:00</time></a>' in row
        assert re.search(
            r'href="/activity\?channels=jinan%2Fboiler%2Fco2&amp;start=[^"]*#plans"', row
        )
    assert "it failed a check" in before
    assert "from 2026-04-02 03:15 until it passed, 2026-04-04 03:15" in after
    likely = r"most likely 6\s364 t<br>.*in the 47 h that the plan fills, of \d+ h<"
    assert re.search(likely, after), after
    chinese = seen.get(f"{ADDRESS}&lang=zh").text
    assert "计划填补的 47 小时" in rows(chinese)[1]


def test_the_note_does_not_deny_what_a_row_tells(seen: Browser) -> None:
    """A check with gas says by itself how far the analyser was off; no certificate followed."""
    page = seen.get(f"{ADDRESS}&lang=en").text
    assert "cannot be told</span>" not in rows(page)[0]
    assert "no certificate followed" not in page
