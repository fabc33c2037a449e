"""How far a bundle of the page reaches: by itself it proves all that the statement says."""

import io
from collections.abc import Iterator

import pytest

from collector.api.app import create_app
from collector.people.users import User
from collector.rights import Role
from collector.web.audit import bundle_depth
from collector.web.pages import add_pages
from evidence.bundle.outcome import Check, Result
from evidence.bundle.verify import verify
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.api.test_monitored import with_checks
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.web.conftest import Browser, kept

UNDER = "start=2026-03-31&end=2026-04-02&under_plan=true"
BARE = "start=2026-03-31&end=2026-04-02"
WITH, WITHOUT = 'value="true" checked', 'value="false" checked'


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Six days of a stack under a plan, in the middle of a quarter, and an auditor."""
    plant = with_checks(Plant(tmp_path_factory.mktemp("depth")))
    who = User(name="auditor", role=Role.AUDITOR, password=kept(Role.AUDITOR), created_ns=0)
    plant.parts().users.add(who)
    yield plant
    plant.close()


@pytest.fixture
def browser(stack: Plant) -> Iterator[Browser]:
    parts = stack.parts()
    found = Browser(Asked(add_pages(create_app(parts), parts)))
    found.sign_in("auditor")
    yield found
    parts.sources.close()


def address(browser: Browser, query: str = UNDER) -> str:
    """Of the evidence of a statement."""
    (datum,) = browser.get(f"/api/v1/activity-data?channel={CO2}&{query}").json()
    return f"/audit/bundles/{datum['digest']}"


def result(data: bytes) -> Result:
    """What becomes of check 28 where nothing fails."""
    outcomes = verify(io.BytesIO(data)).outcomes
    assert Result.FAILED not in {each.result for each in outcomes}
    return outcomes[Check.UNDER_PLAN - 1].result


def test_who_presses_the_button_gets_what_proves_all(browser: Browser) -> None:
    at = address(browser)
    page = browser.get(at).text
    assert WITH in page
    assert WITHOUT not in page
    assert f"{at}/bundle.zip?history=true" in page
    assert result(browser.get(f"{at}/bundle.zip").content) is Result.OK
    assert result(browser.get(f"{at}/bundle.zip?history=true").content) is Result.OK


def test_the_period_alone_is_a_choice_and_says_what_it_costs(browser: Browser) -> None:
    at = address(browser)
    page = browser.get(f"{at}?history=false").text
    assert WITHOUT in page
    assert f"{at}/bundle.zip?history=false" in page
    assert f"{at}/checks?history=false" in page
    less = browser.get(f"{at}/bundle.zip?history=false").content
    more = browser.get(f"{at}/bundle.zip").content
    assert len(less) < len(more)
    assert result(less) is Result.NOT_CHECKED
    checks = browser.get(f"{at}/checks?history=false").text
    assert "44 of 48 hours follow" in checks
    assert f'action="{at}/checks?history=false"' in checks
    assert (
        "44 of 48 hours follow"
        in browser.fill_in(f"{at}/checks?history=false", {"policy": "schema = 1\n"}).text
    )


@pytest.mark.parametrize(
    ("language", "words"), [("en", "can be computed again too"), ("zh", "替代小时也可复算")]
)
def test_the_choice_is_put_in_words(browser: Browser, language: str, words: str) -> None:
    assert words in browser.get(f"{address(browser)}?lang={language}").text


def test_where_there_is_nothing_outside_the_period_there_is_no_choice(browser: Browser) -> None:
    page = browser.get(address(browser, BARE)).text
    assert 'name="history"' not in page
    assert "history=" not in page


def test_where_the_history_is_too_long_the_period_is_taken_and_the_command_named(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = address(browser)
    monkeypatch.setattr(
        bundle_depth, "MOST_LEAVES", 25
    )  # more than the period rests on, less than all
    page = browser.get(at).text
    assert WITHOUT in page
    assert "--history OUT.zip" in page
    assert result(browser.get(f"{at}/bundle.zip").content) is Result.NOT_CHECKED
    assert browser.get(f"{at}/bundle.zip?history=true").status_code == 422


def test_what_neither_fits_nor_is_asked_for_under_a_plan_is_refused_as_before(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_depth, "MOST_LEAVES", 1)
    assert browser.get(f"{address(browser)}/bundle.zip").status_code == 422
