"""An agent's enrolling against a collector's registrar, with somebody in the middle.

Here the agent's own code meets the collector's; what is altered on the way, or answered by
another collector, must not be believed.
"""

import pytest

from edge_agent.enrolment.asking import certificate_of, enrol, kept_of
from edge_agent.enrolment.errors import (
    EnrolAnswerError,
    EnrolRefusedError,
    EnrolSiteError,
    EnrolUnreachableError,
)
from edge_agent.installation import Installation
from evidence.log.enrolment import Code
from tests.contract.enrolment_middle import (
    Altered,
    Middle,
    authority_as_own,
    code_for,
    for_another,
    junk,
    no_authority,
    other_authority,
    other_key,
    state,
)
from tests.unit.collector.enrolment.office import certificates


def test_an_agent_is_enrolled_and_its_files_are_private(
    middle: Middle, gateway: Installation
) -> None:
    answered = enrol(gateway, middle.url, code_for(middle, gateway))
    folder = state(gateway)
    (authority,) = certificates(answered.authority)
    certificate_of(folder).verify_directly_issued_by(authority)
    for name in ("broker.pem", "broker-ca.pem", "enrolment.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0
    kept = kept_of(folder)
    assert kept is not None
    assert (kept.url, kept.has_certificate) == (middle.url, True)


def test_the_code_never_goes_over_the_wire(middle: Middle, gateway: Installation) -> None:
    code = code_for(middle, gateway)
    enrol(gateway, middle.url, code)
    (asked,) = middle.asked
    sent = asked.request + asked.csr
    assert code.to_text() not in sent
    assert code.secret.hex() not in sent
    assert code.key_for("line-1").to_text() not in sent


@pytest.mark.parametrize(
    "alter", [other_key, other_authority, no_authority, authority_as_own, junk, for_another]
)
def test_an_answer_that_the_code_does_not_vouch_for_changes_nothing(
    middle: Middle, gateway: Installation, alter: Altered
) -> None:
    middle.alter = alter
    with pytest.raises(EnrolAnswerError):
        enrol(gateway, middle.url, code_for(middle, gateway))
    assert kept_of(state(gateway)) is None
    assert not (state(gateway) / "broker.pem").exists()


def test_another_site_is_named(middle: Middle, gateway: Installation) -> None:
    with pytest.raises(EnrolSiteError, match="elsewhere"):
        enrol(gateway, middle.url, middle.office.code("line-1", "elsewhere"))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b"{" * 9000])
def test_what_is_no_answer_of_a_collector_is_said_to_be_none(
    middle: Middle, gateway: Installation, body: bytes
) -> None:
    middle.alter = lambda _answered: body
    with pytest.raises(EnrolUnreachableError):
        enrol(gateway, middle.url, code_for(middle, gateway))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x", "http://127.0.0.1:1", "x", ""])
def test_an_address_that_cannot_be_asked_is_said_to_be_none(
    gateway: Installation, middle: Middle, url: str
) -> None:
    with pytest.raises(EnrolUnreachableError):
        enrol(gateway, url, code_for(middle, gateway))


def test_a_refusal_is_shown_with_the_collectors_own_words(
    middle: Middle, gateway: Installation
) -> None:
    code = code_for(middle, gateway)
    stranger = Code(secret=bytes(13), anchor=code.anchor)
    with pytest.raises(EnrolRefusedError, match="E_ENROL_CODE"):
        enrol(gateway, middle.url, stranger)


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_code(
    middle: Middle, gateway: Installation
) -> None:
    code = code_for(middle, gateway)
    middle.alter = lambda _answered: b""
    with pytest.raises(EnrolUnreachableError):
        enrol(gateway, middle.url, code)
    middle.alter = lambda answered: answered
    enrol(gateway, middle.url, code)
    assert kept_of(state(gateway)) is not None
