"""What entries come to, and what the file and the journal say together. Pure."""

import msgspec
import pytest

from collector.enrolment.acts import CertificateIssued, CodeIssued, KeyRevoked, KeyTaken
from collector.enrolment.errors import EnrolmentHistoryError
from collector.enrolment.granting import Known
from collector.enrolment.listing import listed
from collector.enrolment.registered import registered
from collector.enrolment.registry import Registry
from evidence.clock import NS_PER_S, parse_utc
from evidence.log.entry import Act, Action, Entry, entered
from evidence.log.key import Algorithm, SigningKey, generate
from evidence.log.merkle import EMPTY_ROOT
from tests.unit.collector.enrolment.office import NOW_NS, Office, filed, key_of

KEY, OTHER = key_of("line-1"), key_of("line-1", b"o")
CODE = generate("line-1", b"q" * 32)


def entry(
    action: Action, said: msgspec.Struct, agent: str = "line-1", at_ns: int = NOW_NS
) -> Entry:
    new = msgspec.to_builtins(said)
    act = Act(who="host:wang", role="host", action=action, subject=agent, reason="r", new=new)
    return entered(act, at_ns, 0, EMPTY_ROOT)


def issued(expires: str = "2026-12-01T08:00:00Z") -> Entry:
    said = CodeIssued(site="works", key=CODE.verifier.to_text(), expires=expires)
    return entry(Action.ENROLMENT_CODE_ISSUED, said)


def taken(key: SigningKey, site: str = "works", code: str = "", agent: str = "line-1") -> Entry:
    said = KeyTaken(site=site, key=key.verifier.to_text(), code=code)
    return entry(Action.AGENT_ENROLLED if code else Action.KEY_PINNED, said, agent)


def revoked(key: SigningKey, at_ns: int = NOW_NS) -> Entry:
    said = KeyRevoked(key=key.verifier.to_text())
    return entry(Action.KEY_REVOKED, said, key.verifier.name, at_ns)


def certified(key: SigningKey, serial: int, public: str) -> Entry:
    said = CertificateIssued(
        key=key.verifier.to_text(),
        serial=f"{serial:x}",
        public_sha256=public * 64,
        not_after="2027-02-28T08:00:00Z",
    )
    return entry(Action.CERTIFICATE_ISSUED, said)


def registry_of(*entries: Entry) -> Registry:
    found = Registry()
    for index, each in enumerate(entries):
        assert found.take(index, each)
    return found


def test_entries_of_other_acts_change_nothing() -> None:
    found = Registry()
    other = entered(Act(who="li", role="analyst", action=Action.INVOICE), NOW_NS, 0, EMPTY_ROOT)
    assert not found.take(0, other)
    assert found == Registry()


def test_a_code_is_open_until_it_is_over_and_says_who_used_it() -> None:
    line = CODE.verifier.to_text()
    found = registry_of(issued(), taken(KEY, code=line))
    end_ns = parse_utc("2026-12-01T08:00:00Z")
    assert found.open_codes("line-1", end_ns - 1) == (CODE.verifier,)
    assert found.open_codes("line-1", end_ns) == ()
    assert found.open_codes("line-2", NOW_NS) == ()
    assert found.codes[line].used_by == KEY.verifier.to_text()


def test_a_revoked_key_stays_revoked_whatever_is_entered_after(office: Office) -> None:
    found = registry_of(taken(KEY), revoked(KEY, 5 * NS_PER_S), taken(KEY), revoked(KEY))
    assert found.keys[KEY.verifier.to_text()].revoked_ns == 5 * NS_PER_S
    together = registered(office.config, found)
    assert together.valid("line-1") == ()
    assert together.active() == ()
    assert together.sites == {"line-1": "works"}


def test_a_key_of_the_file_is_revoked_by_the_journal(office: Office) -> None:
    office.agents = filed("line-1", "works", KEY) + filed("line-1", "works", OTHER)
    together = registered(office.config, registry_of(revoked(KEY)))
    assert [one.verifier for one in together.valid("line-1")] == [OTHER.verifier]
    assert together.revoked_ns == {KEY.verifier.to_text(): NOW_NS}


