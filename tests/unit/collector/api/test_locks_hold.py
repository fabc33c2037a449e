"""A lock holds where nothing would follow in its place now, or a refusal."""

import json
import sqlite3
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from collector import as_known
from collector.api.limits import AsOfSection
from collector.api.listed import DIFFERING, LOCKED, UNDIVIDED, WITHOUT_DATA
from collector.rights import Role
from evidence.bundle.outcome import Check
from evidence.log.batch import Stream
from evidence.log.column import progression
from evidence.log.entry import Action
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    PERIOD_MS,
    POWER,
    START_NS,
    Plant,
    batch,
    calibrated,
    served,
    shown,
    stream,
)
from tests.unit.collector.api.test_boundaries import LINE
from tests.unit.collector.api.test_entries import STEEL, tonnes
from tests.unit.collector.api.writing import Person, person, two_lines
from tests.unit.collector.test_entering import CLERK
from tests.unit.evidence.bundle.made import bundle_of, failed
from tests.unit.evidence.bundle.test_two_verifiers import MINIMAL

DATA = "/api/v1/activity-data"
TIME = "start=2026-03-30&end=2026-04-01"
WHY = {"reason": "first quarter closed"}
INDIA = "tz=Asia/Kolkata"
FIRST = f"start=2026-03-30&end=2026-03-31&{INDIA}"
DAYS = f"start=2026-03-30&end=2026-04-01&{INDIA}&by=day"
HOUR_MS = 3_600_000
HELD = {LOCKED: "1", DIFFERING: "1"}


@pytest.fixture
def plant(fresh: Plant) -> Plant:
    return two_lines(fresh)


@pytest.fixture
def clerk(plant: Plant) -> Person:
    return person(plant, "wang", Role.ANALYST)


def lock(who: Person, channel: str, query: str) -> dict[str, Any]:
    (datum,) = who.read(f"{DATA}?channel={channel}&{query}")
    for what in ("release", "lock"):
        who.does(f"{DATA}/{datum['digest']}/{what}", WHY)
    assert isinstance(datum, dict)
    return datum


def locked_entry(who: Person) -> tuple[dict[str, Any], int]:
    """A locked statement of what was entered, and the number of the entry."""
    body = {"entries": [tonnes("2026-03-30", "2026-04-01", 20.0)], "reason": "bills"}
    (entry,) = who.does("/api/v1/entries", body)["entries"]
    return lock(who, STEEL, TIME), entry


def corrects(who: Person, entry: int, content: object) -> None:
    told = {"content": content, "reason": "it was another month"}
    who.does(f"/api/v1/entries/{entry}/correction", told)


def lock_headers(answer: Any) -> dict[str, str]:  # noqa: ANN401 - an answer
    return {name: answer.headers[name] for name in HELD if name in answer.headers}


WITHDRAWN = None
MOVED = tonnes("2026-02-01", "2026-02-03", 20.0)


@pytest.mark.parametrize("content", [WITHDRAWN, MOVED], ids=["withdrawn", "moved"])
@pytest.mark.parametrize(
    "channel", [f"channel={STEEL}&", f"channels={LINE_1},{STEEL}&", ""], ids=["one", "some", "all"]
)
def test_a_list_has_what_is_locked_though_its_entry_was(
    plant: Plant, clerk: Person, channel: str, content: object
) -> None:
    before, entry = locked_entry(clerk)
    corrects(person(plant, "zhao", Role.ENGINEER), entry, content)
    answer = clerk.get(f"{DATA}?{channel}{TIME}")
    assert before in answer.json()
    assert lock_headers(answer) == HELD


def test_files_have_it_and_count_it(clerk: Person) -> None:
    before, entry = locked_entry(clerk)
    corrects(clerk, entry, WITHDRAWN)
    lines = clerk.get(f"{DATA}/export?format=json-lines&{TIME}").text.splitlines()
    assert before["digest"] in {json.loads(each).get("digest") for each in lines}
    end = json.loads(lines[-1])["end"]
    assert (end["statements"], end["locked"], end["locked_differing"]) == (3, 1, 1)
    csv = clerk.get(f"{DATA}/export?format=csv&{TIME}")
    assert before["digest"] in csv.text
    assert lock_headers(csv) == HELD


