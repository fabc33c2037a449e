"""GET /api/v1/activity-data: the numbers are activity_data's, kept under their digest."""

import math

import msgspec
import pytest

from calibration.coverage import expand
from calibration.uncertainty import merge, scaled
from evidence.clock import parse_utc
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData, component_of, digest_of
from tests.unit.collector.api.plant import (
    GAS,
    HEADS,
    LINE_1,
    LINE_2,
    MILL,
    POWER,
    SOFTWARE,
    STANDARD,
    Asked,
    Plant,
    batch,
    served,
    stream,
)

BASE = "/api/v1/activity-data"
APRIL = "2026-03-31T16:00:00Z"
WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"


def stated(asked: Asked, query: str) -> list[ActivityData]:
    answer = asked.get(f"{BASE}?{query}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=list[ActivityData])


def computed(plant: Plant, channel: str, start: str, end: str) -> ActivityData:
    period = (parse_utc(start), parse_utc(end))
    windows = plant.store.lookup.windows(channel, *period)
    measurand = HEADS[channel].measurand
    return activity_data(windows, measurand, period, software=SOFTWARE)


@pytest.mark.parametrize("channel", [LINE_1, LINE_2, POWER, GAS, MILL])
def test_the_total_is_what_activity_data_makes_of_the_windows(
    plant: Plant, asked: Asked, channel: str
) -> None:
    (found,) = stated(asked, f"channel={channel}&{WHOLE}")
    expected = computed(plant, channel, "2026-03-29T16:00:00Z", "2026-04-03T16:00:00Z")
    assert found == expected
    assert found.digest == digest_of(found)
    assert found.value > 0


def test_a_register_under_a_certificate_states_its_uncertainty_and_its_misses(asked: Asked) -> None:
    (found,) = stated(asked, f"channel={LINE_1}&start=2026-03-30&end=2026-03-31")
    assert (found.period.start, found.period.end) == (
        "2026-03-29T16:00:00Z",
        "2026-03-30T16:00:00Z",
    )
    assert (found.certificates, found.serials) == (("E-1",), ("S-1",))
    assert found.completeness.expected == 96
    # Polls 5 and 6, and the one at the closing midnight: an hour owns the poll that ends it.
    assert found.completeness.missing["timeout"] == 3
    assert found.value == pytest.approx(found.uncorrected_value / 1.002, rel=1e-9)
    assert STANDARD in {part.influence for part in found.components}
    assert found.standard_uncertainty is not None
    assert found.standard_uncertainty > 0.0004 * found.value


def test_days_and_months_begin_at_midnight_in_the_zone_that_is_named(asked: Asked) -> None:
    days = stated(asked, f"channel={LINE_1}&start=2026-03-30&end=2026-04-03&by=day")
    assert [each.period.start for each in days] == [
        f"2026-03-{day:02d}T16:00:00Z" for day in (29, 30, 31)
    ] + ["2026-04-01T16:00:00Z"]
    months = stated(asked, f"channel={LINE_1}&{WHOLE}&by=month")
    assert [each.period.start for each in months] == ["2026-03-29T16:00:00Z", APRIL]
    utc = stated(asked, f"channel={LINE_1}&{WHOLE}&by=month&tz=UTC")
    assert [each.period.start for each in utc][1] == "2026-04-01T00:00:00Z"


def test_periods_add_up_to_the_total(asked: Asked) -> None:
    (total,) = stated(asked, f"channel={LINE_2}&{WHOLE}")
    for by in ("hour", "day", "month", "quarter", "year"):
        parts = stated(asked, f"channel={LINE_2}&{WHOLE}&by={by}")
        assert math.fsum(each.value for each in parts) == pytest.approx(total.value, rel=1e-12)


def test_the_zone_is_echoed_and_periods_without_data_are_counted(asked: Asked) -> None:
    query = f"channel={LINE_1}&start=2026-03-01&end=2026-04-01&by=day"
    answer = asked.get(f"{BASE}?{query}")
    assert answer.headers["carbonmeter-time-zone"] == "Asia/Shanghai"
    assert answer.headers["carbonmeter-periods-without-data"] == "29"
    assert len(answer.json()) == 2


def test_without_a_channel_all_that_have_windows_are_stated(asked: Asked) -> None:
    found = stated(asked, WHOLE)
    assert [each.channel for each in found] == sorted([LINE_1, LINE_2, POWER, GAS, MILL])


def test_several_channels_are_stated_in_the_order_in_which_they_are_named(asked: Asked) -> None:
    named = f"{LINE_2},{LINE_1}"
    found = stated(asked, f"channels={named}&start=2026-03-30&end=2026-04-01")
    assert [each.channel for each in found] == [LINE_2, LINE_1]
    for wrong, code in (
        (f"channels={LINE_1},{LINE_1}", "E_TERMS"),
        (f"channels={LINE_1}&channel={LINE_1}", "E_QUERY"),
        (f"channels={LINE_1},", "E_CHANNEL_UNKNOWN"),
        ("channels=", "E_QUERY"),
    ):
        answer = asked.get(f"/api/v1/activity-data?{wrong}&start=2026-03-30&end=2026-04-01")
        assert answer.json()["code"] == code


def test_an_unknown_uncertainty_is_null_and_never_zero(asked: Asked) -> None:
    (found,) = stated(asked, f"channel={GAS}&{WHOLE}")
    assert found.u_basis == "unknown"
    assert found.standard_uncertainty is None
    assert found.expanded_uncertainty is None


def test_a_statement_is_found_again_by_its_digest_exactly_as_it_was_answered(asked: Asked) -> None:
    listed = asked.get(f"{BASE}?channel={LINE_1}&{WHOLE}").content
    digest = msgspec.json.decode(listed)[0]["digest"]
    answer = asked.get(f"{BASE}/{digest}")
    assert b"[" + answer.content + b"]" == listed
    assert answer.headers["etag"] == f'"{digest}"'
    assert "immutable" in answer.headers["cache-control"]


def test_whoever_has_a_statement_is_not_sent_it_again(asked: Asked) -> None:
    path = f"{BASE}?channel={LINE_1}&{WHOLE}"
    first = asked.get(path)
    again = asked.get(path, if_none_match=f'"other", W/{first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert asked.get(path, if_none_match='"other"').status_code == 200


def test_asking_twice_states_the_same_digest(asked: Asked) -> None:
    path = f"channel={LINE_1}&{WHOLE}&by=day"
    assert stated(asked, path) == stated(asked, path)


def test_what_arrives_later_makes_a_new_statement_that_names_the_old_one(fresh: Plant) -> None:
    parts = fresh.parts()
    asked = served(parts)
    fresh.log_profile()
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 0, 20)]))
    fresh.judging.catch_up()
    (before,) = stated(asked, f"channel={MILL}&{WHOLE}")
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 20, 20)]))
    fresh.judging.catch_up()
    (after,) = stated(asked, f"channel={MILL}&{WHOLE}")
    assert before.supersedes is None
    assert after.supersedes == before.digest
    assert after.value > before.value
    assert asked.get(f"{BASE}/{before.digest}").content == msgspec.json.encode(before)
    parts.sources.close()


