"""Enrolling over HTTP: what is granted, and how each refusal looks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from collector.enrolment.enrolling import revoke
from evidence.log.enrolment import Purpose, Request, csr_digest, sign_request
from evidence.log.key import SigningKey
from tests.unit.collector.api.plant import Asked, Plant, served
from tests.unit.collector.enrolment.office import (
    CENTRE,
    WANG,
    Office,
    filed,
    fresh_csr,
    key_of,
)

KEY = key_of("line-1")
ADDRESS = "/api/v1/enrolment"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(folder=tmp_path / "office")
    yield made
    made.close()


@pytest.fixture
def open_to_agents(fresh: Plant, office: Office) -> Asked:
    parts = replace(fresh.parts(), registrar=office.registrar())
    return served(parts, client="192.0.2.7", base="http://collector.example:8080")


def body(
    signers: tuple[SigningKey, ...],
    key: SigningKey = KEY,
    purpose: Purpose = Purpose.ENROL,
    csr: bytes = b"",
) -> dict[str, str]:
    request = Request(purpose=purpose, agent="line-1", key=key.verifier, csr_sha256=csr_digest(csr))
    return {"request": sign_request(request, signers).decode(), "csr": csr.decode()}


def sent(asked: Asked, content: object, kind: str = "application/json") -> httpx.Response:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return asked.send("POST", ADDRESS, {"content-type": kind}, data)


def test_a_new_agent_is_enrolled_from_another_machine_without_a_token(
    open_to_agents: Asked, office: Office
) -> None:
    office.with_broker()
    csr = fresh_csr()
    answer = sent(open_to_agents, body((office.code().key_for("line-1"), KEY), csr=csr))
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert said["collector_key"] == CENTRE.verifier.to_text()
    assert said["broker"] == {"host": "127.0.0.1", "port": 8883}
    assert "BEGIN CERTIFICATE" in said["certificate"]
    assert office.registrar().registered.valid("line-1")[0].verifier == KEY.verifier


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [
        ("no code", 403, "E_ENROL_CODE"),
        ("used code", 403, "E_ENROL_CODE"),
        ("other name", 403, "E_ENROL_KEY"),
        ("not pinned", 403, "E_ENROL_KEY"),
        ("revoked", 403, "E_KEY_REVOKED"),
        ("no csr", 422, "E_ENROL_CSR"),
        ("no broker", 503, "E_BROKER_FILES"),
        ("not signed by itself", 422, "E_ENROL_REQUEST"),
        ("does not fit", 403, "E_SIG_INVALID"),
    ],
)
def test_a_refusal_is_a_problem_with_its_own_code(
    open_to_agents: Asked, office: Office, case: str, status: int, code: str
) -> None:
    answer = sent(open_to_agents, refused_body(office, case))
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, status)
    assert problem["detail"]


def refused_body(office: Office, case: str) -> dict[str, str]:
    """A request that is refused for one reason alone."""
    by_code, other = office.code().key_for("line-1"), key_of("line-1", b"o")
    if case not in ("no code", "other name", "not pinned", "not signed by itself", "does not fit"):
        answer = sent(another_process(office), body((by_code, KEY)))
        assert answer.status_code == 201, answer.text
    if case == "revoked":
        revoke(office.registrar(), "line-1", "", WANG, "copied")
    signed, unlike = body((by_code, KEY)), body((by_code, KEY), purpose=Purpose.KEY)
    text, signatures = signed["request"].split("\n\n")[0], unlike["request"].split("\n\n")[1]
    renewal = body((KEY,), purpose=Purpose.CERTIFICATE, csr=fresh_csr())
    return {
        "no code": body((KEY,)),
        "used code": body((by_code, other), other),
        "other name": body((by_code, key_of("line-2")), key_of("line-2")),
        "not pinned": renewal,
        "revoked": renewal,
        "no broker": renewal,
        "no csr": body((KEY,), purpose=Purpose.CERTIFICATE),
        "not signed by itself": body((by_code,)),
        "does not fit": {"request": f"{text}\n\n{signatures}", "csr": ""},
    }[case]


def another_process(office: Office) -> Asked:
    """Another collector on the same folder."""
    plant = Plant(office.folder / f"plant-{len(office.open)}")
    return served(replace(plant.parts(), registrar=office.registrar()))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"request": 7}',
        b'{"request": "a", "request": "b"}',
        b'{"request": "a", "more": 1}',
        b'{"request": "\\ud800"}',
        b'{"request": "' + b"a" * 5000 + b'"}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
def test_a_body_that_is_no_request_is_refused(open_to_agents: Asked, content: bytes) -> None:
    answer = sent(open_to_agents, content)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["code"].startswith("E_")


def test_another_media_type_and_an_unknown_parameter_are_refused(open_to_agents: Asked) -> None:
    assert sent(open_to_agents, {}, "text/plain").status_code == 415
    answer = open_to_agents.send("POST", f"{ADDRESS}?x=1", {"content-type": "application/json"})
    assert answer.status_code == 422


def test_a_stranger_is_not_told_which_keys_are_known(open_to_agents: Asked, office: Office) -> None:
    office.agents = filed("boiler-2", "works", key_of("boiler-2"))
    office.code()
    for each in (body((KEY,)), body((key_of("line-9"), KEY)), body((key_of("line-9"),))):
        text = sent(open_to_agents, each).text
        assert "boiler-2" not in text


def test_a_collector_without_a_registrar_enrols_nobody(fresh: Plant) -> None:
    answer = sent(served(fresh.parts()), body((KEY,)))
    assert (answer.status_code, answer.json()["code"]) == (501, "E_ENROL_UNAVAILABLE")


def test_the_request_for_a_certificate_is_bound_to_what_was_signed(
    open_to_agents: Asked, office: Office
) -> None:
    """Whoever is in the middle cannot exchange the key that is certified."""
    office.with_broker()
    honest = body((office.code().key_for("line-1"), KEY), csr=fresh_csr())
    answer = sent(open_to_agents, {**honest, "csr": fresh_csr().decode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "E_ENROL_CSR")