@pytest.mark.parametrize(
    ("question", "where"),
    [
        (f"combined?channels={STEEL}", "terms"),
        (f"ratio?numerator={LINE_1}&denominator={STEEL}", "denominator"),
    ],
)
def test_sums_and_ratios_are_of_it(clerk: Person, question: str, where: str) -> None:
    before, entry = locked_entry(clerk)
    corrects(clerk, entry, WITHDRAWN)
    answer = clerk.get(f"{DATA}/{question}&{TIME}")
    assert answer.status_code == 200, answer.text
    assert [each["digest"] for each in answer.json()[where]] == [before["digest"]]
    assert lock_headers(answer) == HELD


def test_a_corroboration_and_a_saved_boundary_are_of_it(plant: Plant, clerk: Person) -> None:
    body = {
        "entries": [tonnes("2026-03-30", "2026-04-01", 19.0, channel="jinan/~book/steel")],
        "reason": "another book",
    }
    clerk.does("/api/v1/entries", body)
    before, entry = locked_entry(clerk)
    bounded = {**LINE, "id": "jinan/steel", "terms": [{"channel": STEEL, "factor": "1"}]}
    told = {"boundary": bounded, "reason": "what the report is of", "replaces": None}
    engineer = person(plant, "zhao", Role.ENGINEER)
    saved = engineer.post("/api/v1/boundaries", told)
    assert saved.status_code == 201, saved.text
    corrects(clerk, entry, WITHDRAWN)
    sides = f"measured={STEEL}&calculated=jinan/~book/steel"
    held = clerk.get(f"{DATA}/corroboration?{sides}&{TIME}")
    assert held.json()["measured"]["value"] == 20.0
    whole = clerk.get(f"{DATA}/combined?boundary=jinan/steel&{TIME}")
    assert whole.json()["terms"][0]["digest"] == before["digest"]
    assert lock_headers(whole) == lock_headers(held) == HELD
    rows = clerk.get(f"{DATA}?boundary=jinan/steel&{TIME}")
    assert rows.json() == [before]


def test_the_channel_is_listed_with_its_last_entry_and_the_locked_hours(clerk: Person) -> None:
    _, entry = locked_entry(clerk)
    corrects(clerk, entry, WITHDRAWN)
    (seen,) = [each for each in clerk.read("/api/v1/channels") if each["channel"] == STEEL]
    assert (seen["last_value"], seen["measurand"]["unit"]) == (20.0, "t")
    assert seen["hours_from"] == "2026-03-29T16:00:00Z"
    assert seen["hours_to"] == "2026-03-31T16:00:00Z"


def test_hours_of_a_channel_reach_over_what_is_locked_and_what_stands(clerk: Person) -> None:
    _, entry = locked_entry(clerk)
    corrects(clerk, entry, MOVED)
    (seen,) = [each for each in clerk.read("/api/v1/channels") if each["channel"] == STEEL]
    assert seen["hours_from"] == "2026-01-31T16:00:00Z"
    assert seen["hours_to"] == "2026-03-31T16:00:00Z"


def test_once_it_is_unlocked_nothing_is_there_and_its_channel_is_gone(clerk: Person) -> None:
    before, entry = locked_entry(clerk)
    corrects(clerk, entry, WITHDRAWN)
    clerk.does(f"{DATA}/{before['digest']}/unlock", {"reason": "it was withdrawn"})
    assert clerk.get(f"{DATA}?channel={STEEL}&{TIME}").json()["code"] == "E_CHANNEL_UNKNOWN"
    assert clerk.read(f"{DATA}/{before['digest']}") == before


def test_only_that_period_and_kind_stands(clerk: Person) -> None:
    before, entry = locked_entry(clerk)
    corrects(clerk, entry, WITHDRAWN)
    other = clerk.get(f"{DATA}?channel={STEEL}&start=2026-03-30&end=2026-03-31")
    assert other.json() == []
    assert lock_headers(other) == {}
    days = clerk.get(f"{DATA}/combined?channels={STEEL}&start=2026-03-30&end=2026-03-31")
    assert days.json()["code"] == "E_PERIOD"
    # of a channel without any plan there is one kind
    assert clerk.read(f"{DATA}?channel={STEEL}&{TIME}&under_plan=true") == [before]


