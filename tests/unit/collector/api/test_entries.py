"""Entries over HTTP: by JSON and CSV, corrected, seen, and in statements beside polled channels."""

from typing import Any

import pytest

from collector.rights import Role
from tests.unit.collector.api.plant import LINE_1, LINE_2, Plant
from tests.unit.collector.api.writing import Person, person, two_lines

STEEL = "jinan/~scale/steel"
APRIL = "start=2026-03-30&end=2026-04-01"


@pytest.fixture
def plant(fresh: Plant) -> Plant:
    return two_lines(fresh)


@pytest.fixture
def clerk(plant: Plant) -> Person:
    return person(plant, "wang", Role.ANALYST)


def tonnes(start: str, end: str, value: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "entered": "amount",
        "channel": STEEL,
        "kind_of_quantity": "mass",
        "unit": "t",
        "start": f"{start}T00:00:00+08:00",
        "end": f"{end}T00:00:00+08:00",
        "value": value,
        "relative_standard_uncertainty": 0.005,
        "source": "weighing book 7",
    } | more


def test_what_is_entered_is_in_the_journal_and_makes_a_statement(clerk: Person) -> None:
    body = {"entries": [tonnes("2026-03-30", "2026-04-01", 20.0)], "reason": "end of the month"}
    (entry,) = clerk.does("/api/v1/entries", body)["entries"]
    (datum,) = clerk.read(f"/api/v1/activity-data?channel={STEEL}&{APRIL}")
    assert (datum["value"], datum["unit"], datum["u_basis"]) == (20.0, "t", "stated")
    assert datum["entered"] == {
        "share": 1.0,
        "entries": [entry],
        "by": ["token:wang"],
        "sources": ["weighing book 7"],
    }
    assert datum["completeness"]["ratio"] == 1.0
    # it is kept under its digest, like any other
    assert clerk.read(f"/api/v1/activity-data/{datum['digest']}") == datum
    names = {each["channel"] for each in clerk.read(f"/api/v1/activity-data?{APRIL}")}
    assert {STEEL, LINE_1, LINE_2} <= names
    (seen,) = [each for each in clerk.read("/api/v1/channels") if each["channel"] == STEEL]
    assert (seen["agent"], seen["last_value"], seen["u_basis"]) == ("", 20.0, "stated")
    assert (seen["hours_from"], seen["hours_to"]) == (
        "2026-03-29T16:00:00Z",
        "2026-03-31T16:00:00Z",
    )


def test_a_correction_makes_another_version_and_both_stay_readable(clerk: Person) -> None:
    (entry,) = clerk.does(
        "/api/v1/entries", {"entries": [tonnes("2026-03-30", "2026-04-01", 2.0)], "reason": "bills"}
    )["entries"]
    (before,) = clerk.read(f"/api/v1/activity-data?channel={STEEL}&{APRIL}")
    told = {"content": tonnes("2026-03-30", "2026-04-01", 20.0), "reason": "a digit was lost"}
    (later,) = clerk.does(f"/api/v1/entries/{entry}/correction", told)["entries"]
    (after,) = clerk.read(f"/api/v1/activity-data?channel={STEEL}&{APRIL}")
    assert (after["value"], after["supersedes"]) == (20.0, before["digest"])
    first, second = clerk.read(f"/api/v1/entries?channel={STEEL}")
    assert (first["standing"], first["corrected_by"]) == (False, later)
    assert (second["standing"], second["corrects"], second["reason"]) == (
        True,
        entry,
        "a digit was lost",
    )
    assert [e["entry"] for e in clerk.read("/api/v1/entries?standing=true")] == [later]
    moved = clerk.read(f"/api/v1/activity-data/{before['digest']}/difference")
    assert moved["difference"] == 18.0
    assert moved["in_common_unit"]["unit"] == "t"
    assert moved["in_common_unit"]["standard_uncertainty"] == pytest.approx(18.0 * 0.005)