def test_a_key_that_the_file_revokes_is_not_pinned_by_the_journal(office: Office) -> None:
    office.agents = filed("line-1", "works", KEY, revoked=True)
    together = registered(office.config, registry_of(taken(KEY)))
    assert together.valid("line-1") == ()
    assert together.revoked_ns == {KEY.verifier.to_text(): 0}


def test_a_revocation_counts_also_when_the_key_is_gone_from_the_file(office: Office) -> None:
    together = registered(office.config, registry_of(revoked(KEY)))
    assert (together.agents.owners, together.sites) == ({}, {})
    assert KEY.verifier.to_text() in together.revoked_ns


@pytest.mark.parametrize(("agent", "site"), [("line-1", "mill"), ("line-9", "works")])
def test_what_contradicts_the_file_does_not_count_and_is_named(
    office: Office, agent: str, site: str
) -> None:
    office.agents = filed("line-1", "works", KEY) + filed("line-9", "works", key_of("line-9"))
    key = OTHER if agent == "line-1" else KEY  # KEY is line-1's by the file
    found = registry_of(taken(key, site=site, agent=agent), revoked(key_of("line-9")))
    together = registered(office.config, found)
    assert len(together.contradictions) == 1
    assert [one.verifier for one in together.valid("line-1")] == [KEY.verifier]
    assert together.valid("line-9") == (), "a revocation beside it counts"


def test_certificates_stand_and_fall_with_the_key_that_asked(office: Office) -> None:
    found = registry_of(
        taken(KEY),
        taken(OTHER),
        certified(KEY, 1, "a"),
        certified(OTHER, 2, "b"),
        certified(KEY, 3, "c"),
        revoked(KEY),
    )
    gone = found.withdrawn(registered(office.config, found).revoked_ns)
    assert [each.serial for each in gone] == [1, 3]
    assert {each.at.isoformat() for each in gone} == {"2026-11-30T08:00:00+00:00"}


def test_keys_are_listed_with_their_source_state_and_certificate(office: Office) -> None:
    office.agents = filed("line-1", "works", KEY)
    found = registry_of(taken(KEY), taken(OTHER), certified(KEY, 1, "a"), revoked(OTHER))
    known = Known(registry=found, registered=registered(office.config, found), now_ns=NOW_NS)
    rows = {each.key: each for each in listed(known)}
    mine, other = rows[KEY.verifier.label], rows[OTHER.verifier.label]
    assert (mine.source, mine.revoked) == ("collector.toml and journal", "")
    assert mine.certificate_until == "2027-02-28T08:00:00Z"
    assert (other.source, other.revoked) == ("journal", "2026-11-30T08:00:00Z")
    assert "revoked 2026-11-30T08:00:00Z\tno certificate" in other.to_line()
    assert mine.to_line().startswith(f"line-1\tworks\t{KEY.verifier.label}\t")


@pytest.mark.parametrize(
    ("action", "new"),
    [
        (Action.KEY_REVOKED, None),
        (Action.KEY_REVOKED, {"key": "no key"}),
        (Action.KEY_PINNED, {"key": KEY.verifier.to_text()}),
        (Action.KEY_PINNED, {"site": "..", "key": KEY.verifier.to_text()}),
        (
            Action.ENROLMENT_CODE_ISSUED,
            {"site": "w", "key": KEY.verifier.to_text(), "expires": "x"},
        ),
        (
            Action.KEY_PINNED,
            {
                "site": "works",
                "key": generate("r", b"r" * 32, Algorithm.COSIGNATURE_V1).verifier.to_text(),
            },
        ),
    ],
)
def test_an_act_that_cannot_be_read_is_named_by_its_place(action: Action, new: object) -> None:
    act = Act(who="host:wang", role="host", action=action, subject="line-1", reason="r", new=new)
    with pytest.raises(EnrolmentHistoryError, match="entry 7"):
        Registry().take(7, entered(act, NOW_NS, 0, EMPTY_ROOT))


def test_fields_that_a_later_version_adds_are_passed_over() -> None:
    new = {"key": KEY.verifier.to_text(), "witnessed": True}
    act = Act(
        who="host:wang",
        role="host",
        action=Action.KEY_REVOKED,
        subject="line-1",
        reason="r",
        new=new,
    )
    assert Registry().take(0, entered(act, NOW_NS, 0, EMPTY_ROOT))