def test_a_difference_of_meters_that_share_a_standard_keeps_what_they_have_in_common(
    plant: Plant, asked: Asked
) -> None:
    query = f"channels={LINE_1},{LINE_2}&factors=1,-1&{WHOLE}"
    answer = asked.get(f"{BASE}/combined?{query}").json()
    one, two = (
        computed(plant, channel, "2026-03-29T16:00:00Z", "2026-04-03T16:00:00Z")
        for channel in (LINE_1, LINE_2)
    )
    merged = merge(
        [component_of(part) for part in one.components],
        scaled([component_of(part) for part in two.components], -1.0),
    )
    assert answer["value"] == one.value - two.value
    assert answer["uncorrected_value"] == one.uncorrected_value - two.uncorrected_value
    assert answer["uncertainty"] == msgspec.to_builtins(expand(merged))
    assert answer["unit"] == "kW.h"
    assert answer["common_influences"] == [STANDARD]  # the clock moves nothing at an even load
    assert [term["digest"] for term in answer["terms"]] == [one.digest, two.digest]
    left = next(part for part in answer["components"] if part["influence"] == STANDARD)
    assert left["contribution"] == pytest.approx(4e-4 * (one.value - two.value), rel=1e-6)
    assert asked.get(f"{BASE}/{one.digest}").status_code == 200


def test_a_sum_of_a_register_and_an_integrated_rate_is_allowed_in_one_unit(asked: Asked) -> None:
    answer = asked.get(f"{BASE}/combined?channels={LINE_1},{POWER}&{WHOLE}")
    assert answer.status_code == 200
    assert answer.json()["unit"] == "kW.h"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        (f"channels={LINE_1},{GAS}", 422, "E_UNIT_MISMATCH"),
        (f"channels={GAS}", 422, "E_PERIOD"),
        (f"channels={LINE_1},{LINE_1}", 422, "E_TERMS"),
        (f"channels={LINE_1},{LINE_2}&factors=1", 422, "E_TERMS"),
        (f"channels={LINE_1}&factors=nan", 422, "E_TERMS"),
        (f"channels={LINE_1}&factors=1e999", 422, "E_TERMS"),
        (f"channels={LINE_1}&factors=0", 422, "E_TERMS"),
        (f"channels={LINE_1}&factors=１", 422, "E_TERMS"),
        (f"channels={LINE_1},", 404, "E_CHANNEL_UNKNOWN"),
        (f"channels={LINE_1},jinan/x/y", 404, "E_CHANNEL_UNKNOWN"),
        ("channels=" + ",".join(f"a/{n}" for n in range(101)), 422, "E_TERMS"),
    ],
)
def test_what_cannot_be_added_is_refused_by_name(
    asked: Asked, query: str, status: int, code: str
) -> None:
    answer = asked.get(f"{BASE}/combined?{query}&{WHOLE}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_measured_amount_is_held_against_a_calculated_one(asked: Asked) -> None:
    answer = asked.get(f"{BASE}/corroboration?measured={LINE_1}&calculated={POWER}&{WHOLE}").json()
    whole = asked.get(f"{BASE}/combined?channels={LINE_1},{POWER}&factors=1,-1&{WHOLE}").json()
    assert answer["difference"] == pytest.approx(whole["value"])
    assert answer["uncertainty"] == whole["uncertainty"]
    expanded = answer["uncertainty"]["expanded_uncertainty"]
    assert answer["e_n"] == pytest.approx(abs(answer["difference"]) / expanded)
    assert answer["agrees"] is (answer["e_n"] <= 1.0)
    assert asked.get(f"{BASE}/{answer['measured']['digest']}").status_code == 200


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [(GAS, 422, "E_UNIT_MISMATCH"), ("jinan/x/y", 404, "E_CHANNEL_UNKNOWN")],
)
def test_what_cannot_be_held_against_it_is_refused(
    asked: Asked, other: str, status: int, code: str
) -> None:
    answer = asked.get(f"{BASE}/corroboration?measured={LINE_1}&calculated={other}&{WHOLE}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_requests_at_once_get_the_same_statements(asked: Asked) -> None:
    answers = asked.many([f"{BASE}?{WHOLE}&by=day"] * 12)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
