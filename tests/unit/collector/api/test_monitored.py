"""A stack's hours under a monitoring plan: from logged bytes of checks to compliance over HTTP."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import httpx
import msgspec
import pytest

from calibration.increment import NS_PER_HOUR
from calibration.indication import MissReason
from collector.web.instrument.course import of_hours
from evidence.clock import NS_PER_S
from evidence.log.batch import Miss, Stream
from evidence.log.column import progression
from tests.unit.calibration.monitoring.texts import CYLINDER, ZERO
from tests.unit.collector.api.plant import (
    PERIOD_MS,
    START_NS,
    Asked,
    Plant,
    batch,
    raw_of,
    served,
)
from tests.unit.collector.api.test_security import token
from tests.unit.collector.api.test_stack import CO2, FILES, HJ75_T_H, SHOWN, recalculated, stream

BASE: Final = f"/api/v1/monitored-data?channel={CO2}"
DAYS: Final = 6
POLLS: Final = 96
GAS: Final = "jinan/cems/co2_dry"
CHECK: Final = range(8, 14)
"""Polls of a day in which gas flows: 02:00 to 03:30 by the plant's clock, zero then span."""
SPAN: Final = {3: 17.6, 4: 17.6}
"""What is shown of 15.02 % on the fourth and fifth day."""
WHOLE: Final = "start=2026-03-30&end=2026-04-05"
PLAN: Final = f"""schema = 1
plan = "{CO2}"
rules = "hj75"
quantity = "mass"
effective_from = 2026-03-01T00:00:00Z
recorded_at = 2026-03-01T00:00:00Z
decided_by = "Q. Ma"
reason = "monitoring plan of 2026"
utc_offset_s = 28800
operation = {{ channel = "jinan/cems/v_p", above = 2.0 }}
[[analysers]]
channel = "{GAS}"
scheme = "hj75-2017"
kinds = ["daily_check"]
proportional = true
[analysers.checks]
kind = "daily_check"
limits = "hj75-2017"
measurand = "co2"
unit = "%"
full_scale = {{ "" = 20.0 }}
purge_s = 0.0
averaging_s = 1800.0
longest_gap_s = 1800.0
[[analysers.checks.gases]]
point = "zero"
certificate = "GBW-N2"
property = "CO2"
connected_at = 2026-03-01T00:00:00Z
[[analysers.checks.gases]]
point = "span"
certificate = "GBW-L2231"
property = "CO2"
connected_at = 2026-03-01T00:00:00Z
"""


