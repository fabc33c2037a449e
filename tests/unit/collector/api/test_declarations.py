"""What people declare through the interface: who, when and why, and the records that tell it."""

from collections.abc import Iterator
from typing import Any

import pytest

from collector.rights import Role
from evidence.log.entry import Act, Action
from tests.unit.collector.api.plant import LINE_1, LINE_2, MILL, Plant
from tests.unit.collector.api.recorded import BASE, assert_nothing_is_null_without_a_reason
from tests.unit.collector.api.test_entries import STEEL, tonnes
from tests.unit.collector.api.writing import Person, person, two_lines

DECLARATIONS = "/api/v1/declarations"
DAYS = ("start=2026-03-30&end=2026-03-31", "start=2026-03-31&end=2026-04-01")
SITE: dict[str, Any] = {
    "of": "jinan",
    "organisation": "Jinan Works",
    "product": "steel",
    "confidentiality": "restricted",
    "withhold": ["organisation.allocation_key"],
    "rating": {"time": 1, "scale": "pedigree", "best": 1, "derivation": "by hand"},
}
CQC = {
    "body": "CQC",
    "level": "limited",
    "standard": "ISO 14064-3:2019",
    "verified_on": "2026-04-20",
}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """One for all tests of this file: each declares of things of its own, or withdraws it."""
    built = Plant(tmp_path_factory.mktemp("declarations"))
    yield two_lines(built)
    built.close()


@pytest.fixture(scope="module")
def clerk(works: Plant) -> Person:
    return person(works, "wang", Role.ANALYST, "jinan")


def declare(who: Person, *, replaces: object = None, **told: object) -> int:
    body = {"declaration": told, "reason": "asked by the verifier", "replaces": replaces}
    found = who.does(DECLARATIONS, body)
    assert found["of"] == told["of"]
    assert isinstance(found["entry"], int)
    return found["entry"]


def refused(who: Person, path: str = "", **body: object) -> tuple[int, str]:
    answer = who.post(DECLARATIONS + path, body if path else {"reason": "r", **body})
    return answer.status_code, answer.json()["code"]


def withdraw(who: Person, of: str) -> int:
    entry: int = who.does(f"{DECLARATIONS}/withdrawal", {"of": of, "reason": "wrong"})["entry"]
    return entry


def stated(who: Person, channel: str = LINE_1, days: str = DAYS[0]) -> str:
    (datum,) = who.read(f"{BASE}?channel={channel}&{days}")
    digest: str = datum["digest"]
    return digest


def record(who: Person, digest: str) -> dict[str, Any]:
    found: dict[str, Any] = who.read(f"{BASE}/{digest}/record")
    assert_nothing_is_null_without_a_reason(found)
    return found


def test_what_is_declared_is_in_the_record_with_who_when_and_why(
    works: Plant, clerk: Person
) -> None:
    digest = stated(clerk)
    site = declare(clerk, **SITE)
    line = declare(clerk, of="jinan/line-1", product="billets", time_zone="Asia/Urumqi")
    found = record(clerk, digest)
    own = found["organisation"]
    assert (own["organisation"], own["product"]) == ("Jinan Works", "billets")
    assert own["absent"]["allocation_key"] == "withheld"
    assert found["redaction"]["withheld"] == {"organisation.allocation_key": "token:wang"}
    assert found["quantity"]["time_zone_from"] == "declared"
    assert found["rating"]["time"] == 1
    assert [(each["of"], each["entry"]) for each in own["declared"]] == [
        ("jinan", site), ("jinan/line-1", line)
    ]  # fmt: skip
    first = own["declared"][0]
    assert (first["by"], first["role"], first["reason"]) == (
        "token:wang", "analyst", "asked by the verifier"
    )  # fmt: skip
    entry = clerk_s_entry(works, site)
    assert (first["at"], first["on"]) == (entry.at, entry.at[:10])
    assert (entry.site, entry.subject, entry.old) == ("jinan", "jinan", None)
    assert entry.new["organisation"] == "Jinan Works"
    other = record(clerk, stated(clerk, LINE_2))
    assert other["organisation"]["product"] == "steel"
    for of in ("jinan", "jinan/line-1"):
        withdraw(clerk, of)
    assert record(clerk, digest)["organisation"]["declared"] == []