def test_as_of_an_instant_only_what_was_entered_by_then_counts(plant: Plant, clerk: Person) -> None:
    body = {"entries": [tonnes("2026-03-30", "2026-03-31", 9.0)], "reason": "bills"}
    clerk.does("/api/v1/entries", body)
    (before,) = clerk.read(f"/api/v1/activity-data?channel={STEEL}&{APRIL}")
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 86_400_000_000_000)
    clerk.does(
        "/api/v1/entries",
        {"entries": [tonnes("2026-03-31", "2026-04-01", 11.0)], "reason": "bills"},
    )
    asked = f"/api/v1/activity-data?channel={STEEL}&{APRIL}"
    assert clerk.read(asked)[0]["value"] == 20.0
    assert clerk.read(f"{asked}&as_of=2026-04-06")[0] == before
    assert clerk.read(f"/api/v1/entries?channel={STEEL}&as_of=2026-04-06&standing=true") != []
    assert clerk.read(f"{asked}&as_of=2026-04-01") == []


def test_energy_for_each_tonne_has_the_products_own_uncertainty(clerk: Person) -> None:
    clerk.does(
        "/api/v1/entries",
        {"entries": [tonnes("2026-03-30", "2026-04-01", 20.0)], "reason": "bills"},
    )
    (energy,) = clerk.read(f"/api/v1/activity-data?channel={LINE_2}&{APRIL}")
    asked = f"/api/v1/activity-data/ratio?numerator={LINE_2}&denominator={STEEL}&{APRIL}"
    found = clerk.read(asked)
    assert found["unit"] == "kW.h/t"
    assert found["value"] == pytest.approx(energy["value"] / 20.0, rel=1e-12)
    relative = energy["standard_uncertainty"] / energy["value"]
    assert found["relative_standard_uncertainty"] == pytest.approx(
        (relative**2 + 0.005**2) ** 0.5, rel=1e-9
    )
    assert found["entered_share"] == 1.0
    assert found["complete"] is True
    both = clerk.read(
        f"/api/v1/activity-data/ratio?numerator={LINE_1},{LINE_2}&factors=1,-1&denominator={STEEL}"
        f"&{APRIL}"
    )
    assert both["common_influences"] == []
    assert [each["factor"] for each in both["numerator"]] == [1.0, -1.0]


def test_what_polled_meters_share_cancels_in_their_ratio(clerk: Person) -> None:
    found = clerk.read(
        f"/api/v1/activity-data/ratio?numerator={LINE_1}&denominator={LINE_2}&{APRIL}"
    )
    assert found["unit"] == "1"
    assert found["common_influences"] == ["clock:gw-1", "std:SDIM/E-17"]
    shared = [c for c in found["components"] if c["influence"] == "std:SDIM/E-17"]
    assert shared[0]["contribution"] == pytest.approx(0.0, abs=1e-9)


def test_a_sum_says_how_much_of_it_people_entered(clerk: Person) -> None:
    grid = tonnes("2026-03-30", "2026-04-01", 100.0, channel="jinan/~grid/energy", unit="kW.h")
    grid |= {"kind_of_quantity": "active_energy"}
    clerk.does("/api/v1/entries", {"entries": [grid], "reason": "bills"})
    asked = "/api/v1/activity-data/combined?channels="
    found = clerk.read(f"{asked}{LINE_2},jinan/~grid/energy&{APRIL}")
    (energy,) = clerk.read(f"/api/v1/activity-data?channel={LINE_2}&{APRIL}")
    assert found["entered_share"] == pytest.approx(100.0 / (100.0 + energy["value"]))
    assert "entered_share" not in clerk.read(f"{asked}{LINE_1},{LINE_2}&{APRIL}")