def test_as_of_an_instant_no_lock_counts(plant: Plant, clerk: Person) -> None:
    _, entry = locked_entry(clerk)
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 86_400_000_000_000)
    corrects(clerk, entry, MOVED)
    then = clerk.get(f"{DATA}?channel={STEEL}&{TIME}&as_of=2026-04-20")
    assert then.json() == []
    assert lock_headers(then) == {}


def test_whoever_may_not_see_the_site_sees_no_lock(plant: Plant, clerk: Person) -> None:
    _, entry = locked_entry(clerk)
    corrects(clerk, entry, WITHDRAWN)
    other = person(plant, "li", Role.ANALYST, "weifang")
    answer = other.get(f"{DATA}?{TIME}")
    assert (answer.json(), lock_headers(answer)) == ([], {})
    refused = other.get(f"{DATA}?channel={STEEL}&{TIME}")
    assert refused.json()["code"] == "E_CHANNEL_UNKNOWN"


def test_its_difference_is_that_nothing_follows(clerk: Person) -> None:
    before, entry = locked_entry(clerk)
    corrects(clerk, entry, WITHDRAWN)
    answer = clerk.get(f"{DATA}/{before['digest']}/difference")
    assert (answer.status_code, answer.json()["code"]) == (404, "E_NOTHING_FOLLOWS")
    assert clerk.get(f"{DATA}/{before['digest']}/record").json()["identity"]["locked"]
    none = clerk.get(f"{DATA}/{'0' * 64}/difference")
    assert none.json()["code"] == "E_STATEMENT_UNKNOWN"


@pytest.mark.parametrize("unit", ["kg", "unread"])
def test_one_that_cannot_be_compared_refuses_no_list_of_what_is_locked(
    plant: Plant, clerk: Person, unit: str
) -> None:
    before, entry = locked_entry(clerk)
    lock(clerk, LINE_1, TIME)
    if unit == "kg":
        corrects(clerk, entry, tonnes("2026-03-30", "2026-04-01", 20.0, unit=unit))
    else:
        enter_unread(plant)
    told = {each["channel"]: each for each in clerk.read(f"{DATA}/locked?compare=true")}
    assert (told[STEEL]["differs"], told[STEEL]["difference"]) == (True, None)
    assert told[LINE_1]["differs"] is False
    answer = clerk.get(f"{DATA}?channel={STEEL}&{TIME}")
    assert answer.json() == [before]
    assert lock_headers(answer) == HELD
    by_day = clerk.get(f"{DATA}?channel={STEEL}&{TIME}&by=day")
    assert by_day.status_code == (200 if unit == "kg" else 409)


def enter_unread(plant: Plant) -> None:
    """A newer version entered something that this one does not understand."""
    new = {"entered": "guess", "value": 1.0}
    with plant.parts().journal() as journal:
        journal.record(CLERK.act(Action.INVOICE, site="jinan", subject=STEEL, reason="r", new=new))


def test_it_is_made_again_without_the_file_in_which_statements_are_kept(
    plant: Plant, clerk: Person
) -> None:
    before, entry = locked_entry(clerk)
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 3_600_000_000_000)
    corrects(clerk, entry, WITHDRAWN)
    forget(plant)
    assert clerk.read(f"{DATA}?channel={STEEL}&{TIME}") == [before]


def test_one_that_cannot_be_made_again_is_no_gap(plant: Plant, clerk: Person) -> None:
    _, entry = locked_entry(clerk)
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 3_600_000_000_000)
    corrects(clerk, entry, WITHDRAWN)
    forget(plant)
    newer = Person(served(replace(plant.parts(), software="another version")), clerk.authorization)
    for channel in (f"channel={STEEL}&", ""):
        assert newer.get(f"{DATA}?{channel}{TIME}").json()["code"] == "E_LOCKED_LOST"


def forget(plant: Plant) -> None:
    with sqlite3.connect(plant.folder / "derived.db") as db:
        db.execute("DELETE FROM activity")
    db.close()


def power(first: int, count: int) -> Stream:
    return stream(POWER, first, count)


