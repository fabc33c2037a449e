"""Released and locked statements over HTTP: they stand, and what follows now shows beside them."""

import sqlite3
from typing import Any

import pytest

from collector.rights import Role
from tests.unit.collector.api.plant import LINE_1, LINE_2, Plant, energy_certificate
from tests.unit.collector.api.writing import Person, person, two_lines

DAY = "start=2026-03-30&end=2026-03-31"
BY_DAY = "start=2026-03-30&end=2026-04-01&by=day"
WHY = {"reason": "first quarter closed"}


@pytest.fixture
def plant(fresh: Plant) -> Plant:
    return two_lines(fresh)


@pytest.fixture
def clerk(plant: Plant) -> Person:
    return person(plant, "wang", Role.ANALYST)


def corrected(plant: Plant, coefficient: str = "0.004") -> None:
    """A day later the laboratory corrects the first meter's certificate."""
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 86_400_000_000_000)
    other = energy_certificate("E-1", "S-1").replace(b"[0.002]", f"[{coefficient}]".encode())
    other = other.replace(b"2026-01-06T08", b"2026-02-06T08")
    plant.log_file(plant.gw1, "certificate", f"e-1-{coefficient}.toml", other)
    plant.judging.catch_up()


def locked(clerk: Person, channel: str = LINE_1) -> dict[str, Any]:
    (datum,) = clerk.read(f"/api/v1/activity-data?channel={channel}&{DAY}")
    path = f"/api/v1/activity-data/{datum['digest']}"
    clerk.does(f"{path}/release", WHY)
    clerk.does(f"{path}/lock", WHY)
    assert isinstance(datum, dict)
    return datum


def test_a_locked_statement_stands_when_its_certificate_is_corrected(
    plant: Plant, clerk: Person
) -> None:
    before = locked(clerk)
    corrected(plant)
    answer = clerk.get(f"/api/v1/activity-data?channel={LINE_1}&{DAY}")
    assert answer.json() == [before]
    assert answer.headers["Carbonmeter-Locked"] == "1"
    assert answer.headers["Carbonmeter-Locked-Differing"] == "1"
    (row,) = clerk.read("/api/v1/activity-data/locked?compare=true")
    assert (row["digest"], row["differs"], row["who"]) == (before["digest"], True, "token:wang")
    assert row["reason"] == "first quarter closed"
    moved = row["difference"]
    assert moved["after"]["value"] == pytest.approx(before["value"] * 1.002 / 1.004, rel=1e-12)
    assert moved["difference"] == moved["after"]["value"] - before["value"]
    # in a sum it stands too
    whole = clerk.read(f"/api/v1/activity-data/combined?channels={LINE_1},{LINE_2}&{DAY}")
    assert whole["terms"][0]["digest"] == before["digest"]


def test_only_the_period_that_is_locked_stands(plant: Plant, clerk: Person) -> None:
    before = locked(clerk)
    days = clerk.read(f"/api/v1/activity-data?channel={LINE_1}&{BY_DAY}")
    corrected(plant)
    answer = clerk.get(f"/api/v1/activity-data?channel={LINE_1}&{BY_DAY}")
    after = answer.json()
    assert answer.headers["Carbonmeter-Locked"] == "1"
    assert after[0] == days[0] == before
    for old, new in zip(days[1:], after[1:], strict=True):
        assert new["supersedes"] == old["digest"]
    (whole,) = clerk.read(f"/api/v1/activity-data?channel={LINE_1}&{BY_DAY[:-7]}")
    assert whole["value"] != pytest.approx(sum(each["value"] for each in after), rel=1e-6)


def test_unlocking_lets_the_new_version_count_and_the_old_one_be_read(
    plant: Plant, clerk: Person
) -> None:
    before = locked(clerk)
    corrected(plant)
    clerk.does(
        f"/api/v1/activity-data/{before['digest']}/unlock", {"reason": "the certificate was wrong"}
    )
    answer = clerk.get(f"/api/v1/activity-data?channel={LINE_1}&{DAY}")
    (after,) = answer.json()
    assert "Carbonmeter-Locked" not in answer.headers
    assert after["supersedes"] == before["digest"]
    assert clerk.read(f"/api/v1/activity-data/{before['digest']}") == before
    assert clerk.read("/api/v1/activity-data/locked") == []
    path = f"/api/v1/activity-data/{after['digest']}"
    answer = clerk.post(f"{path}/lock", WHY)
    assert (answer.status_code, answer.json()["code"]) == (409, "E_LOCK")
    clerk.does(f"{path}/release", WHY)
    clerk.does(f"{path}/lock", WHY)


def test_what_is_locked_survives_the_file_in_which_statements_are_kept(
    plant: Plant, clerk: Person
) -> None:
    """The journal names digest and instant; the ledger gives the statement again, byte for byte."""
    before = locked(clerk)
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 3_600_000_000_000)
    corrected(plant)
    with sqlite3.connect(plant.folder / "derived.db") as db:
        db.execute("DELETE FROM activity")
    db.close()
    assert clerk.read(f"/api/v1/activity-data?channel={LINE_1}&{DAY}") == [before]


def test_as_of_an_instant_locks_do_not_count_and_nothing_is_kept(
    plant: Plant, clerk: Person
) -> None:
    (before,) = clerk.read(f"/api/v1/activity-data?channel={LINE_1}&{DAY}")
    corrected(plant)
    (after,) = clerk.read(f"/api/v1/activity-data?channel={LINE_1}&{DAY}")
    clerk.does(f"/api/v1/activity-data/{after['digest']}/release", WHY)
    clerk.does(f"/api/v1/activity-data/{after['digest']}/lock", WHY)
    asked = f"/api/v1/activity-data?channel={LINE_1}&{DAY}&as_of="
    assert clerk.read(f"{asked}2026-04-06T12:00:00Z") == [before]
    assert clerk.read(f"{asked}2026-04-20") == [after]
    assert clerk.read(f"{asked}2026-03-30") == []
    (now,) = clerk.read(f"/api/v1/activity-data?channel={LINE_1}&{DAY}")
    assert now == after
    ratio = f"/api/v1/activity-data/ratio?numerator={LINE_1}&denominator={LINE_2}&{DAY}"
    early = clerk.read(f"{ratio}&as_of=2026-04-06T12:00:00Z")
    assert early["numerator"][0]["digest"] == before["digest"]


def test_who_may_not_release_does_not(plant: Plant, clerk: Person) -> None:
    (datum,) = clerk.read(f"/api/v1/activity-data?channel={LINE_1}&{DAY}")
    path = f"/api/v1/activity-data/{datum['digest']}"
    for name, role, sites, status in (
        ("chen", Role.AUDITOR, (), 403),
        ("zhao", Role.ENGINEER, (), 403),
        ("li", Role.ANALYST, ("weifang",), 404),
    ):
        other = person(plant, name, role, *sites)
        assert other.post(f"{path}/release", WHY).status_code == status
    assert clerk.post(f"{path}/release", {"reason": " "}).status_code == 422
    assert clerk.post(f"{path}/release", {}).json()["code"] == "E_JSON_BODY"
    unknown = f"/api/v1/activity-data/{'0' * 64}/release"
    assert clerk.post(unknown, WHY).json()["code"] == "E_STATEMENT_UNKNOWN"