def clerk_s_entry(plant: Plant, position: int) -> Any:  # noqa: ANN401 - an entry
    with plant.parts().journal() as journal:
        (found,) = journal.entries(position, 1)
    return found.entry


def test_a_change_from_a_day_on_leaves_earlier_periods_as_they_were(
    works: Plant, clerk: Person
) -> None:
    before, after = (stated(clerk, LINE_2, days) for days in DAYS)
    both = stated(clerk, LINE_2, "start=2026-03-30&end=2026-04-01")
    first = declare(clerk, of=LINE_2, product="slabs")
    told = record(clerk, before)
    declare(
        clerk, of=LINE_2, product="bars", effective_from="2026-03-31T00:00:00+08:00",
        replaces=first,
    )  # fmt: skip
    assert record(clerk, before) == told
    works.bench.clock.set_to(works.bench.clock.now_ns() + 400 * 86_400_000_000_000)
    assert record(clerk, before) == told
    (said,) = record(clerk, after)["organisation"]["declared"]
    assert said["effective_from"] == "2026-03-30T16:00:00Z"
    assert record(clerk, after)["organisation"]["product"] == "bars"
    whole = record(clerk, both)
    assert whole["organisation"]["product"] == "slabs"
    (note,) = (n for n in whole["limitations"]["notes"] if n["code"] == "declaration_changed")
    assert "2026-03-30T16:00:00Z" in note["words"]["en"]
    withdraw(clerk, LINE_2)


def test_a_verifier_s_statement_is_of_one_statement_and_gone_when_it_is_withdrawn(
    clerk: Person,
) -> None:
    digest = stated(clerk)
    entry = declare(clerk, of=digest, verification=CQC, notes=["read by CQC"])
    found = record(clerk, digest)
    own = found["verification"]
    assert (own["body"], own["declared_by"], own["entry"]) == ("CQC", "token:wang", entry)
    assert found["limitations"]["notes"][-1]["words"]["en"] == "read by CQC"
    assert record(clerk, stated(clerk, LINE_1, DAYS[1]))["verification"]["body"] is None
    gone = withdraw(clerk, digest)
    assert record(clerk, digest)["verification"]["absent"]["entry"] == "not declared"
    (listed,) = clerk.read(f"{DECLARATIONS}?of={digest}&versions=true")["declarations"]
    assert [each["entry"] for each in listed["versions"]] == [entry, gone]
    assert (listed["site"], listed["versions"][1]["declaration"]) == ("jinan", None)
    assert clerk.read(f"{DECLARATIONS}?of={digest}")["declarations"] == []


def test_an_unseen_change_is_refused_and_what_stands_keeps_its_entry(
    works: Plant, clerk: Person
) -> None:
    device = "jinan/line-2"
    first = declare(clerk, of=device, product="rails")
    assert declare(clerk, of=device, product="rails") == first
    other = {"of": device, "product": "beams"}
    assert refused(clerk, declaration=other) == (409, "E_DECLARATION_CHANGED")
    second = declare(clerk, **other, replaces=first)
    assert clerk_s_entry(works, second).old == {
        **clerk_s_entry(works, second).new, "product": "rails"
    }  # fmt: skip
    withdraw(clerk, device)
    gone = {"of": device, "reason": "r"}
    assert refused(clerk, "/withdrawal", **gone) == (404, "E_DECLARATION_UNKNOWN")
    withdrawn_may_come_back = declare(clerk, of=device, product="rails")
    assert withdrawn_may_come_back > second
    withdraw(clerk, device)


WRONG: tuple[tuple[dict[str, object], tuple[int, str]], ...] = (
    ({"of": "jinan/line-0"}, (404, "E_CHANNEL_UNKNOWN")),
    ({"of": "jinan/line"}, (404, "E_CHANNEL_UNKNOWN")),
    ({"of": "nowhere"}, (404, "E_CHANNEL_UNKNOWN")),
    ({"of": MILL}, (404, "E_CHANNEL_UNKNOWN")),
    ({"of": "weifang"}, (404, "E_CHANNEL_UNKNOWN")),
    ({"of": "0" * 64}, (404, "E_STATEMENT_UNKNOWN")),
    ({"of": "jinan", "time_zone": "../etc/passwd"}, (422, "E_DECLARATION_VALUE")),
    ({"of": "jinan", "verification": CQC}, (422, "E_DECLARATION_VALUE")),
    ({"of": "jinan", "effective_from": "2026-13-01"}, (422, "E_TIME_TEXT")),
    ({"of": "jinan", "declared_by": "somebody else"}, (422, "E_JSON_BODY")),
    ({"of": "jinan", "withhold": ["quantity.value"]}, (422, "E_JSON_BODY")),
)


