"""The record of a statement after something else was received, decided or entered."""

from collector.rights import Role
from tests.unit.collector.api.plant import (
    LINE_1,
    LINE_2,
    Plant,
    confirmation,
    energy_certificate,
)
from tests.unit.collector.api.recorded import (
    BASE,
    DAY,
    GROUPS,
    asking,
    assert_nothing_is_null_without_a_reason,
    datum_of,
    record_of,
)
from tests.unit.collector.api.test_entries import APRIL, STEEL, tonnes
from tests.unit.collector.api.test_groups import installed
from tests.unit.collector.api.writing import person, token, two_lines


def test_the_same_question_later_gives_the_same_record(fresh: Plant) -> None:
    two_lines(fresh)
    (asked,) = asking(fresh)
    digest = datum_of(asked, LINE_1, DAY)["digest"]
    before = record_of(asked, digest)
    fresh.bench.clock.set_to(fresh.bench.clock.now_ns() + 400 * 86_400_000_000_000)
    fresh.log_file(fresh.gw1, "certificate", "e-3.toml", energy_certificate("E-3", "S-3"))
    fresh.judging.catch_up()
    assert record_of(asked, digest) == before


def test_a_corrected_certificate_leaves_the_old_record_as_it_was_but_for_what_supersedes_it(
    fresh: Plant,
) -> None:
    """The laboratory's new version is dated back: it counts since it was received."""
    two_lines(fresh)
    (asked,) = asking(fresh)
    before = datum_of(asked, LINE_1, DAY)
    first = record_of(asked, before["digest"])
    fresh.bench.clock.set_to(fresh.bench.clock.now_ns() + 86_400_000_000_000)
    other = energy_certificate("E-1", "S-1").replace(b"[0.002]", b"[0.004]")
    fresh.log_file(
        fresh.gw1, "certificate", "again.toml", other.replace(b"2026-01-06T08", b"2026-02-06T08")
    )
    fresh.judging.catch_up()
    after = datum_of(asked, LINE_1, DAY)
    old, new = record_of(asked, before["digest"]), record_of(asked, after["digest"])
    assert old["instruments"] == first["instruments"]
    assert old["identity"]["superseded_by"] == after["digest"]
    assert (new["identity"]["version"], new["identity"]["supersedes"]) == (2, before["digest"])
    assert {name for name in GROUPS if old[name] != first[name]} == {"identity", "limitations"}
    (spell,) = new["instruments"]["instruments"][0]["spells"]
    assert spell["correction"] == "relative_error = 0.004, x = load in kW"
    assert new["digests"]["ledger_size"] == first["digests"]["ledger_size"] + 1


def test_an_instrument_that_failed_or_is_overdue_is_a_limitation(fresh: Plant) -> None:
    """S-1 failed on the first day; S-2 was due the day before and is overdue for all of it."""
    two_lines(fresh)
    fail = confirmation("K-9", "E-1", "S-1", "2027-01-06").replace(b'"pass"', b'"fail"')
    fail = fail.replace(b"2026-01-07T08:00:00+08:00", b"2026-03-30T12:00:00+08:00")
    late = confirmation("K-2", "E-2", "S-2", "2026-03-28")
    late = late.replace(b"recorded_at = 2026-01-07T00", b"recorded_at = 2026-01-07T01")
    for name, data in (("k-9.toml", fail), ("k-2b.toml", late)):
        fresh.log_file(fresh.gw1, "confirmation", name, data)
    fresh.judging.catch_up()
    (asked,) = asking(fresh)
    found = record_of(asked, datum_of(asked, LINE_1, DAY)["digest"])
    decisions = [each["decision"] for each in found["instruments"]["instruments"][0]["spells"]]
    assert decisions == ["pass", "fail"]
    assert "confirmation_failed" in {each["code"] for each in found["limitations"]["notes"]}
    other = record_of(asked, datum_of(asked, LINE_2, DAY)["digest"])
    assert other["quality"]["overdue_seconds"] == 24 * 3600
    assert "overdue" in {each["code"] for each in other["limitations"]["notes"]}


def test_a_released_and_locked_statement_says_by_whom(fresh: Plant) -> None:
    clerk = person(two_lines(fresh), "wang", Role.ANALYST)
    (datum,) = clerk.read(f"{BASE}?channel={LINE_1}&{DAY}")
    for act in ("release", "lock"):
        clerk.does(f"{BASE}/{datum['digest']}/{act}", {"reason": "closed"})
    own = clerk.read(f"{BASE}/{datum['digest']}/record")["identity"]
    assert (own["released"]["who"], own["locked"]["reason"]) == ("token:wang", "closed")


def test_a_check_meter_corroborates(fresh: Plant) -> None:
    two_lines(fresh)
    for serial in ("S-1", "S-2"):
        fresh.log_file(fresh.gw1, "event", f"{serial}.toml", installed(serial, "line 1"))
    fresh.judging.catch_up()
    (asked,) = asking(fresh)
    found = record_of(asked, datum_of(asked, LINE_1, DAY)["digest"])
    query = f"measured={LINE_1}&calculated={LINE_2}&{DAY}"
    held = asked.get(f"{BASE}/corroboration?{query}").json()
    (one,) = found["corroboration"]["comparisons"]
    assert one["other_channel"] == LINE_2
    assert float(one["difference"]) == held["difference"]
    assert (float(one["e_n"]), one["agrees"]) == (held["e_n"], held["agrees"])
    assert found["organisation"]["double_count_groups"] == ["line 1"]


def test_what_people_entered_is_no_measurement(fresh: Plant) -> None:
    clerk = person(two_lines(fresh), "wang", Role.ANALYST)
    clerk.does(
        "/api/v1/entries",
        {"entries": [tonnes("2026-03-30", "2026-04-01", 20.0)], "reason": "bills"},
    )
    (datum,) = clerk.read(f"{BASE}?channel={STEEL}&{APRIL}")
    found = clerk.read(f"{BASE}/{datum['digest']}/record")
    assert_nothing_is_null_without_a_reason(found)
    assert found["method"]["id"] == "carbonmeter/entered"
    assert found["substitution"]["entered_share"] == "1.0"
    assert found["rating"]["primary"] is None
    assert found["instruments"]["instruments"] is None


def test_a_record_of_another_site_is_not_there(fresh: Plant) -> None:
    two_lines(fresh)
    (asked,) = asking(fresh)
    path = f"{BASE}/{datum_of(asked, LINE_1, DAY)['digest']}/record"
    own, other = (token(fresh, site, Role.ANALYST, site) for site in ("jinan", "weifang"))
    assert asked.get(path, authorization=own).status_code == 200
    refused = asked.get(path, authorization=other)
    assert (refused.status_code, refused.json()["code"]) == (404, "E_STATEMENT_UNKNOWN")
