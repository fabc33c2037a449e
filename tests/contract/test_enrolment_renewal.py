"""Certificates renewed, keys announced, and the agent's commands, against a registrar."""

import json
import threading
from pathlib import Path

import pytest

from collector.enrolment.enrolling import revoke
from edge_agent.cli import agent as agent_command
from edge_agent.enrolment import renewal
from edge_agent.enrolment.asking import announce, certificate_of, enrol, kept_of, renew
from edge_agent.enrolment.errors import (
    EnrolAnswerError,
    EnrolFileError,
    NotEnrolledError,
)
from edge_agent.enrolment.renewal import renewed_if_due, renewing
from edge_agent.installation import Installation, load_installation
from evidence.clock import SteppedClock, SystemClock
from evidence.load import read_signing_key
from evidence.log.enrolment import Enrolled
from tests.contract.enrolment_middle import (
    DAY_NS,
    KEY,
    Altered,
    Middle,
    code_for,
    for_another,
    junk,
    other_authority,
    other_key,
    state,
)
from tests.unit.collector.enrolment.office import WANG, key_of


def test_a_certificate_is_renewed_under_another_key(middle: Middle, gateway: Installation) -> None:
    with pytest.raises(NotEnrolledError):
        renew(gateway)
    enrol(gateway, middle.url, code_for(middle, gateway))
    before = certificate_of(state(gateway))
    renew(gateway)
    after = certificate_of(state(gateway))
    assert after.serial_number != before.serial_number
    assert after.public_key() != before.public_key()


@pytest.mark.parametrize("alter", [other_key, other_authority, junk, for_another])
def test_a_renewal_that_another_collector_answers_changes_nothing(
    middle: Middle, gateway: Installation, alter: Altered
) -> None:
    enrol(gateway, middle.url, code_for(middle, gateway))
    before = (state(gateway) / "broker.pem").read_bytes()
    middle.alter = alter
    with pytest.raises(EnrolAnswerError):
        renew(gateway)
    assert (state(gateway) / "broker.pem").read_bytes() == before


def test_a_certificate_is_renewed_only_when_it_is_due(
    middle: Middle, gateway: Installation
) -> None:
    enrol(gateway, middle.url, code_for(middle, gateway))
    until = renewed_if_due(gateway)
    assert len(middle.asked) == 1
    assert renewed_if_due(gateway, always=True) >= until
    assert len(middle.asked) == 2


def test_a_running_agent_renews_what_is_due_by_itself(
    middle: Middle, gateway: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle.office.clock = SteppedClock(SystemClock().now_ns() - 70 * DAY_NS)
    enrol(gateway, middle.url, code_for(middle, gateway))
    before = certificate_of(state(gateway)).serial_number
    monkeypatch.setattr(renewal, "FIRST_S", 0.01)
    renewed = threading.Event()

    def noting(answered: Enrolled) -> Enrolled:
        renewed.set()
        return answered

    middle.alter = noting
    with renewing(gateway):
        assert renewed.wait(20)
        for _ in range(2000):
            if certificate_of(state(gateway)).serial_number != before:
                break
            renewed.wait(0.01)
            threading.Event().wait(0.005)
    assert certificate_of(state(gateway)).serial_number != before


def test_a_key_that_follows_is_pinned_before_it_is_in_use(
    middle: Middle, gateway: Installation
) -> None:
    following = key_of("line-1", b"n")
    with pytest.raises(NotEnrolledError):
        announce(gateway, following)
    enrol(gateway, middle.url, code_for(middle, gateway))
    announce(gateway, following)
    counts = middle.office.registrar().registered.valid("line-1")
    assert {one.verifier for one in counts} == {KEY.verifier, following.verifier}
    revoke(middle.office.registrar(), "line-1", KEY.verifier.label, WANG, "rotated")
    gone = middle.office.registrar().standing().withdrawn
    held = certificate_of(state(gateway)).serial_number
    assert held not in {each.serial for each in gone}, "it came with the new key, and stays"
    assert len(gone) == 1


def test_the_command_rotates_announces_and_goes_on_where_it_cannot(
    middle: Middle, gateway: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol(gateway, middle.url, code_for(middle, gateway))
    config = ["--config", str(gateway.path)]
    assert agent_command(["rotate-key", *config]) == 0
    said = capsys.readouterr()
    following = read_signing_key(state(gateway) / "agent.key.next").verifier
    assert said.out.strip() == following.to_text()
    assert f"the collector has pinned {following.label}" in said.err
    revoke(middle.office.registrar(), "line-1", "", WANG, "all of them")
    assert agent_command(["rotate-key", *config]) == 0
    said = capsys.readouterr()
    assert "E_KEY_REVOKED" in said.err
    assert said.out.strip() == following.to_text()


def test_the_command_enrols_writes_the_uplink_and_renews(
    middle: Middle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "new" / "agent.toml"
    text = middle.office.code("line-7", "works").to_text()
    words = ["enrol", middle.url, text, "--config", str(config), "--id", "line-7"]
    assert agent_command([*words, "--site", "works"]) == 0
    uplink = load_installation(config).config.uplink
    assert (uplink.host, uplink.port) == ("127.0.0.1", 8883)
    assert (uplink.tls_ca, uplink.tls_cert) == ("state/broker-ca.pem", "state/broker.pem")
    assert uplink.collector_key.startswith("collector-1+")
    assert agent_command(["renew", "--now", "--config", str(config)]) == 0
    assert "good until" in capsys.readouterr().err
    assert agent_command(words) == 0, "the same agent may ask again"
    assert agent_command(["enrol", middle.url, "x", "--config", str(config)]) != 0
    assert "E_ENROL_CODE_TEXT" in capsys.readouterr().err


def test_a_kept_enrolment_that_is_damaged_is_named(gateway: Installation) -> None:
    path = state(gateway) / "enrolment.json"
    path.write_text(json.dumps({"url": 7}))
    with pytest.raises(EnrolFileError):
        kept_of(state(gateway))
