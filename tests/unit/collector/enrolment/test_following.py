"""What other processes enter is followed: keys repinned, the broker told, faults survived."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.agents import Agents
from collector.enrolment import telling
from collector.enrolment.enrolling import pin_key, revoke
from collector.enrolment.errors import EnrolmentHistoryError
from collector.enrolment.files import unusable
from collector.enrolment.following import CERTIFICATES_NS, REPEATED, RegistrarThread
from collector.enrolment.registrar import Registrar
from collector.enrolment.telling import Told
from collector.journal import open_journal
from collector.journal_read import JOURNAL
from evidence.log.entry import Act, Action
from tests.system.command import until
from tests.unit.collector.enrolment.office import WANG, Office, enrol, filed, key_of

KEY, OTHER = key_of("line-1"), key_of("line-1", b"o")


class Follower:
    """A running collector's part, in steps; what it was given is noted."""

    def __init__(self, office: Office) -> None:
        self.registrar: Registrar = office.registrar()
        self.given: list[Agents] = []
        self.thread = RegistrarThread(self.registrar, self.given.append)

    def valid(self) -> list[str]:
        owners = self.given[-1].owners.values()
        return sorted(one.verifier.label for one in owners if not one.revoked)


@pytest.fixture
def follower(office: Office) -> Follower:
    office.agents = filed("line-1", "works", KEY)
    return Follower(office)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Signals that a broker would have been sent."""
    sent: list[int] = []

    def note(_place: object) -> None:
        sent.append(signal.SIGHUP)

    monkeypatch.setattr(telling, "tell_broker", note)
    return sent


def test_a_round_in_which_nothing_was_entered_gives_nothing(follower: Follower) -> None:
    follower.thread.round()
    follower.thread.round()
    assert follower.given == []


def test_a_key_that_another_process_pins_or_revokes_counts_at_the_next_round(
    office: Office, follower: Follower
) -> None:
    line = OTHER.verifier.to_text()
    pin_key(office.registrar(), ("line-1", "works"), line, WANG, "by telephone")
    follower.thread.round()
    assert follower.valid() == sorted([KEY.verifier.label, OTHER.verifier.label])
    revoke(office.registrar(), "line-1", KEY.verifier.label, WANG, "copied")
    follower.thread.round()
    assert follower.valid() == [OTHER.verifier.label]
    assert follower.registrar.sites == {"line-1": "works"}


def test_a_key_that_the_same_registrar_enrols_is_handed_on_too(
    office: Office, follower: Follower
) -> None:
    enrol(follower.registrar, office.code("line-2"), key_of("line-2"), agent="line-2")
    follower.thread.round()
    assert key_of("line-2").verifier.label in follower.valid()
    assert dict(follower.registrar.sites) == {"line-1": "works", "line-2": "works"}
    assert len(follower.registrar.sites) == 2


def test_entries_of_other_acts_do_not_wake_anyone(office: Office, follower: Follower) -> None:
    with open_journal(office.state, "collector-1", office.clock) as journal:
        journal.record(Act(who="li", role="analyst", action=Action.INVOICE, reason="r"))
    follower.thread.round()
    assert follower.registrar.changes == 0
    assert follower.given == []


def test_the_broker_is_told_again_for_it_may_not_have_heard(
    office: Office, follower: Follower, told: list[int]
) -> None:
    office.with_broker()
    told.clear()
    follower.thread.round()
    assert told == [], "nothing was written"
    revoke(office.registrar(), "line-1", "", WANG, "copied")
    told.clear()  # by the command itself
    for _ in range(6):
        follower.thread.round()
    assert len(told) == 1 + REPEATED


def test_certificates_that_are_due_are_renewed_without_anyone(
    office: Office, follower: Follower, told: list[int]
) -> None:
    office.with_broker()
    told.clear()
    follower.thread.round()
    path = office.folder / "broker" / "server.pem"
    before = path.read_bytes()
    office.clock.advance(CERTIFICATES_NS)
    follower.thread.round()
    assert (path.read_bytes(), told) == (before, [])
    office.clock.advance(330 * 24 * CERTIFICATES_NS)
    follower.thread.round()
    assert path.read_bytes() != before
    assert told == [signal.SIGHUP]


def test_keys_are_repinned_also_when_the_brokers_files_cannot_be_written(
    office: Office, follower: Follower
) -> None:
    office.with_broker()
    follower.thread.round()
    revoke(office.registrar(), "line-1", "", WANG, "copied")
    (office.folder / "broker" / "acl").write_bytes(b"old")
    (office.folder / "broker" / "acl.new").mkdir()
    with pytest.raises(Exception, match="E_BROKER_FILES"):
        follower.thread.round()
    assert follower.valid() == []
    (office.folder / "broker" / "acl.new").rmdir()
    follower.thread.round()
    assert b"line-1" not in (office.folder / "broker" / "acl").read_bytes()


def entered_badly(office: Office) -> None:
    with open_journal(office.state, "collector-1", office.clock) as journal:
        act = Act(
            who="x",
            role="host",
            action=Action.KEY_PINNED,
            subject="line-1",
            reason="r",
            new={"key": 7},
        )
        journal.record(act)


def test_a_revocation_before_an_entry_that_cannot_be_read_counts(
    office: Office, follower: Follower
) -> None:
    revoke(office.registrar(), "line-1", "", WANG, "copied")
    entered_badly(office)
    with pytest.raises(EnrolmentHistoryError, match="entry 1"):
        follower.thread.round()
    assert follower.valid() == []


def test_a_journal_that_was_put_back_is_read_from_its_beginning(office: Office) -> None:
    follower = Follower(office)
    enrol(office.registrar(), office.code(), KEY)
    follower.thread.round()
    assert follower.valid() == [KEY.verifier.label]
    for path in office.state.glob(f"{JOURNAL}*"):
        path.unlink()
    (office.state / "journal-head").unlink()
    (office.state / "journal.key").unlink()
    follower.registrar.close()
    office.code("line-2")
    follower.thread.round()
    assert follower.valid() == []


@pytest.mark.parametrize("fails", ["coded", "not coded"])
def test_the_thread_goes_on_after_a_round_that_failed(
    office: Office,
    follower: Follower,
    monkeypatch: pytest.MonkeyPatch,
    fails: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("collector.enrolment.following.EVERY_S", 0.01)
    failed: list[int] = []

    def failing(registrar: Registrar, whole: Callable[[Registrar], None]) -> None:
        if len(failed) < 3:
            failed.append(1)
            if fails == "coded":
                raise unusable(Path("x"), OSError("no"))
            raise ZeroDivisionError
        whole(registrar)

    whole = Registrar.refresh
    registrar = office.registrar()
    monkeypatch.setattr(follower.registrar, "refresh", lambda: failing(follower.registrar, whole))
    follower.thread.start()
    pin_key(registrar, ("line-1", "works"), OTHER.verifier.to_text(), WANG, "by telephone")
    until(lambda: bool(follower.given), "the key is handed on")
    follower.thread.stop()
    assert OTHER.verifier.label in follower.valid()
    assert len(failed) == 3
    expected = "E_BROKER_FILES" if fails == "coded" else "following the journal failed"
    assert expected in caplog.text


def test_what_a_command_is_told_names_what_was_written(office: Office, told: list[int]) -> None:
    office.with_broker()
    registrar = office.registrar()
    line = KEY.verifier.to_text()
    _, first = pin_key(registrar, ("line-1", "works"), line, WANG, "by telephone")
    assert first == Told(written=("acl",))
    _, second = revoke(registrar, "line-1", "", WANG, "copied")
    assert second.written == ("acl",), "it had no certificate"
    assert len(told) == 3
