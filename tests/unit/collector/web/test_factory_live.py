"""An amount of an hour says in how many of its polls it was measured."""

from collections.abc import Sequence

from tests.unit.collector.api.plant import FILES, LINE_1, Plant, batch, stream
from tests.unit.collector.api.test_monitored import polled
from tests.unit.collector.api.test_stack import CO2, SHOWN
from tests.unit.collector.api.test_stack import FILES as STACK
from tests.unit.collector.web.conftest import Browser


def counting(plant: Plant, missed: Sequence[int]) -> None:
    """Two closed hours of a counter, four polls each."""
    for file in FILES:
        plant.log_file(plant.gw1, *file)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 13, missed)]))
    plant.judging.catch_up()


def computing(plant: Plant) -> None:
    """A stack's mass flow in five hours, of the last of which a poll is lacking."""
    for file in STACK:
        plant.log_file(plant.gw1, *file)
    for numbers in (range(18), range(19, 21)):
        plant.take(plant.gw1, batch(plant.gw1, [polled(name, numbers) for name in SHOWN]))
    plant.judging.catch_up()


def test_a_counter_that_was_not_read_all_through_says_so(people: Plant, browser: Browser) -> None:
    counting(people, (9, 10))
    browser.sign_in("auditor")
    for path in ("/?live=off", f"/instruments/{LINE_1}"):
        page = browser.get(path).text
        assert "counted in the hour to 2026-03-30 03:00" in page
        assert "measured in 2 of 4 polls" in page


def test_an_hour_that_is_whole_says_nothing_of_polls(people: Plant, browser: Browser) -> None:
    counting(people, ())
    browser.sign_in("auditor")
    page = browser.get("/?live=off").text
    assert "counted in the hour to 2026-03-30 03:00" in page
    assert "measured in" not in page


def test_what_is_computed_says_so_too(people: Plant, browser: Browser) -> None:
    computing(people)
    browser.sign_in("auditor")
    for path in ("/?live=off", f"/instruments/{CO2}"):
        assert "in the hour to 2026-03-30 05:00" in browser.get(path).text
        assert "measured in 3 of 4 polls" in browser.get(path).text


def test_an_hour_that_is_computed_leads_to_the_same_hour_of_its_inputs(
    people: Plant, browser: Browser
) -> None:
    computing(people)
    browser.sign_in("analyst")
    hour = "start=2026-03-29T17%3A00%3A00Z&end=2026-03-29T18%3A00%3A00Z"
    page = browser.get(f"/activity?channels={CO2}&{hour}").text
    assert "computed from the same hour of its inputs" in page
    assert "No poll of this hour was received" not in page
    own = browser.get(f"/instruments/{CO2}").text
    assert "has no certificate of its own" in own
    assert "Put it into the agent" not in own
    for name in SHOWN:
        path = f"/instruments/jinan/cems/{name}"
        address = f"{path}?{hour}".replace("&", "&amp;")
        assert f'href="{address}#readings-title"' in page
        assert f'href="{path}#certificates"' in own
        assert browser.get(f"{path}?{hour}").status_code == 200
