"""Statements that say what their period comes to under the monitoring plan."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import pytest
from pyarrow import parquet

from collector.rights import Role
from evidence.clock import parse_utc, utc_text
from tests.unit.collector.api.plant import Asked, Plant, served
from tests.unit.collector.api.test_monitored import BASE, GAS, OF_MASS, PLAN, WHOLE, told
from tests.unit.collector.api.test_openapi import described, schema_of
from tests.unit.collector.api.test_stack import CO2, HJ75_T_H
from tests.unit.collector.api.writing import Person, person

DATA: Final = "/api/v1/activity-data"
UNDER: Final = f"{DATA}?channel={CO2}&under_plan=true"
DAY_S: Final = 86_400
FAILED: Final = f"""schema = 1
test = "daily_check"
id = "CHECK-7"
channel = "{GAS}"
serial = "co2_dry"
at = 2026-04-04T10:00:00+08:00
outcome = "failed"
recorded_at = 2026-04-10T08:00:00Z
recorded_by = "Q. Ma"
document = "logbook, page 7"
"""
WHY: Final = {"reason": "first quarter closed"}


@pytest.fixture
def plant(monitored: Plant) -> Plant:
    return monitored


@pytest.fixture
def asked(plant: Plant) -> Iterator[Asked]:
    parts = plant.parts()
    yield served(parts)
    parts.sources.close()


def one(asked: Asked, query: str = WHOLE, **more: str) -> dict[str, Any]:
    (found,) = told(asked.get("&".join([UNDER, query, *(f"{k}={v}" for k, v in more.items())])))
    return found


def log(plant: Plant, kind: str, name: str, text: str) -> None:
    """Another document comes a day later."""
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + DAY_S * 10**9)
    plant.log_file(plant.gw1, kind, name, text.encode())  # type: ignore[arg-type]
    plant.judging.catch_up()


def clerk(plant: Plant) -> Person:
    return person(plant, "wang", Role.ANALYST)


def test_a_statement_carries_what_the_period_comes_to_under_the_plan(asked: Asked) -> None:
    short = one(asked)["under_plan"]
    (whole,) = told(asked.get(f"{BASE}&{WHOLE}"))
    totals = whole["determination"]["totals"]
    assert short["compliance"]["value"] == totals["compliance"]["value"]
    assert short["compliance"]["hours_without"] == totals["compliance"]["without"] > 0
    assert short["best_estimate"] == {
        "value": totals["best_estimate"]["value"],
        "standard_uncertainty": pytest.approx(whole["standard_uncertainty"], rel=1e-12),
        "expanded_uncertainty": pytest.approx(whole["expanded_uncertainty"], rel=1e-12),
        "hours_without": 0,
    }
    assert short["hours"]["by_method"] == totals["by_method"]
    assert short["hours"]["substituted_share"] == totals["substituted_share_of_hours"]
    (part,) = short["parts"]
    assert part["told"]["monitored_sha256"] == whole["digest"]
    assert part["told"]["rules"]["id"] == "hj75"
    assert part["told"]["looks_back_to"] == "2026-03-29T16:00:00Z"
    assert (short["unit"], short["refused"], short["hours_without_plan"]) == ("t", None, 0)
    assert short["unconfirmed"] is True  # the rules of HJ 75 are recalled, not read
    assert short["provisional"] is True  # the second quarter runs


def test_what_is_answered_fits_its_schema(asked: Asked) -> None:
    document = described(asked)
    for query in (WHOLE, "start=2026-02-28&end=2026-04-05"):
        answer = asked.get(f"{UNDER}&{query}").json()
        jsonschema.validate(answer, schema_of(document, DATA))
        assert answer[0]["under_plan"]["parts"]


def test_it_and_the_plain_statement_do_not_supersede_each_other(asked: Asked) -> None:
    plain = told(asked.get(f"{DATA}?channel={CO2}&{WHOLE}"))
    under = one(asked)
    assert "under_plan" not in plain[0]
    assert {name: under[name] for name in plain[0] if name not in ("digest", "supersedes")} == {
        name: each for name, each in plain[0].items() if name not in ("digest", "supersedes")
    }
    assert under["digest"] != plain[0]["digest"]
    for _ in range(2):
        assert told(asked.get(f"{DATA}?channel={CO2}&{WHOLE}")) == plain
        assert one(asked) == under
    assert (under["supersedes"], plain[0]["supersedes"]) == (None, None)
    assert asked.get(f"{DATA}/{under['digest']}").json() == under


def test_of_a_channel_without_a_plan_the_statement_is_the_plain_one(asked: Asked) -> None:
    both = [asked.get(f"{DATA}?{WHOLE}{more}").json() for more in ("", "&under_plan=true")]
    plain, under = ({each["channel"]: each for each in found} for found in both)
    assert set(plain) == set(under)
    assert {name for name in plain if plain[name] != under[name]} == {CO2}


def test_a_late_test_record_gives_a_new_version_that_says_what_changed_in_tonnes(
    plant: Plant, asked: Asked
) -> None:
    before = one(asked)
    log(plant, "test", "check-7.toml", FAILED)
    moved = asked.get(f"{DATA}/{before['digest']}/difference").json()
    assert moved["difference"] == 0.0  # the measured amount is what it was
    complied = moved["compliance"]
    fewer = before["under_plan"]["hours"]["by_state"]["measured"]
    assert complied["before"] == before["under_plan"]["compliance"]["value"]
    assert complied["difference"] == complied["after"] - complied["before"] < -HJ75_T_H
    assert complied["in_common_unit"]["unit"] == "t"
    assert complied["in_common_unit"]["standard_uncertainty"] is None
    changed = {each["what"]: each for each in moved["changes"]}
    assert {"under_plan.compliance", "under_plan.hours", "under_plan.monitored"} <= set(changed)
    assert f"measured {fewer}" in changed["under_plan.hours"]["removed"]
    (row,) = asked.get(f"{DATA}/touched?plan={CO2}").json()["statements"]
    assert row["difference"] == moved
    after = one(asked)
    assert after["supersedes"] == before["digest"]
    assert after["under_plan"]["compliance"]["value"] == complied["after"]


def test_a_substitute_that_becomes_final_is_a_new_version(plant: Plant, asked: Asked) -> None:
    """HJ 75 goes by the capture rate of the quarter: until it is over, nothing is final."""
    query = "start=2026-04-01&end=2026-04-03"
    early = one(asked, query)
    plant.bench.clock.set_to(parse_utc("2026-06-30T15:59:59Z"))
    open_one = one(asked, query)  # hours that are over and did not come are missing
    assert open_one["supersedes"] == early["digest"]
    assert early["under_plan"]["provisional"] is open_one["under_plan"]["provisional"] is True
    plant.bench.clock.set_to(parse_utc("2026-06-30T16:00:00Z"))
    final = one(asked, query)
    assert final["under_plan"]["provisional"] is False
    assert final["supersedes"] == open_one["digest"]
    moved = asked.get(f"{DATA}/{open_one['digest']}/difference").json()
    changed = {each["what"]: each for each in moved["changes"]}
    assert changed["under_plan.provisional"]["added"] == ["final"]


def test_a_locked_statement_stands_and_what_follows_shows_beside_it(plant: Plant) -> None:
    who = clerk(plant)
    (datum,) = who.read(f"{UNDER}&{WHOLE}")
    (plain,) = who.read(f"{DATA}?channel={CO2}&{WHOLE}")
    for what in ("release", "lock"):
        who.does(f"{DATA}/{datum['digest']}/{what}", WHY)
    log(plant, "test", "check-7.toml", FAILED)
    assert who.read(f"{UNDER}&{WHOLE}") == [datum]
    assert who.get(f"{UNDER}&{WHOLE}").headers["Carbonmeter-Locked-Differing"] == "1"
    assert "Carbonmeter-Locked" not in who.get(f"{DATA}?channel={CO2}&{WHOLE}").headers
    (row,) = who.read(f"{DATA}/locked?compare=true")
    assert (row["digest"], row["under_plan"], row["differs"]) == (datum["digest"], True, True)
    assert row["difference"]["compliance"]["difference"] < -HJ75_T_H
    (touched,) = who.read(f"{DATA}/touched?plan={CO2}")["statements"]
    assert touched["locked"] is True
    who.does(f"{DATA}/{plain['digest']}/release", WHY)  # beside it, not in its place
    who.does(f"{DATA}/{plain['digest']}/lock", WHY)
    assert len(who.read(f"{DATA}/locked")) == 2


def test_a_locked_one_survives_the_file_in_which_statements_are_kept(plant: Plant) -> None:
    who = clerk(plant)
    (datum,) = who.read(f"{UNDER}&{WHOLE}")
    for what in ("release", "lock"):
        who.does(f"{DATA}/{datum['digest']}/{what}", WHY)
    log(plant, "test", "check-7.toml", FAILED)
    plant.store._db.execute("DELETE FROM activity")
    (again,) = who.read(f"{UNDER}&{WHOLE}")
    assert again["digest"] == datum["digest"]


def test_as_of_an_instant_it_is_what_was_known_then(plant: Plant, asked: Asked) -> None:
    then = utc_text(plant.bench.clock.now_ns())
    before = one(asked)
    log(plant, "test", "check-7.toml", FAILED)
    after = one(asked)
    assert after["digest"] != before["digest"]
    assert one(asked, as_of=then)["digest"] == before["digest"]
    assert one(asked, as_of=utc_text(plant.bench.clock.now_ns()))["digest"] == after["digest"]


def test_hours_before_any_plan_are_said_and_leave_no_amount_of_the_whole(asked: Asked) -> None:
    """The plan begins at 08:00 of the first of March by the plant's clock."""
    short = one(asked, "start=2026-02-28&end=2026-04-05")["under_plan"]
    assert (short["compliance"], short["best_estimate"], short["unit"]) == (None, None, None)
    assert short["refused"]["code"] == "E_MONITORED_NO_PLAN"
    assert short["hours_without_plan"] == 32
    none, covered = short["parts"]
    assert (none["hours"], none["plan_effective_from"], none["told"]) == (32, None, None)
    own = "start=2026-03-01T00:00:00Z&end=2026-04-05"
    assert covered["told"] == one(asked, own)["under_plan"]["parts"][0]["told"]


