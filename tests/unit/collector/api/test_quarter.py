"""A quarter's capture rate counts all of the quarter, whichever part of it is asked for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from carbonmeter.client import Client
from collector.api import exports, portions
from collector.rights import Role
from evidence.clock import parse_utc, utc_text
from tests.unit.carbonmeter.client.conftest import serving
from tests.unit.collector.api.plant import Asked, Plant, served
from tests.unit.collector.api.test_monitored import BASE, GAS, OF_MASS, PLAN, WHOLE, told
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.api.test_under_plan import DATA, UNDER, WHY, log, one
from tests.unit.collector.api.writing import person

OVER = "2026-06-30T16:00:00Z"
TWO_DAYS = "start=2026-04-01&end=2026-04-03"
CLEAN = "start=2026-03-30T20:00:00Z&end=2026-03-31T18:00:00Z"
"""Between the checks of two days, which pass: every hour is measured."""
DOUBTED = "start=2026-03-31T20:00:00Z&end=2026-04-01T18:00:00Z"
"""A day later: where it ends begins a check that fails."""


@pytest.fixture
def plant(monitored: Plant) -> Plant:
    return monitored


@pytest.fixture
def asked(plant: Plant) -> Iterator[Asked]:
    parts = plant.parts()
    yield served(parts)
    parts.sources.close()


def rows(asked: Asked, query: str) -> list[dict[str, Any]]:
    return [each["under_plan"] for each in told(asked.get(f"{UNDER}&{query}"))]


def require_same_sums(asked: Asked) -> None:
    (whole,), days = rows(asked, WHOLE), rows(asked, f"{WHOLE}&by=day")
    assert whole["hours"]["substituted_hours"] > 0
    for name in ("compliance", "best_estimate"):
        found = sum(each[name]["value"] or 0.0 for each in days)  # null: its hours are counted
        assert whole[name]["value"] == pytest.approx(found, rel=1e-12)
        assert whole[name]["hours_without"] == sum(each[name]["hours_without"] for each in days)
    methods = {name for each in days for name in each["hours"]["by_method"]}
    assert whole["hours"]["by_method"] == {
        name: sum(each["hours"]["by_method"].get(name, 0) for each in days) for name in methods
    }


@pytest.mark.parametrize("at", ["2026-04-06T16:00:00Z", OVER])
def test_days_add_up_to_their_period_while_the_quarter_runs_and_behind_it(
    plant: Plant, asked: Asked, at: str
) -> None:
    plant.bench.clock.set_to(parse_utc(at))
    require_same_sums(asked)


def test_days_of_a_mass_that_is_told_by_its_inputs_add_up(plant: Plant, asked: Asked) -> None:
    """The concentration by the quarter's rate, which no scheme does: it is the path that counts."""
    log(plant, "plan", "of-co2.toml", PLAN.replace(f'plan = "{CO2}"', f'plan = "{GAS}"'))
    log(plant, "plan", "of-mass.toml", OF_MASS)
    require_same_sums(asked)
    (found,) = rows(asked, TWO_DAYS)
    assert "of_inputs" in found["hours"]["by_method"]
    assert found["provisional"] is True
    assert found["parts"][0]["told"]["looks_ahead_to"] == utc_text(plant.bench.clock.now_ns())


def test_a_substitute_is_provisional_until_its_quarter_is_over(plant: Plant, asked: Asked) -> None:
    (early,) = rows(asked, "start=2026-03-30&end=2026-04-01")
    assert (early["provisional"], "looks_ahead_to" in early["parts"][0]["told"]) == (False, False)
    (running,) = rows(asked, TWO_DAYS)
    assert running["provisional"] is True
    now = utc_text(plant.bench.clock.now_ns())
    assert running["parts"][0]["told"]["looks_ahead_to"] == now == "2026-04-05T16:00:00Z"
    plant.bench.clock.set_to(parse_utc(OVER))
    (final,) = rows(asked, TWO_DAYS)
    assert final["provisional"] is False
    assert final["parts"][0]["told"]["looks_ahead_to"] == OVER


def test_where_nothing_is_substituted_nothing_behind_the_period_is_looked_at(
    plant: Plant, asked: Asked
) -> None:
    """So such a statement stays as it is when more hours come."""
    before = one(asked, CLEAN)
    (part,) = before["under_plan"]["parts"]
    assert before["under_plan"]["hours"]["substituted_hours"] == 0
    assert (part["told"]["provisional"], "looks_ahead_to" in part["told"]) == (False, False)
    plant.bench.clock.set_to(parse_utc(OVER))
    assert one(asked, CLEAN) == before


