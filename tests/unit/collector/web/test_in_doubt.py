"""What a failed check put in doubt is told where figures are read."""

import re
from collections.abc import Iterator

import pytest

from collector.api.app import create_app
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.api.test_monitored import GAS
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.doubt.stacks import read_now, through_inputs
from tests.unit.collector.web.conftest import Browser, with_people

SPAN = "start=2026-03-30T00:00&end=2026-04-05T00:00"
CHART = f'href="/instruments/{GAS}#checks-1"'
SAID = "failed its daily check of 2026-04-02 03:15"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Six days, the last check passes; the mass is told by its inputs. Nobody writes into it."""
    built = with_people(through_inputs(Plant(tmp_path_factory.mktemp("ended"))))
    yield built
    built.close()


@pytest.fixture
def seen(ended: Plant) -> Iterator[Browser]:
    parts = ended.parts()
    made = Browser(Asked(add_pages(create_app(parts), parts)))
    made.sign_in("auditor")
    yield made
    parts.sources.close()


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    found = re.search(rf'<h\d id="{heading}".*?(?=<h[23])', page, re.DOTALL)
    assert found is not None, heading
    return found[0]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text)).strip()


@pytest.mark.parametrize("channel", [GAS, CO2])
def test_the_page_of_an_instrument_tells_it_after_the_repair_too(
    seen: Browser, channel: str
) -> None:
    page = seen.get(f"/instruments/{channel}?{SPAN}&lang=en").text
    told = section(page, "doubt")
    assert CHART in told
    said = plain(told)
    assert SAID in said
    assert "last good one: 2026-04-01 03:15; passed again: 2026-04-04 03:15." in said
    assert "Of this time the plan counts 22 h as measured and fills 48 h" in said
    assert f"/activity?channels={channel.replace('/', '%2F')}&amp;start=2026-03-31T19" in told
    assert "All values are good" not in page
    assert "每日校验不合格；上次合格：2026-04-01 03:15" in plain(
        section(seen.get(f"/instruments/{channel}?{SPAN}&lang=zh").text, "doubt")
    )


def test_amounts_are_told_in_tonnes_and_means_in_hours(seen: Browser) -> None:
    of_mass = plain(section(seen.get(f"/instruments/{CO2}?{SPAN}&lang=en").text, "doubt"))
    assert re.search(r"9 207\S* t in 70 hours rest on it: 3 047 t before", of_mass), of_mass
    assert re.search(r"t by the rules, 6 499 t most likely\.", of_mass), of_mass
    of_gas = plain(section(seen.get(f"/instruments/{GAS}?{SPAN}&lang=en").text, "doubt"))
    assert "70 hours rest on it: 23 before it failed and 47 since." in of_gas


def rows(page: str) -> dict[str, str]:
    """Rows of the table of values, by their time."""
    table = page[page.index('id="table"') :]
    found = (plain(each) for each in table.split("<tr")[1:])
    times = (re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d)(.*)", each) for each in found)
    return {each[1]: each[2] for each in times if each}


def test_each_hour_that_rests_on_it_is_marked_and_no_other_is(seen: Browser) -> None:
    def shown(start: str, end: str) -> dict[str, str]:
        return rows(seen.get(f"/instruments/{CO2}?start={start}&end={end}&lang=en").text)

    first = shown("2026-04-01T00:00", "2026-04-01T06:00")
    assert "in doubt" not in first["2026-04-01 01:00"]
    assert "in doubt" in first["2026-04-01 04:00"]
    assert "good" in first["2026-04-01 01:00"]
    assert "good" not in first["2026-04-01 04:00"]
    failed = shown("2026-04-02T00:00", "2026-04-02T06:00")
    assert "in doubt" in failed["2026-04-02 01:00"]
    assert "after a failed check" in failed["2026-04-02 04:00"]
    passed = shown("2026-04-04T00:00", "2026-04-04T06:00")
    assert "after a failed check" in passed["2026-04-04 01:00"]
    assert all(each not in passed["2026-04-04 04:00"] for each in ("doubt", "failed"))


def test_a_day_says_how_many_of_its_hours_rest_on_it(seen: Browser) -> None:
    address = f"/instruments/{CO2}?start=2026-03-10T00:00&end=2026-05-01T00:00&lang=en"
    shown = rows(seen.get(address).text)
    assert "good in doubt × 21 h" in shown["2026-04-01 00:00"]
    assert "good" not in shown["2026-04-03 00:00"]
    assert "after a failed check × 24 h" in shown["2026-04-03 00:00"]
    assert "doubt" not in shown["2026-03-31 00:00"]


def test_where_nothing_is_missing_not_all_is_called_good(seen: Browser) -> None:
    address = f"/instruments/{CO2}?start=2026-04-03T06:00&end=2026-04-03T12:00&lang=en"
    told = plain(section(seen.get(address).text, "spells"))
    assert "Nothing is missing, but not all of it is good: Resting on a failed check" in told


def test_what_rests_on_no_check_says_nothing_of_it(seen: Browser) -> None:
    for channel in ("jinan/cems/v_p",):
        page = seen.get(f"/instruments/{channel}?{SPAN}").text
        assert 'id="doubt"' not in page


def test_who_may_not_read_evidence_is_not_led_to_it(seen: Browser) -> None:
    address = f"/instruments/{CO2}?{SPAN}"
    assert "/audit/effects?" in section(seen.get(address).text, "doubt")
    seen.post("/sign-out", {"csrf": seen.word("/about")})
    seen.sign_in("analyst")
    assert "/audit/effects?" not in section(seen.get(address).text, "doubt")


@pytest.fixture
def failing(people: Plant) -> Iterator[Browser]:
    """The analyser stands with a failed check."""
    parts = read_now(through_inputs(people, days=5)).parts()
    made = Browser(Asked(add_pages(create_app(parts), parts)))
    made.sign_in("auditor")
    yield made
    parts.sources.close()


def test_what_is_computed_from_an_analyser_that_failed_says_of_which_and_since_when(
    failing: Browser,
) -> None:
    """The plan of the mass names no analyser: it is told by its inputs."""
    page = failing.get("/?live=off&lang=en").text
    (row,) = [each for each in page.split("<tr") if f'href="/instruments/{CO2}"' in each]
    assert '<span class="mark warn">check failed</span>' in row
    assert CHART in row
    assert f"of {GAS}, since 2026-04-02 03:15" in row
    (own,) = [each for each in page.split("<tr") if f'href="/instruments/{GAS}"' in each]
    assert CHART in own
    assert ">since 2026-04-02 03:15<" in own
    (other,) = [each for each in page.split("<tr") if 'href="/instruments/jinan/cems/v_p"' in each]
    assert CHART not in other
    shown = failing.get(f"/instruments/{CO2}?lang=zh").text
    assert '<span class="mark warn">核查不合格</span>' in shown
    assert f"{GAS}，自 2026-04-02 03:15 起" in shown
    assert "none passed since." in plain(
        section(failing.get(f"/instruments/{CO2}?lang=en").text, "doubt")
    )


def test_after_the_repair_the_factory_page_is_done_with_it(seen: Browser) -> None:
    assert CHART not in seen.get("/?live=off").text


DAYS = "start=2026-03-30&end=2026-04-05"


def test_the_page_of_amounts_says_how_much_rests_on_it_and_how_the_plan_fills_it(
    seen: Browser,
) -> None:
    page = seen.get(f"/activity?channels={CO2}&{DAYS}&lang=en").text
    told = section(page, "doubt-1")
    said = plain(told)
    assert SAID in said
    assert re.search(r"9 207\S* t in 70 hours rest on it", said), said
    assert "the plan counts 22 h as measured and fills 48 h: 6 49" in said
    assert CHART in told
    assert 'href="#plans"' in told
    assert "/audit/effects?channel=jinan%2Fboiler%2Fco2&amp;start=2026-03-31T19" in told
    marks = [row for row in page.split("<tr") if 'href="#doubt-1"' in row]
    days = [found[1] for each in marks[1:] if (found := re.search(r">(2026-\S+)</a>", each))]
    assert days == ["2026-04-01", "2026-04-02", "2026-04-03", "2026-04-04"]
    assert 'href="#doubt-1">Part of it' in page
    chinese = section(seen.get(f"/activity?channels={CO2}&{DAYS}&lang=zh").text, "doubt-1")
    assert "其中按计划 22 小时计为实测，48 小时由替代值填补：按规则为" in plain(chinese)


def test_a_mean_under_a_plan_says_it_where_the_plan_tells_it(seen: Browser) -> None:
    page = seen.get(f"/activity?channels={GAS}&{DAYS}&lang=en").text
    said = plain(page[page.index('id="plans"') :])
    assert "70 hours rest on it: 23 before it failed and 47 since." in said


def test_amounts_of_another_time_rest_on_no_check(seen: Browser) -> None:
    page = seen.get(f"/activity?channels={CO2}&start=2026-03-30&end=2026-04-01").text
    assert "doubt-1" not in page


def test_a_statement_says_beside_its_quality_that_part_of_it_rests_on_a_failed_check(
    seen: Browser,
) -> None:
    page = seen.get(f"/activity?channels={CO2}&{DAYS}&lang=en").text
    plans = page.index('id="plans"')
    digests = [re.search(r'"/activity/([0-9a-f]{64})', each) for each in (page, page[plans:])]
    for digest, plan in zip(digests, ("/activity?channels=", "#plan"), strict=True):
        assert digest is not None
        shown = seen.get(f"/activity/{digest[1]}?lang=en").text
        quality = shown[shown.index("<dt>Quality") :].partition("</dd>")[0]
        assert 'href="#doubt"' in quality
        told = section(shown, "doubt")
        assert SAID in plain(told)
        assert f'href="{plan}' in told
    calm = seen.get(f"/activity?channels={CO2}&start=2026-03-30&end=2026-04-01").text
    digest = re.search(r'"/activity/([0-9a-f]{64})', calm)
    assert digest is not None
    assert "#doubt" not in seen.get(f"/activity/{digest[1]}").text