def polled(name: str, numbers: range) -> Stream:
    """Polls of an instrument; what the analyser shows of the gases are misses that calibrate."""
    in_check = [n for n in numbers if name == "co2_dry" and n % POLLS in CHECK]
    there = [n for n in numbers if n not in in_check]
    return recalculated(
        msgspec.structs.replace(
            stream(name, len(there)),
            sequence=progression(there),
            at_ms=progression([START_NS // 1_000_000 + n * PERIOD_MS for n in there]),
            missed=tuple(map(missed, in_check)),
        )
    )


def missed(poll: int) -> Miss:
    day, minute = divmod(poll, POLLS)
    shown = 0.0 if minute < CHECK.start + 3 else SPAN.get(day, 15.02)
    return Miss(
        sequence=poll,
        at_ms=START_NS // 1_000_000 + poll * PERIOD_MS,
        reason=MissReason.CALIBRATING,
        raw=raw_of([shown])[0],
        indication=shown,
    )


def with_checks(plant: Plant) -> Plant:
    """Six days of a stack with its analyser's checks, and the plan."""
    for name, text in (("l2231.toml", CYLINDER), ("n2.toml", ZERO)):
        plant.log_file(plant.gw1, "certificate", name, text.encode())
    for kind, name, data in (*FILES, ("plan", "plan.toml", PLAN.encode())):
        plant.log_file(plant.gw1, kind, name, data)
    for day in range(DAYS):
        numbers = range(day * POLLS, (day + 1) * POLLS + 4 * (day == DAYS - 1))
        plant.take(plant.gw1, batch(plant.gw1, [polled(name, numbers) for name in SHOWN]))
    plant.judging.catch_up()
    return plant


@pytest.fixture
def asked(monitored: Plant) -> Iterator[Asked]:
    parts = monitored.parts()
    yield served(parts)
    parts.sources.close()


def told(answer: httpx.Response) -> Sequence[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: Sequence[dict[str, Any]] = answer.json()
    return found


def test_a_failed_check_takes_two_days_out_and_the_rules_stand_in(asked: Asked) -> None:
    """In each day the hours 02 and 03 calibrate for more than 15 minutes, or for 30."""
    (period,) = told(asked.get(f"{BASE}&{WHOLE}"))
    totals, (analyser,) = period["determination"]["totals"], period["analysers"]
    assert analyser["tests"] == {"daily_check/failed": 2, "daily_check/passed": 4}
    assert analyser["hours"]["out_of_control"] == 48
    assert totals["hours"] == 24 * DAYS
    assert totals["by_state"]["substituted"] + totals["by_state"]["invalid"] == 2 * DAYS + 44 + 2
    measured = totals["by_state"]["measured"]
    assert totals["best_estimate"]["value"] == pytest.approx(24 * DAYS * HJ75_T_H, rel=1e-6)
    assert totals["compliance"]["value"] == pytest.approx(
        (measured + totals["by_state"]["substituted"]) * HJ75_T_H, rel=1e-6
    )
    assert period["determination"]["rules"]["id"] == "hj75"
    assert period["determination"]["hours"] == []


def test_the_day_before_the_failed_check_is_in_doubt_with_its_effect_in_tonnes(
    asked: Asked,
) -> None:
    (period,) = told(asked.get(f"{BASE}&{WHOLE}"))
    (doubt,) = period["doubts"]
    assert (doubt["serial"], doubt["start"]) == ("co2_dry", "2026-03-31T20:00:00Z")
    assert doubt["correction"] < 0 < doubt["expanded_uncertainty"]


def test_each_hour_is_told_where_it_is_asked_for(asked: Asked) -> None:
    (period,) = told(asked.get(f"{BASE}&{WHOLE}&hours=true"))
    hours = period["determination"]["hours"]
    assert len(hours) == 24 * DAYS
    calibrated = hours[24 * 2 + 2]
    assert (calibrated["because"], calibrated["counts"]) == ("calibrating", {"calibrating": 4})
    failed = hours[24 * 4 + 12]
    assert (failed["because"], failed["standing"]) == ("out_of_control", "out_of_control")
    assert {each["method"] for each in hours} == {"measured", "max-2160", "not-usable", "none"}


def test_days_are_told_one_by_one(asked: Asked) -> None:
    days = told(asked.get(f"{BASE}&{WHOLE}&by=day"))
    states = [each["determination"]["totals"]["by_state"]["measured"] for each in days]
    assert len(days) == DAYS
    assert states[4] == 0
    assert states[2] == 22


def test_what_a_check_showed_counts_since_it_was_received(monitored: Plant, asked: Asked) -> None:
    assert monitored.bench.clock.now_ns() > START_NS + DAYS * 24 * 3600 * NS_PER_S
    (now,) = told(asked.get(f"{BASE}&{WHOLE}"))
    (before,) = told(asked.get(f"{BASE}&{WHOLE}&known_at=2026-04-01T00:00:00Z"))
    assert now["analysers"][0]["tests"]["daily_check/passed"] == 4
    assert before["analysers"][0]["tests"] == {}
    assert before["analysers"][0]["hours"] == {"no_test": 24 * DAYS}
    assert before["known_at"] == "2026-04-01T00:00:00Z"
    assert before["digest"] != now["digest"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        (f"channel=jinan/cems/v_p&{WHOLE}", 409, "E_MONITORED_NO_PLAN"),
        (f"channel=jinan/cems/none&{WHOLE}", 404, "E_CHANNEL_UNKNOWN"),
        (f"channel={CO2}&start=2026-02-01&end=2026-02-02", 409, "E_MONITORED_NO_PLAN"),
        (f"channel={CO2}&start=2026-03-10&end=2026-03-11", 409, "E_MONITORED_NO_HOURS"),
        (f"channel={CO2}&start=2026-03-01T08:00:00Z&end=2026-04-20&by=day", 422, "E_RANGE_LIMIT"),
        (f"channel={CO2}&{WHOLE}&known_at=never", 422, "E_TIME_TEXT"),
        (f"channel={CO2}&{WHOLE}&hour=true", 422, "E_QUERY"),
        (WHOLE, 422, "E_QUERY"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_code(
    asked: Asked, query: str, status: int, code: str
) -> None:
    answer = asked.get(f"/api/v1/monitored-data?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_plan_that_changes_within_a_period_asks_for_two(monitored: Plant, asked: Asked) -> None:
    later = PLAN.replace("effective_from = 2026-03-01", "effective_from = 2026-04-02")
    monitored.log_file(monitored.gw1, "plan", "plan-2.toml", later.encode())
    monitored.judging.catch_up()
    refused = asked.get(f"{BASE}&{WHOLE}")
    assert (refused.status_code, refused.json()["code"]) == (409, "E_MONITORED_PLAN_CHANGES")
    told(asked.get(f"{BASE}&start=2026-03-30&end=2026-04-02T00:00:00Z"))
    told(asked.get(f"{BASE}&start=2026-04-02T00:00:00Z&end=2026-04-05"))


def test_a_token_of_another_site_does_not_see_it(monitored: Plant) -> None:
    bearer = token(monitored, "analyst", "weifang")
    parts = monitored.parts()
    answer = served(parts).get(f"{BASE}&{WHOLE}", authorization=bearer)
    parts.sources.close()
    assert (answer.status_code, answer.json()["code"]) == (404, "E_CHANNEL_UNKNOWN")


OF_CO2: Final = PLAN.replace(f'plan = "{CO2}"', f'plan = "{GAS}"').replace(
    'rules = "hj75"\nquantity = "mass"', 'rules = "mrr"\nquantity = "concentration"'
)
OF_MASS: Final = f"""schema = 1
plan = "{CO2}"
rules = "mrr"
effective_from = 2026-03-01T00:00:00Z
recorded_at = 2026-03-02T00:00:00Z
decided_by = "Q. Ma"
reason = "Annex VIII: the concentration is substituted, the mass follows"
utc_offset_s = 28800
"""


def test_a_mass_may_be_told_by_its_inputs_under_their_plans(monitored: Plant, asked: Asked) -> None:
    """Each substituted hour of a steady concentration gives the steady mass."""
    for name, text in (("of-co2.toml", OF_CO2), ("of-mass.toml", OF_MASS)):
        monitored.log_file(monitored.gw1, "plan", name, text.encode())
    monitored.judging.catch_up()
    (period,) = told(asked.get(f"{BASE}&{WHOLE}&hours=true"))
    found = period["determination"]
    assert (found["unit"], found["rules"]["id"]) == ("t/h", "mrr")
    assert {each["method"] for each in found["hours"]} == {"inputs_measured", "of_inputs"}
    known = [each["compliance"] for each in found["hours"] if each["compliance"] is not None]
    assert known == pytest.approx([HJ75_T_H] * len(known), rel=1e-6)
    assert len(known) >= 24 * DAYS - 4
    (analyser,) = period["analysers"]
    assert analyser["channel"] == GAS
    (doubt,) = period["doubts"]
    assert doubt["correction"] < -HJ75_T_H  # of tonnes, not of per cent
    assert period["expanded_uncertainty"] > 1.9 * period["standard_uncertainty"] > 0


def test_a_declared_number_without_uncertainty_leaves_that_of_the_mass_unknown(
    monitored: Plant, asked: Asked
) -> None:
    """Told as a whole and by its inputs: the sum stays, its u is null."""
    area = {name: data for _, name, data in FILES}["area.toml"]
    bare = area.split(b"standard_uncertainty")[0].replace(b"AREA", b"AREA-2")
    bare = bare.replace(b"recorded_at = 2026-03-01", b"recorded_at = 2026-03-02")
    monitored.log_file(monitored.gw1, "setting", "area-2.toml", bare)
    monitored.judging.catch_up()
    (whole,) = told(asked.get(f"{BASE}&{WHOLE}"))
    for name, text in (("of-co2.toml", OF_CO2), ("of-mass.toml", OF_MASS)):
        monitored.log_file(monitored.gw1, "plan", name, text.encode())
    monitored.judging.catch_up()
    (by_inputs,) = told(asked.get(f"{BASE}&{WHOLE}"))
    for each in (whole, by_inputs):
        assert each["determination"]["totals"]["best_estimate"]["value"] > 0
        assert (each["standard_uncertainty"], each["expanded_uncertainty"]) == (None, None)


@pytest.mark.parametrize("code", ["E_MONITORED_NO_INPUT", "E_MONITORED_NO_DERIVATION"])
def test_a_plan_by_inputs_needs_some(monitored: Plant, asked: Asked, code: str) -> None:
    channel = CO2 if code == "E_MONITORED_NO_INPUT" else "jinan/cems/v_p"
    text = OF_MASS.replace(CO2, channel)
    monitored.log_file(monitored.gw1, "plan", "of-mass.toml", text.encode())
    monitored.judging.catch_up()
    answer = asked.get(f"/api/v1/monitored-data?channel={channel}&{WHOLE}")
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_an_hour_in_which_an_input_says_nothing_is_no_fault_and_not_zero(monitored: Plant) -> None:
    """Its checks with gas take all of its readings: the tonnes of that hour are not known."""
    faults = [fault.code for _, fault in monitored.store.lookup.faults(100)]
    assert "E_JUDGE" not in faults
    lookup = monitored.store.lookup
    span = lookup.span(CO2)
    assert span is not None
    hours = lookup.windows(CO2, span[0], span[1] + NS_PER_HOUR)
    empty = [each for each in hours if not each.tally.present]
    assert empty
    spans = [(each.start_ns, each.end_ns) for each in hours]
    points = {each.start_ns: each for each in of_hours(hours, spans)}
    assert {points[each.start_ns].value for each in empty} == {None}
    row = lookup.channel(CO2)
    assert row is not None
    assert row.last_value > 0.0