def test_a_table_is_entered_whole_or_not_at_all(clerk: Person) -> None:
    head = "entered,channel,kind_of_quantity,unit,start,end,value,source\n"
    rows = [
        f"amount,{STEEL},mass,t,2026-03-{day}T00:00:00Z,2026-03-{day + 1}T00:00:00Z,5,note {day}\n"
        for day in (20, 21, 22)
    ]
    kind = "text/csv; charset=utf-8"
    table, path = (head + "".join(rows) + rows[0]).encode(), "/api/v1/entries?reason=bills"
    why = clerk.post("/api/v1/entries", table, kind)
    assert (why.status_code, why.json()["code"]) == (422, "E_JOURNAL_REASON")
    twice = clerk.post(path, table, kind)
    assert twice.status_code == 201, twice.text
    assert len(twice.json()["entries"]) == 4
    assert len(set(twice.json()["entries"])) == 3
    overlap = rows[1].replace("21T00:00:00Z,2026", "20T12:00:00Z,2026")
    wrong = clerk.post(path, (head + overlap).encode(), kind)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "E_ENTRY_OVERLAP")
    assert len(clerk.read("/api/v1/entries")) == 3


REFUSED: tuple[tuple[object, int, str], ...] = (
    (b"{", 422, "E_JSON_BODY"),
    (b"[]", 422, "E_JSON_BODY"),
    (b'{"entries": [], "reason": "bills"}', 422, "E_JSON_BODY"),
    (b'{"entries": [], "entries": [1]}', 422, "E_JSON_BODY"),
    (b'{"entries": [NaN], "reason": "bills"}', 422, "E_JSON_BODY"),
    (b"\xff", 422, "E_JSON_BODY"),
    (b"[" * 60_000, 422, "E_JSON_BODY"),
    (
        {"entries": [tonnes("2026-03-30", "2026-04-01", -1.0)], "reason": "bills"},
        422,
        "E_ENTRY_VALUE",
    ),
    (
        {"entries": [tonnes("2026-03-30", "2026-04-01", 1.0, unit="kW.h")], "reason": "bills"},
        422,
        "E_UNIT",
    ),
    (
        {"entries": [tonnes("2026-03-30", "2026-04-01", 1.0, channel=LINE_1)], "reason": "bills"},
        422,
        "E_ENTRY",
    ),
    (
        {"entries": [tonnes("2026-03-30", "2027-04-01", 1.0)], "reason": "bills"},
        422,
        "E_ENTRY_VALUE",
    ),
    (
        {"entries": [tonnes("2026-03-30", "2026-04-01", 1.0, more=1)], "reason": "bills"},
        422,
        "E_JSON_BODY",
    ),
    ({"entries": [{"entered": "guess"}], "reason": "bills"}, 422, "E_JSON_BODY"),
)


def test_a_body_that_cannot_be_used_is_refused_and_nothing_is_entered(
    fresh: Plant,
) -> None:
    clerk = person(fresh, "wang", Role.ANALYST)
    for body, status, code in REFUSED:
        answer = clerk.post("/api/v1/entries", body)
        assert answer.status_code == status, answer.text
        assert answer.json()["code"].startswith(code), answer.text
    assert clerk.read("/api/v1/entries") == []


