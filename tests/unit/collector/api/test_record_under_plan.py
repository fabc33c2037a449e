"""The record of a statement that is told under the plan says what the statement says."""

from collections.abc import Iterator

import pytest

from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.api.recorded import asking, datum_of, record_of
from tests.unit.collector.api.test_monitored import PLAN, WHOLE
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.api.test_under_plan import FAILED, log

UNDER = f"{WHOLE}&under_plan=true"


@pytest.fixture
def plant(monitored: Plant) -> Plant:
    return monitored


@pytest.fixture
def asked(plant: Plant) -> Iterator[Asked]:
    yield from asking(plant)


def test_group_7_is_what_the_statement_says(plant: Plant, asked: Asked) -> None:
    datum = datum_of(asked, CO2, UNDER)
    plain = record_of(asked, datum_of(asked, CO2, WHOLE)["digest"])["substitution"]
    found = record_of(asked, datum["digest"])
    told, short = found["substitution"], datum["under_plan"]
    assert float(told["compliance"]["value"]) == short["compliance"]["value"]
    assert float(told["best_estimate"]["expanded_uncertainty"]) == pytest.approx(
        short["best_estimate"]["expanded_uncertainty"], rel=1e-15
    )
    assert told["monitored_sha256"] == short["parts"][0]["told"]["monitored_sha256"]
    assert told["parts"][0]["rules"]["id"] == found["method"]["rules"]["id"] == "hj75"
    assert told["rules"] == plain["rules"]
    assert plain["absent"] == {"parts": "not applicable"}
    # a test that comes later changes neither the statement nor its record
    log(plant, "test", "check-7.toml", FAILED)
    assert record_of(asked, datum["digest"])["substitution"] == told


def test_a_period_under_no_plan_and_under_two_is_told_in_parts(plant: Plant, asked: Asked) -> None:
    early = "start=2026-02-28&end=2026-04-05&under_plan=true"
    found = record_of(asked, datum_of(asked, CO2, early)["digest"])
    told = found["substitution"]
    assert (told["compliance"], told["absent"]["compliance"]) == (None, "unknown")
    assert [each["plan_effective_from"] is None for each in told["parts"]] == [True, False]
    codes = {each["code"]: each["words"] for each in found["limitations"]["notes"]}
    assert codes["not_told_under_plan"]["en"].startswith("E_MONITORED_NO_PLAN")
    later = PLAN.replace("effective_from = 2026-03-01", "effective_from = 2026-04-02")
    log(plant, "plan", "plan-2.toml", later)
    both = record_of(asked, datum_of(asked, CO2, UNDER)["digest"])
    told = both["substitution"]
    assert float(told["compliance"]["value"]) > 0.0
    assert (told["monitored_sha256"], told["rules"]) == (None, None)
    assert len({each["monitored_sha256"] for each in told["parts"]}) == 2
    assert "not_told_under_plan" not in {each["code"] for each in both["limitations"]["notes"]}


def test_periods_may_be_asked_for_in_parts(plant: Plant, asked: Asked) -> None:
    later = PLAN.replace("effective_from = 2026-03-01", "effective_from = 2026-04-02")
    log(plant, "plan", "plan-2.toml", later)
    base = f"/api/v1/monitored-data?channel={CO2}&parts=true"
    answer = asked.get(f"{base}&start=2026-02-28&end=2026-04-05")
    ends = [each["determination"]["end"] for each in answer.json()]
    assert ends == ["2026-04-02T00:00:00Z", "2026-04-04T16:00:00Z"]
    assert answer.headers["Carbonmeter-Hours-Without-Plan"] == "32"
    refused = asked.get(f"{base}&start=2026-02-01&end=2026-02-02")
    assert (refused.status_code, refused.json()["code"]) == (409, "E_MONITORED_NO_PLAN")
    many = asked.get(f"{base}&start=2026-03-01T16:00:00Z&end=2026-04-10T16:00:00Z&by=day")
    assert (many.json()["code"], many.json()["where"]) == ("E_RANGE_LIMIT", "parts")
