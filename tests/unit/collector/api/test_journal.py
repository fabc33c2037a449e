"""The journal as it is served: what is shown can be hashed to the signed head by anyone."""

import jsonschema
import pytest

from collector.access import issue
from collector.journal_heads import head_act
from collector.rights import Role
from evidence.log.checkpoint import Checkpoint, open_checkpoint
from evidence.log.entry import Act, Action, decode_entry
from evidence.log.key import keyring, parse_verifier
from evidence.log.merkle import leaf_hash, root_of, verify_consistency, verify_inclusion
from tests.unit.collector.api.plant import Asked, Plant, served
from tests.unit.collector.api.test_openapi import described, schema_of

SITES = ("jinan", "weifang", "")


@pytest.fixture
def written(fresh: Plant) -> Plant:
    """Nine entries of three sites, and one of the collector."""
    with fresh.parts().journal() as journal:
        for at in range(9):
            subject = f"gw-{at % 2}"
            action = Action.KEY_REVOKED if at % 3 == 2 else Action.KEY_PINNED
            site = SITES[at % 3]
            journal.record(
                Act(
                    who="wang",
                    role="engineer",
                    action=action,
                    site=site,
                    subject=subject,
                    reason="r",
                )
            )
        journal.record(head_act("day"))
    return fresh


def bearer(plant: Plant, *sites: str) -> str:
    now_ns = plant.bench.clock.now_ns()
    expires_ns, secret = now_ns + 10**18, b"s" * 32
    text, kept = issue(
        "a", Role.AUDITOR, secret, created_ns=now_ns, expires_ns=expires_ns, sites=sites
    )
    plant.parts().tokens.add(kept)
    return f"Bearer {text}"


def head_of(asked: Asked, since: int = 0, /, **headers: str) -> tuple[Checkpoint, list[bytes]]:
    found = asked.get(f"/api/v1/journal/head?since={since}", **headers).json()
    known = keyring([parse_verifier(found["key"])])
    head = open_checkpoint(found["checkpoint"].encode(), known).checkpoint
    assert head.size == found["size"]
    return head, [bytes.fromhex(each) for each in found["proof"]]


def test_all_pages_together_hash_to_the_signed_head(written: Plant) -> None:
    asked = served(written.parts())
    hashes, first = [], 0
    while first is not None:
        page = asked.get(f"/api/v1/journal?first={first}&limit=4").json()
        hashes += [leaf_hash(each["leaf"].encode()) for each in page["entries"]]
        assert [each["leaf_hash"] for each in page["entries"]] == [
            each.hex() for each in hashes[first:]
        ]
        first = page["next"]
    head, _ = head_of(asked)
    assert (head.origin, head.size) == ("plant-3/journal", 10)
    assert head.root == root_of(hashes)


def test_a_later_head_is_proven_to_go_on_from_an_earlier_one(written: Plant) -> None:
    asked = served(written.parts())
    before, _ = head_of(asked)
    with written.parts().journal() as journal:
        journal.record(head_act("day"))
    after, proof = head_of(asked, before.size)
    verify_consistency(before.size, before.root, after.size, after.root, proof)
    longer = asked.get("/api/v1/journal/head?since=99").json()
    assert longer["proof"] is None


def test_one_entry_comes_with_its_proof(written: Plant) -> None:
    asked = served(written.parts())
    found = asked.get("/api/v1/journal/4").json()
    head, _ = head_of(asked)
    leaf = found["leaf"].encode()
    path = [bytes.fromhex(each) for each in found["proof"]]
    verify_inclusion(leaf_hash(leaf), 4, head.size, path, head.root)
    assert decode_entry(leaf, "leaf").subject == found["entry"]["subject"] == "gw-0"
    for position in ("10", "99", str(2**63 - 1)):
        refused = asked.get(f"/api/v1/journal/{position}")
        assert (refused.status_code, refused.json()["code"]) == (404, "E_ENTRY_UNKNOWN")


def test_entries_are_found_by_action_and_subject(written: Plant) -> None:
    asked = served(written.parts())

    def positions(query: str) -> list[int]:
        entries = asked.get(f"/api/v1/journal?{query}").json()["entries"]
        return [each["position"] for each in entries]

    assert positions("action=key-revoked") == [2, 5, 8]
    assert positions("subject=gw-1") == [1, 3, 5, 7]
    assert positions("action=key-revoked&subject=gw-1") == [5]
    assert positions("action=key-pinned&limit=2&first=2") == [3, 4]
    assert asked.get("/api/v1/journal?action=made-up").status_code == 422


def test_whoever_is_limited_to_a_site_reads_its_entries_and_can_hash_the_rest(
    written: Plant,
) -> None:
    asked = served(written.parts())
    of = {"authorization": bearer(written, "weifang")}
    entries = asked.get("/api/v1/journal", **of).json()["entries"]
    shown = [each["position"] for each in entries if each["leaf"] is not None]
    assert shown == [1, 4, 7, 9]
    assert all((each["entry"] is None) is (each["leaf"] is None) for each in entries)
    head, _ = head_of(asked, 0, **of)
    assert root_of([bytes.fromhex(each["leaf_hash"]) for each in entries]) == head.root
    assert "jinan" not in asked.get("/api/v1/journal", **of).text
    found = asked.get("/api/v1/journal?action=key-pinned", **of).json()["entries"]
    assert [each["position"] for each in found] == [1, 4, 7]
    assert asked.get("/api/v1/journal/1", **of).status_code == 200
    for hidden in (0, 2):
        assert asked.get(f"/api/v1/journal/{hidden}", **of).status_code == 404


def test_an_empty_journal_is_served_too(fresh: Plant) -> None:
    asked = served(fresh.parts())
    assert asked.get("/api/v1/journal").json() == {"entries": [], "next": None}
    assert head_of(asked)[0].size == 0


@pytest.mark.parametrize("path", ["/api/v1/journal", "/api/v1/journal/head?since=1"])
def test_what_is_answered_of_the_journal_fits_its_schema(written: Plant, path: str) -> None:
    asked = served(written.parts())
    schema = schema_of(described(asked), path.partition("?")[0])
    jsonschema.validate(asked.get(path).json(), schema)
