"""The page of a statement says how much of what it states rests on a failed check, and no more."""

import re
from collections.abc import Iterator

import pytest

from collector.api.app import create_app
from collector.web.pages import add_pages
from evidence.clock import parse_utc
from tests.unit.collector.alarms.failed_plant import read_on
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.api.test_stack import CO2, LATE_KV
from tests.unit.collector.doubt.stacks import through_inputs
from tests.unit.collector.web.conftest import Browser, with_people
from tests.unit.collector.web.test_in_doubt import plain, section

NOW, LATER = (parse_utc(f"2026-04-0{day}T16:05:00Z") for day in (5, 6))


@pytest.fixture
def half(fresh: Plant) -> Plant:
    return with_people(through_inputs(fresh, days=5))


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    built = Plant(tmp_path_factory.mktemp("half"))
    yield built
    built.close()


@pytest.fixture
def seen(half: Plant) -> Iterator[Browser]:
    parts = half.parts()
    yield Browser(Asked(add_pages(create_app(parts), parts)))
    parts.sources.close()


def stated(seen: Browser, end: str) -> tuple[str, float]:
    period = f"start=2026-03-30&end={end}"
    (datum,) = seen.get(f"/api/v1/activity-data?channel={CO2}&{period}").json()
    return datum["digest"], datum["value"]


def resting(seen: Browser, digest: str, language: str = "en") -> str:
    return plain(section(seen.get(f"/activity/{digest}?lang={language}").text, "doubt"))


def hours_in(said: str) -> tuple[float, int]:
    """How much rests on the check, and in how many hours."""
    found = re.search(r"([\d\s]+) t in (\d+) hours rest on it", said)
    assert found is not None, said
    return float("".join(found[1].split())), int(found[2])


def test_what_came_after_it_was_stated_is_not_said_to_rest_in_it(
    half: Plant, seen: Browser
) -> None:
    """The check failed, none passed; then the period goes on for three hours until one does."""
    half.bench.clock.set_to(NOW)
    seen.sign_in("auditor")
    digest, value = stated(seen, "2026-04-08")
    before = resting(seen, digest)
    half.bench.clock.set_to(LATER)
    read_on(half, range(7, 8))
    seen.sign_in("auditor")
    told = resting(seen, digest)
    assert hours_in(told) == hours_in(before)
    assert hours_in(told)[0] < value
    assert "Of the hours that it contains, until 2026-04-03 23:00; what came since" in told
    assert "仅限陈述所含的小时" in resting(seen, digest, "zh")
    newer, _ = stated(seen, "2026-04-08")
    assert hours_in(resting(seen, newer))[1] > hours_in(told)[1]


def test_hours_that_came_late_are_not_said_to_be_in_it_either(half: Plant, seen: Browser) -> None:
    half.bench.clock.set_to(NOW)
    seen.sign_in("auditor")
    digest, _ = stated(seen, "2026-04-05")
    before = resting(seen, digest)
    assert "contains" not in before
    read_on(half, range(5, 6))
    told = resting(seen, digest)
    assert hours_in(told) == hours_in(before)
    assert "Of the hours that it contains, until 2026-04-03 23:00" in told


def test_a_version_that_was_only_looked_at_farther_is_told_in_words(
    half: Plant, seen: Browser
) -> None:
    """The quarter runs on: the rules look at more of it, and fill the hours as before."""
    half.bench.clock.set_to(NOW)
    seen.sign_in("auditor")
    asked = f"/api/v1/activity-data?channel={CO2}&start=2026-04-02&end=2026-04-03&under_plan=true"
    (datum,) = seen.get(asked).json()
    versions = f"/activity/{datum['digest']}?lang="
    assert "No value changed" not in seen.get(f"{versions}en").text
    half.bench.clock.set_to(LATER)
    seen.sign_in("auditor")
    told = section(f"{seen.get(f'{versions}en').text}<h2>", "versions")
    assert "The same values would be stated now" in seen.get(f"{versions}en").text
    assert "No value changed, only what was looked at" in seen.get(f"{versions}en").text
    assert "Difference:" not in told
    assert "数值均未变化" in seen.get(f"{versions}zh").text


def test_a_statement_whose_hours_came_to_another_value_says_so(half: Plant, seen: Browser) -> None:
    """A later version of the area of the duct has effect from before the period on."""
    half.bench.clock.set_to(NOW)
    seen.sign_in("auditor")
    digest, _ = stated(seen, "2026-04-05")
    assert "have changed since" not in resting(seen, digest)
    half.log_file(half.gw1, "setting", "kv-2.toml", LATE_KV)
    half.judging.catch_up()
    assert "Its hours have changed since it was stated" in resting(seen, digest)
    assert "陈述之后小时数据有变" in resting(seen, digest, "zh")
    versions = seen.get(f"/activity/{digest}?lang=en").text.partition('id="versions"')[2]
    assert "Something else would be stated now than in the newest version" in versions
    assert "Difference:" in versions
    assert "Uncorrected value" not in versions  # it is computed: the page says there is none