@pytest.mark.parametrize("begins", ["2026-04-02T00:00:00Z", "2026-04-01T23:10:00Z"])
def test_a_plan_that_changes_is_told_in_parts_that_add_up(
    plant: Plant, asked: Asked, begins: str
) -> None:
    """The hour in which it begins is the earlier plan's."""
    later = PLAN.replace("effective_from = 2026-03-01T00:00:00Z", f"effective_from = {begins}")
    log(plant, "plan", "plan-2.toml", later)
    short = one(asked)["under_plan"]
    first, second = short["parts"]
    assert (first["end"], second["start"]) == ("2026-04-02T00:00:00Z",) * 2
    assert first["hours"] + second["hours"] == short["hours"]["hours"] == 144
    assert second["plan_effective_from"].startswith(begins.rstrip("Z"))
    parts = [each["told"] for each in short["parts"]]
    for name in ("compliance", "best_estimate"):
        each = [part[name]["value"] for part in parts]
        assert short[name]["value"] == pytest.approx(sum(each), rel=1e-12)
    # what both parts share is one deviation: u adds up nearly, and never in squares
    u = [part["best_estimate"]["standard_uncertainty"] for part in parts]
    assert max(u) < short["best_estimate"]["standard_uncertainty"] <= sum(u) * (1 + 1e-9)
    assert short["best_estimate"]["standard_uncertainty"] > 0.99 * sum(u)
    assert short["refused"] is None