def test_another_kind_of_body_is_refused(fresh: Plant) -> None:
    clerk = person(fresh, "wang", Role.ANALYST)
    answer = clerk.post("/api/v1/entries", b"<a/>", "text/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "E_MEDIA_TYPE")


def test_who_may_not_enter_does_not_and_no_site_but_ones_own(fresh: Plant) -> None:
    body = {"entries": [tonnes("2026-03-30", "2026-04-01", 1.0)], "reason": "bills"}
    auditor = person(fresh, "chen", Role.AUDITOR)
    assert auditor.post("/api/v1/entries", body).status_code == 403
    other = person(fresh, "li", Role.ANALYST, "weifang")
    assert other.post("/api/v1/entries", body).status_code == 404
    assert auditor.read("/api/v1/entries") == []
    own = person(fresh, "wang", Role.ANALYST, "jinan")
    (entry,) = own.does("/api/v1/entries", body)["entries"]
    told = {"content": None, "reason": "not mine"}
    assert other.post(f"/api/v1/entries/{entry}/correction", told).status_code == 404
    assert other.read("/api/v1/entries") == []
    assert other.get(f"/api/v1/activity-data?channel={STEEL}&{APRIL}").status_code == 404
    assert len(own.read("/api/v1/entries")) == 1


def test_nobody_enters_anything_without_a_name(fresh: Plant) -> None:
    from tests.unit.collector.api.plant import served  # noqa: PLC0415

    answer = served(fresh.parts()).send(
        "POST", "/api/v1/entries", {"content-type": "application/json"}, b"{}"
    )
    assert answer.status_code == 401


GAS = "jinan/~gas-1/volume"
READ = {
    "entered": "reading",
    "channel": GAS,
    "kind_of_quantity": "volume",
    "unit": "m3",
    "resolution": 1.0,
    "source": "logbook",
}


def shown(at: str, value: float, serial: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return READ | {"at": f"{at}:00+08:00", "value": value, "serial": serial} | more


def test_an_exchange_that_is_entered_newest_first_and_corrected_keeps_its_amount(
    clerk: Person,
) -> None:
    readings = [
        shown("2026-04-01T00:00", 110.0, "B"),
        shown("2026-03-31T12:00", 10.0, "B"),
        shown("2026-03-31T12:00", 500.0, "A"),
        shown("2026-03-30T00:00", 100.0, "A"),
    ]
    entries = clerk.does("/api/v1/entries", {"entries": readings, "reason": "March"})["entries"]
    address = f"/api/v1/activity-data?channel={GAS}&{APRIL}"
    (datum,) = clerk.read(address)
    assert (datum["value"], datum["completeness"]["ratio"]) == (500.0, 1.0)
    (seen,) = [each for each in clerk.read("/api/v1/channels") if each["channel"] == GAS]
    assert seen["last_value"] == 110.0
    told = {"content": shown("2026-03-31T12:00", 501.0, "A"), "reason": "a digit"}
    clerk.does(f"/api/v1/entries/{entries[2]}/correction", told)
    (datum,) = clerk.read(address)
    assert (datum["value"], datum["completeness"]["ratio"]) == (501.0, 1.0)


def test_what_a_channel_shows_last_is_the_meter_that_was_put_in_place(clerk: Person) -> None:
    readings = [
        shown("2026-03-30T00:00", 100.0, "A"),
        shown("2026-03-31T12:00", 500.0, "A"),
        shown("2026-03-31T12:00", 10.0, "B"),
    ]
    clerk.does("/api/v1/entries", {"entries": readings, "reason": "March"})
    (seen,) = [each for each in clerk.read("/api/v1/channels") if each["channel"] == GAS]
    assert seen["last_value"] == 10.0


@pytest.mark.parametrize("more", [{}, {"rollover": 25.0}, {"rollover": 110.0}])
def test_a_register_that_falls_behind_an_exchange_is_refused(
    clerk: Person, more: dict[str, float]
) -> None:
    readings = [
        shown("2026-03-30T00:00", 100.0, "A"),
        shown("2026-03-31T12:00", 500.0, "A"),
        shown("2026-03-31T12:00", 110.0, "B"),
    ]
    clerk.does("/api/v1/entries", {"entries": readings, "reason": "March"})
    fell = {"entries": [shown("2026-04-01T00:00", 10.0, "B", **more)], "reason": "March"}
    answer = clerk.post("/api/v1/entries", fell)
    assert (answer.status_code, answer.json()["code"]) == (422, "E_ENTRY_ORDER")
    assert "a `rollover` above both" in answer.json()["detail"]


def test_the_record_of_an_entry_that_covers_half_the_hours_speaks_of_no_polls(
    clerk: Person,
) -> None:
    body = {"entries": [tonnes("2026-03-30", "2026-03-31", 9.0)], "reason": "bills"}
    clerk.does("/api/v1/entries", body)
    (datum,) = clerk.read(f"/api/v1/activity-data?channel={STEEL}&{APRIL}")
    notes = clerk.read(f"/api/v1/activity-data/{datum['digest']}/record")["limitations"]["notes"]
    (words,) = [each["words"] for each in notes if each["code"] == "incomplete"]
    assert words["en"] == "what was entered tells nothing of 50 % of the hours"
    assert words["zh"] == "录入数据未涵盖 50 % 的小时"