def hourly(channel: str, poll: int, count: int) -> Stream:
    """Readings of a channel once an hour, from a poll of the quarters of an hour on."""
    bare = stream(channel, poll, count)
    head = msgspec.structs.replace(bare.head, period_ms=HOUR_MS)
    at_ms = [START_NS // 1_000_000 + PERIOD_MS * poll + HOUR_MS * n for n in range(count)]
    found = msgspec.structs.replace(bare, head=head, at_ms=progression(at_ms))
    return calibrated(found) if channel == POWER else found


def polled(plant: Plant, *streams: Stream) -> None:
    """Its channels were read so, leaf by leaf."""
    for file in FILES:
        plant.log_file(plant.gw1, *file)
    took(plant, *streams)


def rated(plant: Plant, *streams: Stream) -> Person:
    """An analyst at a plant whose channels were read so."""
    polled(plant, *streams)
    return person(plant, "wang", Role.ANALYST)


def took(plant: Plant, *streams: Stream) -> None:
    for each in streams:
        plant.take(plant.gw1, batch(plant.gw1, [each]))
    plant.judging.catch_up()


def test_polls_that_become_rare_later_refuse_nothing_of_the_time_before(fresh: Plant) -> None:
    who = rated(fresh, power(0, 196))
    (before,) = who.read(f"{DATA}?channel={POWER}&{FIRST}")
    locked = lock(who, POWER, FIRST)
    took(fresh, hourly(POWER, 196, 30))
    answer = who.get(f"{DATA}?channel={POWER}&{FIRST}")
    assert answer.json() == [before] == [locked]
    assert lock_headers(answer) == HELD | {DIFFERING: "0"}
    everything = who.get(f"{DATA}?{FIRST}")
    assert everything.json() == [before]
    assert UNDIVIDED not in everything.headers
    cut = who.get(f"{DATA}?channel={POWER}&start=2026-03-31&end=2026-04-01&{INDIA}")
    assert (cut.status_code, cut.json()["code"]) == (422, "E_PERIOD")


@pytest.mark.parametrize("channel", [POWER, GAS])
@pytest.mark.parametrize("end", [98, 99, 100, 102])
def test_the_last_hour_before_rarer_polls_is_whole_and_proven(
    fresh: Plant, channel: str, end: int
) -> None:
    """The day ends with poll 106; the first rare ones may begin there, and no sooner."""
    polled(fresh, stream(channel, 0, 8 + end), hourly(channel, 8 + end, 30))
    answer = served(fresh.parts()).get(f"{DATA}?channel={channel}&{FIRST}")
    stands_from = 8 + end - (4 if channel == GAS else 0)
    if stands_from < 106:
        assert answer.json()["code"] == "E_PERIOD"
        return
    (found,) = answer.json()
    assert found["completeness"]["present"] == 96
    polls = range(10, 106) if channel == POWER else range(11, 107)
    w = PERIOD_MS / HOUR_MS if channel == POWER else 1.0
    expected = sum(shown(channel, each) for each in polls) * w
    assert found["uncorrected_value"] == pytest.approx(expected, rel=1e-12)
    data = bundle_of(fresh, channel, FIRST)
    assert failed(data) == set()
    assert MINIMAL.outcomes(data)[Check.VALUE][0] is True


def test_a_verifier_finds_a_reading_that_the_hours_of_a_statement_cut(
    fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector that states it all the same is found out."""
    polled(fresh, power(0, 60), hourly(POWER, 60, 30))
    monkeypatch.setattr(as_known, "require_whole", lambda *_: None)
    assert Check.CONTENT in failed(bundle_of(fresh, POWER, FIRST))


def late(fresh: Plant) -> tuple[Person, dict[str, Any]]:
    """A day of India is locked; then hourly readings come of it, and of the day after."""
    who = rated(fresh, power(0, 290))
    locked = lock(who, POWER, FIRST)
    took(fresh, hourly(POWER, 40, 3), hourly(POWER, 120, 3))
    return who, locked


@pytest.mark.parametrize("channel", [f"channel={POWER}&", ""], ids=["one", "all"])
def test_it_stands_where_hours_would_cut_readings_of_its_period_now(
    fresh: Plant, channel: str
) -> None:
    who, locked = late(fresh)
    answer = who.get(f"{DATA}?{channel}{FIRST}")
    assert answer.json() == [locked]
    assert lock_headers(answer) == HELD
    assert UNDIVIDED not in answer.headers
    whole = who.get(f"{DATA}/combined?channels={POWER}&{FIRST}")
    assert whole.json()["terms"][0]["digest"] == locked["digest"]
    again = who.get(f"{DATA}/{locked['digest']}/difference")
    assert again.json()["code"] == "E_NOTHING_FOLLOWS"


def test_beside_it_other_days_of_that_channel_are_left_out_of_a_list_of_all(fresh: Plant) -> None:
    who, locked = late(fresh)
    took(fresh, stream(LINE_1, 0, 290))
    answer = who.get(f"{DATA}?{DAYS}")
    assert [each["channel"] for each in answer.json()] == [LINE_1, LINE_1, POWER]
    assert answer.json()[-1] == locked
    assert lock_headers(answer) == HELD
    assert (answer.headers[UNDIVIDED], answer.headers[WITHOUT_DATA]) == ("1", "0")
    end = json.loads(who.get(f"{DATA}/export?format=json-lines&{DAYS}").text.splitlines()[-1])
    assert (end["end"]["channels_undivided"], end["end"]["locked"]) == (1, 1)
    assert end["end"]["periods_without_data"] == 0
    named = who.get(f"{DATA}?channel={POWER}&{DAYS}")
    assert named.json()["code"] == "E_PERIOD"


def test_channels_without_a_lock_that_were_always_read_rarely_are_left_out(fresh: Plant) -> None:
    who = rated(fresh, hourly(GAS, 0, 48), stream(LINE_1, 0, 290))
    answer = who.get(f"{DATA}?{FIRST}")
    assert [each["channel"] for each in answer.json()] == [LINE_1]
    assert answer.headers[UNDIVIDED] == "1"


def test_leaves_of_channels_that_are_left_out_do_not_count_as_judged_again(fresh: Plant) -> None:
    who = rated(fresh, hourly(GAS, 0, 14), hourly(GAS, 56, 14), stream(LINE_1, 0, 290))
    few = replace(fresh.parts(), as_of=AsOfSection(most_leaves=1))
    answer = Person(served(few), who.authorization).get(f"{DATA}?{FIRST}")
    assert [each["channel"] for each in answer.json()] == [LINE_1]


def test_one_whose_first_leaf_of_the_period_would_be_cut_is_not_left_out(fresh: Plant) -> None:
    who = rated(fresh, power(20, 180))
    locked = lock(who, POWER, FIRST)
    took(fresh, hourly(POWER, 12, 2))
    answer = who.get(f"{DATA}?{FIRST}")
    assert answer.json() == [locked]
    assert lock_headers(answer) == HELD


def test_it_stands_where_too_many_leaves_would_be_judged_again(fresh: Plant) -> None:
    who = rated(fresh, power(0, 60), power(60, 60), power(120, 90), stream(LINE_1, 0, 196))
    locked = lock(who, POWER, FIRST)
    few = replace(fresh.parts(), as_of=AsOfSection(most_leaves=1))
    asked = Person(served(few), who.authorization)
    answer = asked.get(f"{DATA}?channel={POWER}&{FIRST}")
    assert answer.json() == [locked]
    assert lock_headers(answer) == HELD
    both = asked.get(f"{DATA}/combined?channels={POWER},{LINE_1}&{FIRST}&factors=1,-1")
    assert both.json()["terms"][0]["digest"] == locked["digest"]
    file = asked.get(f"{DATA}/export?format=json-lines&channel={POWER}&{FIRST}").text
    end = json.loads(file.splitlines()[-1])["end"]
    assert (end["locked"], end["locked_differing"]) == (1, 1)
    for question in (f"?channel={POWER}&{FIRST}&by=hour", f"/{locked['digest']}/difference"):
        assert asked.get(DATA + question).json()["code"] == "E_AS_OF_LIMIT"
    (row,) = asked.read(f"{DATA}/locked?compare=true")
    assert (row["differs"], row["difference"]) == (True, None)