def test_a_check_that_fails_where_a_period_ends_puts_it_in_doubt(asked: Asked) -> None:
    """Else its hours would be in doubt in no statement: the next one has others."""
    datum = one(asked, DOUBTED)
    (part,) = datum["under_plan"]["parts"]
    assert part["told"]["looks_ahead_to"] == "2026-04-01T21:00:00Z"
    (period,) = told(asked.get(f"{BASE}&{DOUBTED}"))
    (doubt,) = period["doubts"]
    assert (doubt["start"], doubt["end"]) == ("2026-03-31T20:00:00Z", "2026-04-01T18:00:00Z")


def test_as_of_an_instant_the_quarter_reaches_as_far_as_it_did(plant: Plant, asked: Asked) -> None:
    then = utc_text(plant.bench.clock.now_ns())
    before = one(asked, TWO_DAYS)
    plant.bench.clock.set_to(parse_utc(OVER))
    after = one(asked, TWO_DAYS)
    assert after["digest"] != before["digest"]
    assert one(asked, TWO_DAYS, as_of=then)["digest"] == before["digest"]
    assert one(asked, TWO_DAYS, as_of=OVER)["digest"] == after["digest"]


def test_a_locked_one_of_a_running_quarter_is_made_again_as_it_was(plant: Plant) -> None:
    who = person(plant, "wang", Role.ANALYST)
    (datum,) = who.read(f"{UNDER}&{TWO_DAYS}")
    for what in ("release", "lock"):
        who.does(f"{DATA}/{datum['digest']}/{what}", WHY)
    plant.bench.clock.set_to(parse_utc(OVER))
    plant.store._db.execute("DELETE FROM activity")
    (again,) = who.read(f"{UNDER}&{TWO_DAYS}")
    assert again["digest"] == datum["digest"]


def test_hours_under_the_plan_in_periods_without_a_row_are_counted(asked: Asked) -> None:
    """The plan holds since 08:00 of the first of March; nothing came before the 30th."""
    query = "start=2026-03-28&end=2026-04-01&by=day"
    answer = asked.get(f"{UNDER}&{query}")
    assert (len(answer.json()), answer.headers["Carbonmeter-Hours-Without-Row"]) == (2, "48")
    (whole,) = rows(asked, query.replace("by=day", "by=total"))
    by_day = sum(each["under_plan"]["hours"]["hours"] for each in answer.json())
    assert whole["hours"]["hours"] == by_day + 48
    early = asked.get(f"{UNDER}&start=2026-02-28&end=2026-03-02&by=day")
    assert early.headers["Carbonmeter-Hours-Without-Row"] == "16"
    assert "Carbonmeter-Hours-Without-Row" not in asked.get(f"{DATA}?channel={CO2}&{query}").headers
    file = asked.get(f"{DATA}/export?channel={CO2}&under_plan=true&format=csv&{query}")
    assert file.headers["Carbonmeter-Hours-Without-Row"] == "48"


def end_of(asked: Asked, query: str) -> dict[str, Any]:
    lines = asked.get(f"{DATA}/export?channel={CO2}&format=json-lines&{query}").content.splitlines()
    found: dict[str, Any] = json.loads(lines[-1])["end"]
    return found


def test_the_last_line_counts_them_too_also_of_a_file_that_is_sent_as_it_is_made(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "start=2026-03-28&end=2026-04-01&by=day"
    whole = end_of(asked, f"{query}&under_plan=true")
    assert (whole["hours_without_row"], whole["periods_without_data"]) == (48, 2)
    assert "hours_without_row" not in end_of(asked, query)
    assert (
        end_of(asked, "start=2026-03-30&end=2026-04-01&under_plan=true")["hours_without_row"] == 0
    )
    monkeypatch.setattr(exports, "MAX_STATEMENTS", 3)
    monkeypatch.setattr(portions, "PORTION", 1)
    assert end_of(asked, f"{query}&under_plan=true") == whole


def test_the_client_reads_how_many_they_are(plant: Plant) -> None:
    with serving(plant) as found:
        client = Client(found.url)
        told = client.activity(CO2, "2026-03-28", "2026-04-01", by="day", under_plan=True)
        assert (len(told), told.hours_without_row, told.periods_without_data) == (2, 48, 2)
        assert client.activity(CO2, "2026-03-28", "2026-04-01").hours_without_row is None
        none = client.activity(CO2, "2026-03-30", "2026-04-01", under_plan=True)
        assert none.hours_without_row == 0
