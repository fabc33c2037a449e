"""What a certificate touched: what was stated before it came, and what follows now."""

import math
from typing import Any

import pytest

from collector.rights import Role
from tests.unit.collector.api.plant import FILES, LINE_1, LINE_2, POWER, Plant, served
from tests.unit.collector.api.test_doubts import found_at
from tests.unit.collector.api.test_releases import DAY, corrected, locked
from tests.unit.collector.api.writing import person, two_lines

TOUCHED = "/api/v1/activity-data/touched?certificate="


def stated(plant: Plant) -> dict[str, dict[str, Any]]:
    """What was stated of the day, by channel."""
    parts = plant.parts()
    answer = served(parts).get(f"/api/v1/activity-data?{DAY}")
    parts.sources.close()
    return {each["channel"]: each for each in answer.json()}


def touched(plant: Plant, what: str) -> dict[str, Any]:
    parts = plant.parts()
    answer = served(parts).get(f"{TOUCHED}{what}")
    parts.sources.close()
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found


@pytest.fixture
def plant(fresh: Plant) -> Plant:
    return two_lines(fresh)


def test_a_corrected_certificate_names_what_it_changed_by_how_much(plant: Plant) -> None:
    before = stated(plant)
    corrected(plant)
    found = touched(plant, "E-1")
    (row,) = found["statements"]
    moved = row["difference"]
    assert (moved["channel"], moved["before"]["digest"]) == (LINE_1, before[LINE_1]["digest"])
    value = before[LINE_1]["value"]
    assert isinstance(value, float)
    assert moved["difference"] == pytest.approx(value * (1.002 / 1.004 - 1.0), rel=1e-9)
    common = moved["in_common_unit"]
    assert (common["unit"], common["value"]) == ("kW.h", moved["difference"])
    # the same readings, standard and certificate: each is left with what its factor changed by
    factor = 1.002 / 1.004
    power = {"cert": 2, "clock": 0}
    left = [
        (factor ** power.get(each["influence"].partition(":")[0], 1) - 1.0) * each["contribution"]
        for each in before[LINE_1]["components"]
    ]
    assert common["standard_uncertainty"] == pytest.approx(math.hypot(*left), rel=1e-6)
    assert [each["kind"] for each in found["papers"]] == [
        "certificate",
        "confirmation",
        "certificate",
    ]
    assert found["unchanged"] == 0
    assert row["locked"] is False


def test_a_statement_that_was_made_since_is_not_what_was_stated_before(plant: Plant) -> None:
    before = stated(plant)
    corrected(plant)
    after = stated(plant)  # superseded meanwhile
    assert after[LINE_1]["supersedes"] == before[LINE_1]["digest"]
    (row,) = touched(plant, "E-1")["statements"]
    assert row["difference"]["before"]["digest"] == before[LINE_1]["digest"]
    assert row["difference"]["after"]["digest"] == after[LINE_1]["digest"]


def test_a_late_certificate_touches_what_was_stated_without_it(fresh: Plant) -> None:
    late = {"e-2.toml", "k-2.toml"}
    for kind, name, data in FILES:
        if name not in late:
            fresh.log_file(fresh.gw1, kind, name, data)
    fresh.log_profile()
    from tests.unit.collector.api.plant import POLLS_A_DAY, batch, stream  # noqa: PLC0415

    fresh.take(fresh.gw1, batch(fresh.gw1, [stream(LINE_2, 0, POLLS_A_DAY + 4)]))
    fresh.judging.catch_up()
    before = stated(fresh)
    assert before[LINE_2]["u_basis"] == "unknown"
    fresh.bench.clock.set_to(fresh.bench.clock.now_ns() + 3_600_000_000_000)
    for kind, name, data in FILES:
        if name in late:
            fresh.log_file(fresh.gw1, kind, name, data)
    fresh.judging.catch_up()
    (row,) = touched(fresh, "E-2&since=2026-04-05T17:00:00Z")["statements"]
    moved = row["difference"]
    assert moved["difference"] == pytest.approx(moved["before"]["value"] * (1 / 1.002 - 1.0))
    assert moved["uncertainty"] is None  # that of what was stated before is not known
    assert {"certificates", "confirmations", "u_basis"} <= {c["what"] for c in moved["changes"]}


def test_a_certificate_that_found_a_shift_leaves_the_value_and_tells_the_correction(
    plant: Plant,
) -> None:
    stated(plant)
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 3_600_000_000_000)
    plant.log_file(plant.gw1, "certificate", "e-1b.toml", found_at(0.006))
    plant.judging.catch_up()
    (row,) = touched(plant, "E-1B")["statements"]
    assert row["difference"]["difference"] == 0.0
    (doubt,), (common,) = row["doubts"], row["suspected"]
    assert (common["unit"], common["value"]) == ("kW.h", doubt["correction"])
    assert common["standard_uncertainty"] == doubt["standard_uncertainty"] > 0.0
    assert [change["what"] for change in row["difference"]["changes"]] == ["doubts"]


def test_a_locked_statement_is_told_to_be_locked(plant: Plant) -> None:
    clerk = person(plant, "wang", Role.ANALYST)
    before = locked(clerk)
    corrected(plant)
    (row,) = clerk.read(f"{TOUCHED}E-1")["statements"]
    assert row["locked"] is True
    assert row["difference"]["before"]["digest"] == before["digest"]


def test_what_rests_on_another_certificate_is_not_named(plant: Plant) -> None:
    stated(plant)
    corrected(plant)
    found = touched(plant, "E-2&since=2026-04-20")
    assert (found["statements"], found["unchanged"]) == ([], 1)
    assert POWER not in str(found)


def test_an_unknown_certificate_and_one_of_another_site_are_not_found(plant: Plant) -> None:
    parts = plant.parts()
    assert served(parts).get(f"{TOUCHED}E-99").json()["code"] == "E_PAPER_UNKNOWN"
    parts.sources.close()
    other = person(plant, "li", Role.ANALYST, "weifang")
    assert other.get(f"{TOUCHED}E-1").status_code == 404