def test_what_can_be_no_declaration_is_refused_and_not_entered(works: Plant, clerk: Person) -> None:
    with works.parts().journal() as journal:
        size = journal.head().size
    for told, why in WRONG:
        assert refused(clerk, declaration=told) == why, told
    with works.parts().journal() as journal:
        assert journal.head().size == size


def test_it_may_be_said_of_what_people_enter_and_of_a_site_before_its_first_channel(
    works: Plant, clerk: Person
) -> None:
    produced = tonnes("2026-03-30", "2026-04-01", 20.0)
    clerk.does("/api/v1/entries", {"entries": [produced], "reason": "the works' report"})
    declare(clerk, of=STEEL, product="steel")
    declare(person(works, "zhang", Role.ENGINEER, "weifang"), of="weifang", product="steel")
    withdraw(clerk, STEEL)


def test_who_may_enter_declares_and_others_read_what_is_of_their_site(
    works: Plant, clerk: Person
) -> None:
    channel = {"of": LINE_1, "product": "billets"}
    entry = declare(clerk, **channel)
    auditor = person(works, "liu", Role.AUDITOR, "jinan")
    assert refused(auditor, declaration=channel) == (403, "E_TOKEN_SCOPE")
    (seen,) = auditor.read(f"{DECLARATIONS}?of={LINE_1}")["declarations"]
    assert seen["versions"][0]["entry"] == entry
    other = person(works, "sun", Role.ANALYST, "weifang")
    assert other.read(f"{DECLARATIONS}?of={LINE_1}")["declarations"] == []
    assert refused(other, declaration=channel) == (404, "E_CHANNEL_UNKNOWN")
    gone = {"of": LINE_1, "reason": "r"}
    assert refused(other, "/withdrawal", **gone) == (404, "E_DECLARATION_UNKNOWN")
    digest = {"of": stated(clerk), "notes": ["n"]}
    assert refused(other, declaration=digest) == (404, "E_STATEMENT_UNKNOWN")
    withdraw(clerk, LINE_1)


def test_a_list_comes_in_pages_by_what_is_declared_of(clerk: Person) -> None:
    names = ["jinan", "jinan/line-1", LINE_1]
    for name in names:
        declare(clerk, of=name, boundary="gate to gate")
    first = clerk.read(f"{DECLARATIONS}?site=jinan&limit=2")
    assert [each["of"] for each in first["declarations"]] == names[:2]
    rest = clerk.read(f"{DECLARATIONS}?site=jinan&limit=2&after={first['next']}")
    assert ([each["of"] for each in rest["declarations"]], rest["next"]) == (names[2:], None)
    for name in names:
        withdraw(clerk, name)


def test_an_entry_of_newer_software_lets_no_record_pass_it_over(fresh: Plant) -> None:
    clerk = person(two_lines(fresh), "wang", Role.ANALYST)
    digest = stated(clerk)
    act = Act(
        who="li", role="analyst", action=Action.DECLARATION_SET, site="jinan", subject="jinan",
        reason="asked by the verifier", new={"of": "jinan", "cubes": 3},
    )  # fmt: skip
    with fresh.parts().journal() as journal:
        journal.record(act)
    for answer in (clerk.get(f"{BASE}/{digest}/record"), clerk.post(DECLARATIONS, _of("jinan"))):
        assert (answer.status_code, answer.json()["code"]) == (409, "E_DECLARATION_UNREAD")
    assert clerk.get(f"{BASE}/{digest}").status_code == 200


def _of(name: str) -> dict[str, object]:
    return {"declaration": {"of": name}, "reason": "r"}


def test_a_zone_that_is_another_one_on_another_machine_is_refused(clerk: Person) -> None:
    told = {"of": LINE_2, "time_zone": "localtime"}
    assert refused(clerk, declaration=told) == (422, "E_DECLARATION_VALUE")
