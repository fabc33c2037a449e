"""Accounting days that do not begin at a full hour of UTC: told from the readings, and proven."""

import io
import math
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from collector.api import touched
from collector.api.limits import AsOfSection
from collector.api.listed import UNDIVIDED
from collector.api.paging import NEXT
from evidence.bundle import streams
from evidence.bundle.form import STATEMENT
from evidence.bundle.outcome import Check
from evidence.bundle.verify import verify
from evidence.clock import parse_utc
from evidence.judging.judge import Judge
from evidence.log.batch import Stream
from evidence.log.column import progression
from evidence.statement.datum import ActivityData, Period, digest_of
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    LINE_2,
    PERIOD_MS,
    POWER,
    START_NS,
    Asked,
    Plant,
    batch,
    calibrated,
    served,
    shown,
    stream,
)
from tests.unit.collector.api.test_releases import corrected
from tests.unit.collector.api.test_stack import CO2, HJ75_T_H, stack  # noqa: F401 - a fixture
from tests.unit.collector.api.test_under_plan import WHY, clerk
from tests.unit.collector.api.writing import two_lines
from tests.unit.evidence.bundle.made import bundle_of, failed, members, packed
from tests.unit.evidence.bundle.test_two_verifiers import MINIMAL

DATA = "/api/v1/activity-data"
INDIA = "tz=Asia/Kolkata"
DAY = f"start=2026-03-31&end=2026-04-01&{INDIA}"
SPAN_NS = parse_utc("2026-03-30T18:30:00Z"), parse_utc("2026-03-31T18:30:00Z")
POLLS = [(at_ns - START_NS) // (PERIOD_MS * 1_000_000) for at_ns in SPAN_NS]
"""Numbers of the polls at the beginning of that day and at its end."""
HOUR_MS = 3_600_000


def stated(asked: Asked, channel: str, query: str) -> list[ActivityData]:
    answer = asked.get(f"{DATA}?channel={channel}&{query}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=list[ActivityData])


def refused(asked: Asked, query: str) -> tuple[str, str]:
    answer = asked.get(f"{DATA}?{query}")
    assert answer.status_code == 422, answer.text
    return answer.json()["code"], answer.json()["where"]


def test_a_day_of_a_register_is_what_it_grew_by_from_midnight_to_midnight(asked: Asked) -> None:
    (found,) = stated(asked, LINE_2, DAY)
    opening, closing = (shown(LINE_2, poll) for poll in POLLS)
    assert (found.period.start, found.period.end) == (
        "2026-03-30T18:30:00Z",
        "2026-03-31T18:30:00Z",
    )
    assert found.uncorrected_value == pytest.approx(closing - opening, abs=1e-9)
    assert found.opening is not None
    assert (found.opening.at, found.opening.value) == (found.period.start, opening)
    assert (found.completeness.hours, found.completeness.present) == (24, 96)


def test_a_day_of_interval_amounts_and_one_of_a_rate_are_the_sums_of_their_polls(
    asked: Asked,
) -> None:
    (gas,) = stated(asked, GAS, f"start=2026-03-30&end=2026-03-31&{INDIA}")
    first, last = (poll - 96 for poll in POLLS)
    assert gas.value == pytest.approx(
        math.fsum(shown(GAS, poll) for poll in range(first + 1, last + 1)), rel=1e-12
    )
    (power,) = stated(asked, POWER, f"start=2026-03-30&end=2026-03-31&{INDIA}")
    missed = {5, 6, 96 + 5, 96 + 6}
    polls = [poll for poll in range(first, last) if poll not in missed]
    assert power.completeness.present == len(polls)
    assert power.uncorrected_value == pytest.approx(
        math.fsum(shown(POWER, poll) for poll in polls) * PERIOD_MS / HOUR_MS, rel=1e-12
    )


def test_days_join_and_add_up_to_the_whole_with_its_uncertainty(asked: Asked) -> None:
    """Readings at midnight belong to both days, and cancel in what is longer."""
    query = f"start=2026-03-30&end=2026-04-02&{INDIA}"
    days, (whole,) = stated(asked, LINE_2, f"{query}&by=day"), stated(asked, LINE_2, query)
    assert len(days) == 3
    assert all(one.period.end == other.period.start for one, other in pairwise(days))
    assert math.fsum(each.value for each in days) == pytest.approx(whole.value, rel=1e-12)
    added: dict[str, float] = {}
    for part in (part for each in days for part in each.components):
        added[part.influence] = added.get(part.influence, 0.0) + part.contribution
    u = math.sqrt(math.fsum(each**2 for each in added.values()))
    assert u == pytest.approx(whole.standard_uncertainty, rel=1e-9)


def test_hours_and_half_hours_of_a_day_lie_where_the_kept_ones_do_not(asked: Asked) -> None:
    """Two days that differ by half an hour differ by the readings of these half hours alone."""
    (own,), (utc,) = (
        stated(asked, LINE_2, each)
        for each in (DAY, "start=2026-03-30T18:00:00Z&end=2026-03-31T18:00:00Z")
    )
    ends = (shown(LINE_2, poll) - shown(LINE_2, poll - 2) for poll in reversed(POLLS))
    later, earlier = ends
    assert own.uncorrected_value - utc.uncorrected_value == pytest.approx(later - earlier)
    hours = stated(asked, LINE_2, f"{DAY}&by=hour")
    assert [each.period.start[13:] for each in hours] == [":30:00Z"] * 24


def test_a_computed_channel_is_computed_from_hours_that_begin_where_its_own_do(
    stack: Plant,  # noqa: F811 - a fixture
) -> None:
    parts = stack.parts()
    (found,) = stated(served(parts), CO2, "start=2026-03-29T16:30:00Z&end=2026-03-29T19:30:00Z")
    parts.sources.close()
    assert found.value == pytest.approx(3 * HJ75_T_H, rel=1e-8)
    assert found.completeness.ratio == 1.0
    assert (
        failed(bundle_of(stack, CO2, "start=2026-03-29T16:30:00Z&end=2026-03-29T19:30:00Z"))
        == set()
    )


def test_it_is_kept_under_its_digest_and_told_as_it_was_known(fresh: Plant) -> None:
    fresh.fill()
    parts = fresh.parts()
    asked = served(parts)
    (found,) = stated(asked, LINE_1, DAY)
    again = asked.get(f"{DATA}/{found.digest}")
    assert msgspec.json.decode(again.content, type=ActivityData) == found
    (then,) = stated(asked, LINE_1, f"{DAY}&as_of=2026-04-20")
    assert then == found
    assert stated(asked, LINE_1, f"{DAY}&as_of=2026-03-01") == []
    parts.sources.close()


def test_sums_ratios_and_files_take_such_days_too(asked: Asked) -> None:
    names = f"channels={LINE_1},{LINE_2}"
    one, other = (stated(asked, each, DAY)[0] for each in (LINE_1, LINE_2))
    whole = asked.get(f"{DATA}/combined?{names}&{DAY}").json()
    assert whole["value"] == pytest.approx(one.value + other.value, rel=1e-12)
    file = asked.get(f"{DATA}/export?format=json-lines&{names}&{DAY}")
    assert file.status_code == 200, file.text
    assert one.digest in file.text


@pytest.mark.parametrize("channel", [LINE_1, LINE_2, POWER, GAS])
def test_its_bundle_proves_it(plant: Plant, channel: str) -> None:
    day = f"start=2026-03-30&end=2026-03-31&{INDIA}"
    assert failed(bundle_of(plant, channel, day)) == set()


@pytest.mark.parametrize("end", ["2026-03-31T18:20:00Z", "2026-03-31T18:30:00.5Z"])
def test_a_period_that_no_collector_states_fails_by_both_verifiers(plant: Plant, end: str) -> None:
    """Its digest made to fit: both would else find that the register grew by so much."""
    parts = members(bundle_of(plant, LINE_2, DAY))
    datum = msgspec.json.decode(parts[STATEMENT], type=ActivityData)
    start = end.replace("-31T", "-30T")
    odd = msgspec.structs.replace(datum, period=Period(start=start, end=end))
    odd = msgspec.structs.replace(odd, digest=digest_of(odd))
    parts[STATEMENT] = msgspec.json.encode(odd)
    data = packed(parts, lambda each: msgspec.structs.replace(each, activity=odd.digest))
    assert Check.VALUE in failed(data)
    assert MINIMAL.outcomes(data)[Check.VALUE] == (
        False,
        "Wrong: its period is not of full hours",
    )


def test_a_verifier_that_folds_by_hours_of_utc_finds_nothing_that_follows(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test before: the grid is what makes the figures follow."""
    data = bundle_of(plant, LINE_2, DAY)

    def by_utc(*given: object, grid_ns: int, **named: object) -> Judge:
        assert grid_ns == 30 * 60 * 1_000_000_000
        return Judge(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(streams, "Judge", by_utc)
    found = {each.id: each.result for each in verify(io.BytesIO(data)).outcomes}
    assert found[Check.VALUE].value == "failed"


def test_rules_count_hours_of_utc_so_nothing_is_told_under_a_plan(
    monitored: Plant,
) -> None:
    parts = monitored.parts()
    asked = served(parts)
    day = f"channel={CO2}&start=2026-04-03&end=2026-04-04&{INDIA}"
    assert len(stated(asked, CO2, day.partition("&")[2])) == 1
    assert refused(asked, f"{day}&under_plan=true") == ("E_PERIOD", CO2)
    assert refused(asked, f"{day}&under_plan=true&as_of=2026-06-01") == ("E_PERIOD", CO2)
    monitored_data = asked.get(f"/api/v1/monitored-data?{day}")
    assert monitored_data.json()["code"] == "E_PERIOD"
    parts.sources.close()


def test_a_reading_that_stands_for_longer_is_not_cut_in_two(fresh: Plant) -> None:
    """Of hourly amounts nobody knows which half hour they are of; a register is read between."""
    plant = fresh
    for file in FILES:
        plant.log_file(plant.gw1, *file)
    hourly = stream(GAS, 0, 48)
    head = msgspec.structs.replace(hourly.head, period_ms=HOUR_MS)
    at_ms = progression([START_NS // 1_000_000 + HOUR_MS * n for n in range(48)])
    streams = [msgspec.structs.replace(hourly, head=head, at_ms=at_ms), stream(LINE_1, 0, 192)]
    plant.take(plant.gw1, batch(plant.gw1, streams))
    plant.judging.catch_up()
    parts = plant.parts()
    asked = served(parts)
    day = f"start=2026-03-30&end=2026-03-31&{INDIA}"
    assert refused(asked, f"channel={GAS}&{day}") == ("E_PERIOD", GAS)
    said = asked.get(f"{DATA}?channel={GAS}&{day}").json()["detail"]
    assert "a reading stands for 3600 s" in said
    assert "1800 s behind those of UTC" in said
    assert stated(asked, GAS, day.replace("Kolkata", "Shanghai"))
    assert stated(asked, LINE_1, day)
    parts.sources.close()


def polled_anew(plant: Plant) -> None:
    """Interval amounts that were read hourly for a day, and each quarter of an hour since."""
    for file in FILES:
        plant.log_file(plant.gw1, *file)
    hourly = stream(GAS, 0, 24)
    at_ms = progression([START_NS // 1_000_000 + HOUR_MS * n for n in range(24)])
    head = msgspec.structs.replace(hourly.head, period_ms=HOUR_MS)
    plant.take(
        plant.gw1, batch(plant.gw1, [msgspec.structs.replace(hourly, head=head, at_ms=at_ms)])
    )
    plant.take(plant.gw1, batch(plant.gw1, [stream(GAS, 96, 192)]))
    plant.judging.catch_up()


def test_nothing_is_told_too_low_where_polls_became_more_frequent(fresh: Plant) -> None:
    """The channel's last head says nothing of the time before: each leaf has its own."""
    polled_anew(fresh)
    parts = fresh.parts()
    asked = served(parts)
    both = "start=2026-03-30&end=2026-04-01"
    assert refused(asked, f"channel={GAS}&{both}&{INDIA}") == ("E_PERIOD", GAS)
    assert stated(asked, GAS, f"{both}&tz=Asia/Shanghai")
    assert stated(asked, GAS, f"start=2026-04-01&end=2026-04-02&{INDIA}")
    parts.sources.close()


def test_what_was_found_wrong_says_nothing_of_how_a_channel_is_read(fresh: Plant) -> None:
    """A stream whose numbers do not follow from its bytes is in the quarantine, hourly or not."""
    fresh.fill()
    bare = stream(GAS, 150, 4)
    head = msgspec.structs.replace(bare.head, period_ms=HOUR_MS)
    wrong = msgspec.structs.replace(bare, head=head, indication=(1.0, 2.0, 3.0, 4.0))
    fresh.take(fresh.gw1, batch(fresh.gw1, [wrong]))
    fresh.judging.catch_up()
    assert any(channel == GAS for *_, channel in fresh.store.lookup.faulty())
    parts = fresh.parts()
    assert stated(served(parts), GAS, DAY)
    parts.sources.close()


def test_lists_of_what_is_locked_and_touched_stay_whole_when_polls_were_rare(
    fresh: Plant,
) -> None:
    """A question that would be refused now has no answer to compare with; the others have."""
    fresh.fill()
    who = clerk(fresh)
    rows = [
        (POWER, f"start=2026-03-30&end=2026-03-31&{INDIA}"),
        (LINE_1, "start=2026-03-31&end=2026-04-01"),
    ]
    for channel, day in rows:
        (datum,) = who.read(f"{DATA}?channel={channel}&{day}")
        for what in ("release", "lock"):
            who.does(f"{DATA}/{datum['digest']}/{what}", WHY)
    fresh.take(fresh.gw1, batch(fresh.gw1, [calibrated_rarely(40, 3)]))  # it came late
    fresh.judging.catch_up()
    told = {each["channel"]: each for each in who.read(f"{DATA}/locked?compare=true")}
    assert (told[POWER]["differs"], told[POWER]["difference"]) == (True, None)
    assert told[LINE_1]["differs"] is False
    rests = who.read(f"{DATA}/touched?certificate=P-1&since=2027-01-01")
    assert (rests["statements"], rests["unchanged"], rests["untold"]) == ([], 0, 1)


def test_where_no_channel_is_named_those_that_would_be_cut_in_two_are_left_out_and_counted(
    fresh: Plant,
) -> None:
    fresh.fill()
    fresh.take(fresh.gw1, batch(fresh.gw1, [calibrated_rarely(POLLS[0] + 10, 3)]))
    fresh.judging.catch_up()
    parts = fresh.parts()
    asked = served(parts)
    whole, day = (asked.get(f"{DATA}?{each}") for each in (DAY.partition("&tz")[0], DAY))
    left_out = {each["channel"] for each in whole.json()} - {each["channel"] for each in day.json()}
    assert left_out == {POWER}
    assert (whole.headers.get(UNDIVIDED), day.headers[UNDIVIDED]) == (None, "1")
    file = asked.get(f"{DATA}/export?format=json-lines&{DAY}").text
    assert msgspec.json.decode(file.splitlines()[-1])["end"]["channels_undivided"] == 1
    csv = asked.get(f"{DATA}/export?format=csv&{DAY}")
    assert csv.headers[UNDIVIDED] == "1"
    assert POWER not in csv.text
    parts.sources.close()


def test_slow_questions_to_what_was_touched_are_answered_by_more_pages(
    fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_lines(fresh)
    parts = fresh.parts()
    asked, days = served(parts), ("2026-03-30", "2026-03-31", "2026-04-01")
    for start, end in pairwise(days):
        stated(asked, LINE_1, f"start={start}&end={end}&{INDIA}")
    corrected(fresh)
    (whole,) = _pages(asked)
    monkeypatch.setattr(touched, "MOST_SLOW", 1)
    one, other = _pages(asked)
    assert len(whole) == 2
    assert [*one, *other] == whole
    parts.sources.close()


def _pages(asked: Asked) -> list[list[object]]:
    """The statements of each page of what a certificate touched."""
    found, query = [], "certificate=E-1"
    while query:
        answer = asked.get(f"{DATA}/touched?{query}")
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["statements"])
        following = answer.headers.get(NEXT)
        query = f"certificate=E-1&cursor={following}" if following else ""
    return found


def calibrated_rarely(first: int, count: int) -> Stream:
    """Readings of the power, once an hour."""
    bare = stream(POWER, first, count)
    head = msgspec.structs.replace(bare.head, period_ms=HOUR_MS)
    at_ms = [START_NS // 1_000_000 + PERIOD_MS * first + HOUR_MS * n for n in range(count)]
    return calibrated(msgspec.structs.replace(bare, head=head, at_ms=progression(at_ms)))


def test_so_many_leaves_as_are_judged_for_one_answer_are_the_most(plant: Plant) -> None:
    parts = replace(plant.parts(), as_of=AsOfSection(most_leaves=1))
    asked = served(parts)
    assert refused(asked, f"channel={LINE_1}&{DAY}") == ("E_AS_OF_LIMIT", "start, end")
    assert asked.get(f"{DATA}?channel={LINE_1}&{DAY}".replace("Kolkata", "Shanghai")).is_success
    parts.sources.close()
