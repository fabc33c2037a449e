"""Codes, requests, keys: what is granted once, and refused ever after."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from collector.enrolment.enrolling import answer, pin_key, revoke
from collector.enrolment.errors import (
    EnrolmentAgentError,
    EnrolmentCodeUnknownError,
    EnrolmentKeyError,
)
from collector.enrolment.registrar import registered_agents, registrar_of
from collector.errors import AgentEntryError, RevokedKeyError
from collector.journal_read import read_journal
from evidence.errors import KeyTextError, SignatureError
from evidence.log.enrolment import EnrolmentRequestError, Purpose, Request, sign_request
from evidence.log.entry import Action
from evidence.log.key import SigningKey
from tests.unit.collector.enrolment.office import (
    CENTRE,
    HOUR_NS,
    WANG,
    Office,
    ask,
    enrol,
    filed,
    key_of,
)

KEY, OTHER = key_of("line-1"), key_of("line-1", b"o")


def entered(office: Office) -> list[Action]:
    with read_journal(office.state, "collector-1") as journal:
        return [each.entry.action for each in journal.entries()]


def pinned(office: Office) -> dict[str, bool]:
    """Label -> whether it counts, as another process sees it."""
    owners = office.registrar().registered.agents.owners.values()
    return {one.verifier.label: not one.revoked for one in owners}


def test_a_code_enrols_the_key_that_is_shown_with_it(office: Office) -> None:
    answered = enrol(office.registrar(), office.code(), KEY)
    assert (answered.agent, answered.site) == ("line-1", "works")
    assert answered.collector_key == CENTRE.verifier.to_text()
    assert (answered.broker, answered.authority, answered.certificate) == (None, "", "")
    assert pinned(office) == {KEY.verifier.label: True}
    assert entered(office) == [Action.ENROLMENT_CODE_ISSUED, Action.AGENT_ENROLLED]
    assert office.registrar().sites["line-1"] == "works"


def test_the_journal_says_who_and_why_and_holds_no_secret(office: Office) -> None:
    code = office.code()
    enrol(office.registrar(), code, KEY)
    revoke(office.registrar(), "line-1", "", WANG, "the gateway was stolen")
    with read_journal(office.state, "collector-1") as journal:
        issued, taken, gone = (each.entry for each in journal.entries())
        leaves = b"".join(each.leaf for each in journal.entries())
    assert (issued.who, issued.subject, issued.site) == ("host:wang", "line-1", "works")
    assert (taken.who, taken.role) == ("agent:line-1", "agent")
    assert (gone.reason, gone.new) == ("the gateway was stolen", {"key": KEY.verifier.to_text()})
    assert taken.new["code"] == issued.new["key"] == code.key_for("line-1").verifier.to_text()
    for secret in (code.secret, code.secret.hex().encode(), code.to_text().encode()):
        assert secret not in leaves


def test_a_code_is_good_for_one_key(office: Office) -> None:
    code = office.code()
    enrol(office.registrar(), code, KEY)
    with pytest.raises(EnrolmentCodeUnknownError):
        enrol(office.registrar(), code, OTHER)
    assert pinned(office) == {KEY.verifier.label: True}


def test_the_same_key_may_ask_again_for_its_answer_was_lost(office: Office) -> None:
    code = office.code()
    first = enrol(office.registrar(), code, KEY)
    assert enrol(office.registrar(), code, KEY) == first
    assert entered(office).count(Action.AGENT_ENROLLED) == 1


def test_of_many_that_show_one_code_at_once_exactly_one_is_enrolled(office: Office) -> None:
    code = office.code()
    keys = [key_of("line-1", bytes([each])) for each in range(1, 13)]
    registrars = [office.registrar() for _ in range(4)]  # as four processes would

    def tried(number: int) -> bool:
        try:
            enrol(registrars[number % 4], code, keys[number])
        except EnrolmentCodeUnknownError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(tried, range(12)))
    assert sum(granted) == 1
    assert list(pinned(office)) == [keys[granted.index(True)].verifier.label]


def test_a_code_is_over_after_its_hours(office: Office) -> None:
    code = office.code(hours=2)
    office.clock.advance(2 * HOUR_NS - 1)
    enrol(office.registrar(), code, KEY)
    late = office.code(hours=2)
    office.clock.advance(2 * HOUR_NS)
    with pytest.raises(EnrolmentCodeUnknownError):
        enrol(office.registrar(), late, OTHER)


@pytest.mark.parametrize("hours", [0, 25, -1])
def test_a_code_is_good_for_a_day_at_most(office: Office, hours: int) -> None:
    with pytest.raises(EnrolmentAgentError, match="1 to 24"):
        office.code(hours=hours)


def test_a_code_of_another_agent_enrols_nobody(office: Office) -> None:
    code, key = office.code("line-2"), KEY
    for signer in (code.key_for("line-1"), code.key_for("line-2")):
        with pytest.raises(EnrolmentCodeUnknownError):
            ask(office.registrar(), (signer, key), key)


def test_a_request_without_the_code_or_with_a_strange_one_enrols_nobody(office: Office) -> None:
    office.code()
    registrar = office.registrar()
    for signers in ((KEY,), (OTHER, KEY), (key_of("line-1", b"x"), KEY)):
        with pytest.raises(EnrolmentCodeUnknownError):
            ask(registrar, signers, KEY)
    with pytest.raises(EnrolmentRequestError):
        ask(registrar, (OTHER,), KEY)


def test_the_key_of_the_code_itself_is_not_enrolled_by_its_own_signature(office: Office) -> None:
    by_code = office.code().key_for("line-1")
    with pytest.raises(EnrolmentCodeUnknownError):
        ask(office.registrar(), (by_code,), by_code)


def test_a_key_named_after_another_agent_is_refused(office: Office) -> None:
    code, strange = office.code(), key_of("line-2")
    with pytest.raises(EnrolmentKeyError, match="not named 'line-1'"):
        enrol(office.registrar(), code, strange)


def test_a_key_of_another_agent_is_refused(office: Office) -> None:
    office.agents = filed("boiler", "works", KEY)  # pinned under another id than its name
    with pytest.raises(EnrolmentKeyError, match="another agent"):
        enrol(office.registrar(), office.code(), KEY)


def test_a_key_that_was_revoked_is_never_enrolled_again(office: Office) -> None:
    enrol(office.registrar(), office.code(), KEY)
    revoke(office.registrar(), "line-1", "", WANG, "copied")
    with pytest.raises(RevokedKeyError):
        enrol(office.registrar(), office.code(), KEY)
    with pytest.raises(RevokedKeyError):
        pin_key(office.registrar(), ("line-1", "works"), KEY.verifier.to_text(), WANG, "again")
    assert pinned(office) == {KEY.verifier.label: False}


def test_an_agent_of_the_file_enrols_its_own_key_and_is_one_agent(office: Office) -> None:
    office.agents = filed("line-1", "works", KEY)
    enrol(office.registrar(), office.code(), KEY)
    assert pinned(office) == {KEY.verifier.label: True}


def test_an_agent_stays_on_its_site(office: Office) -> None:
    office.agents = filed("line-1", "works", KEY)
    with pytest.raises(EnrolmentAgentError, match="stands on 'works'"):
        office.code(site="mill")
    enrol(office.registrar(), office.code(), OTHER)
    office.agents = ""
    with pytest.raises(EnrolmentAgentError, match="stands on 'works'"):
        office.code(site="mill")


def test_a_key_is_pinned_by_a_person_and_only_once(office: Office) -> None:
    where, line = ("line-1", "works"), KEY.verifier.to_text()
    verifier, _ = pin_key(office.registrar(), where, f" {line}\n", WANG, "by telephone")
    assert verifier == KEY.verifier
    assert pinned(office) == {KEY.verifier.label: True}
    with pytest.raises(EnrolmentAgentError, match="is pinned"):
        pin_key(office.registrar(), where, line, WANG, "by telephone")
    with pytest.raises(KeyTextError):
        pin_key(office.registrar(), where, KEY.to_text(), WANG, "a secret")


def test_one_key_is_revoked_and_the_other_goes_on(office: Office) -> None:
    office.agents = filed("line-1", "works", KEY)
    pin_key(office.registrar(), ("line-1", "works"), OTHER.verifier.to_text(), WANG, "second")
    gone, _ = revoke(office.registrar(), "line-1", KEY.verifier.label, WANG, "copied")
    assert [one.verifier for one in gone] == [KEY.verifier]
    assert pinned(office) == {KEY.verifier.label: False, OTHER.verifier.label: True}


def test_a_key_that_does_not_count_cannot_be_revoked_again(office: Office) -> None:
    enrol(office.registrar(), office.code(), KEY)
    revoke(office.registrar(), "line-1", "", WANG, "copied")
    for agent, key in (("line-1", ""), ("line-9", ""), ("line-1", OTHER.verifier.label)):
        with pytest.raises(EnrolmentAgentError, match="no key"):
            revoke(office.registrar(), agent, key, WANG, "again")


def test_a_key_follows_when_old_and_new_sign(office: Office) -> None:
    enrol(office.registrar(), office.code(), KEY)
    registrar = office.registrar()
    for signers in ((OTHER,), (key_of("line-1", b"x"), OTHER)):
        with pytest.raises(EnrolmentKeyError, match="follows no key"):
            ask(registrar, signers, OTHER, Purpose.KEY)
    ask(registrar, (KEY, OTHER), OTHER, Purpose.KEY)
    ask(registrar, (KEY, OTHER), OTHER, Purpose.KEY)  # its answer was lost
    assert pinned(office) == {KEY.verifier.label: True, OTHER.verifier.label: True}
    assert entered(office).count(Action.KEY_PINNED) == 1


def test_a_revoked_key_names_no_successor(office: Office) -> None:
    enrol(office.registrar(), office.code(), KEY)
    revoke(office.registrar(), "line-1", "", WANG, "copied")
    with pytest.raises(RevokedKeyError):
        ask(office.registrar(), (KEY, OTHER), OTHER, Purpose.KEY)


def test_a_key_of_another_agent_names_no_successor(office: Office) -> None:
    for agent in ("line-1", "line-2"):
        enrol(office.registrar(), office.code(agent), key_of(agent), agent=agent)
    with pytest.raises(EnrolmentKeyError):
        ask(office.registrar(), (key_of("line-2"), OTHER), OTHER, Purpose.KEY)


def test_where_file_and_journal_contradict_each_other_a_collector_does_not_start(
    office: Office,
) -> None:
    enrol(office.registrar(), office.code(), KEY)
    office.agents = filed("line-1", "mill", OTHER)
    with pytest.raises(AgentEntryError, match="mill"):
        registrar_of(office.config, office.clock)
    with pytest.raises(AgentEntryError):
        registered_agents(office.config)
    running = office.registrar().registered  # a running one goes on with what the file says
    assert [one.verifier for one in running.agents.owners.values()] == [OTHER.verifier]


def test_a_signature_that_does_not_fit_is_refused(office: Office) -> None:
    note = sign_request(
        Request(purpose=Purpose.ENROL, agent="line-1", key=KEY.verifier),
        (office.code().key_for("line-1"), KEY),
    )
    at = note.rindex(b"A")
    with pytest.raises(SignatureError):
        answer(office.registrar(), note[:at] + b"B" + note[at + 1 :], b"")
    assert pinned(office) == {}


def test_who_is_refused_holds_up_nobody(office: Office) -> None:
    """Strangers are refused before the lock that one act at a time has."""
    registrar, code = office.registrar(), office.code()
    with registrar.alone(), ThreadPoolExecutor(1) as pool:
        refused = pool.submit(refusal, office, OTHER)
        assert isinstance(refused.result(20), EnrolmentCodeUnknownError)
    enrol(registrar, code, KEY)


def refusal(office: Office, key: SigningKey) -> Exception | None:
    """What another process answers to a stranger."""
    try:
        ask(office.registrar(), (key,), key)
    except EnrolmentCodeUnknownError as wrong:
        return wrong
    return None