def test_a_period_that_cannot_be_told_says_why_with_a_code(plant: Plant, asked: Asked) -> None:
    log(plant, "plan", "of-mass.toml", OF_MASS)
    short = one(asked)["under_plan"]
    assert short["compliance"] is None
    assert short["refused"]["code"] == "E_MONITORED_NO_INPUT"
    assert short["refused"]["zh"].startswith("E_MONITORED_NO_INPUT")
    assert short["parts"][0]["refused"] == short["refused"]
    assert short["hours_without_plan"] == 0


def test_more_periods_than_one_answer_holds_are_refused(asked: Asked) -> None:
    query = "start=2026-03-30T00:00:00Z&end=2026-03-31T17:00:00Z&by=hour"
    answer = asked.get(f"{UNDER}&{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "E_RANGE_LIMIT")
    assert answer.json()["where"] == "under_plan"
    assert asked.get(f"{DATA}?channel={CO2}&{query}").status_code == 200


@pytest.mark.parametrize("query", ["", f"?plan={CO2}&certificate=GBW-N2", "?plan=jinan/no/plan"])
def test_what_was_touched_is_asked_by_certificate_or_by_plan(asked: Asked, query: str) -> None:
    answer = asked.get(f"{DATA}/touched{query}")
    unknown = "no/plan" in query
    assert answer.status_code == (404 if unknown else 422)
    assert answer.json()["code"] == ("E_PAPER_UNKNOWN" if unknown else "E_QUERY")


def test_a_gas_that_was_withdrawn_touches_what_was_stated_under_the_plan(
    plant: Plant, asked: Asked
) -> None:
    before = one(asked)
    told(asked.get(f"{DATA}?channel={CO2}&{WHOLE}"))
    withdrawn = """schema = 1
event = "certificate_withdrawn"
serial = "L2231"
certificate = "GBW-L2231"
at = 2026-04-06T08:00:00Z
recorded_at = 2026-04-06T09:00:00Z
recorded_by = "Q. Ma"
reason = "the gas was contaminated"
"""
    log(plant, "event", "withdrawn.toml", withdrawn)
    (row,) = asked.get(f"{DATA}/touched?certificate=GBW-L2231").json()["statements"]
    assert row["difference"]["before"]["digest"] == before["digest"]
    assert row["difference"]["difference"] == 0.0
    assert row["difference"]["compliance"]["difference"] != 0.0


def test_of_a_day_that_the_rules_give_no_value_nothing_is_stated_in_any_form(
    asked: Asked,
) -> None:
    """The check before it failed, and the next one too; the best estimate is known all the same."""
    found = told(asked.get(f"{UNDER}&{WHOLE}&by=day"))
    amounts = [each["under_plan"]["compliance"] for each in found]
    unknown = {"value": None, "hours_without": 24, "substituted": None, "substituted_share": None}
    assert [n for n, each in enumerate(amounts) if each == unknown] == [4]
    assert all(each["value"] > 0.0 for n, each in enumerate(amounts) if n != 4)
    assert found[4]["under_plan"]["best_estimate"]["value"] > 0.0
    assert found[4]["under_plan"]["refused"] is None
    export = f"{DATA}/export?channel={CO2}&under_plan=true&{WHOLE}&by=day"
    rows = list(csv.DictReader(io.StringIO(asked.get(f"{export}&format=csv").text)))
    assert [each["compliance_value"] == "" for each in rows] == [n == 4 for n in range(6)]
    assert [each["compliance_hours_without"] for each in rows] == [
        str(each["hours_without"]) for each in amounts
    ]
    table = parquet.read_table(io.BytesIO(asked.get(f"{export}&format=parquet").content))
    for name, key in (("compliance_value", "value"), ("compliance_hours_without", "hours_without")):
        assert table.column(name).to_pylist() == [each[key] for each in amounts]


def test_the_journal_and_the_record_of_such_a_day_say_null(plant: Plant) -> None:
    who = clerk(plant)
    (datum,) = who.read(f"{UNDER}&start=2026-04-03&end=2026-04-04")
    who.does(f"{DATA}/{datum['digest']}/release", WHY)
    auditor = person(plant, "sun", Role.AUDITOR)
    entry = auditor.read("/api/v1/journal?limit=1000")["entries"][-1]["entry"]
    assert (entry["new"]["compliance"], entry["new"]["compliance_unit"]) == (None, "t")
    record = auditor.read(f"{DATA}/{datum['digest']}/record")["substitution"]
    amount = record["compliance"]
    assert (amount["value"], amount["hours_without"], amount["unit"]) == (None, 24, "t")
    assert (amount["absent"]["value"], record["absent"]["share_of_quantity"]) == ("unknown",) * 2
    (rule,) = record["rules"]
    assert (rule["hours"], rule["quantity"], rule["share_of_quantity"]) == (24, None, None)
    assert rule["absent"]["quantity"] == "unknown"
    assert record["share_of_hours"] == "1.0"
