"""Somebody between an agent and a collector, and what they may answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from collector.api.problem import problem_of
from collector.enrolment.authority import client_certificate, new_authority, new_key
from collector.enrolment.enrolling import answer
from collector.enrolment.files import certificate_pem
from edge_agent.installation import Installation
from evidence.clock import NS_PER_S
from evidence.errors import CodedError
from evidence.log.enrolment import Asked, Code, Enrolled
from evidence.log.key import Algorithm, generate
from tests.unit.collector.enrolment.office import Office, certificates, key_of

Altered = Callable[[Enrolled], Enrolled | bytes]
KEY = key_of("line-1")
DAY_NS = 86_400 * NS_PER_S


@dataclass(slots=True)
class Middle:
    """Passes questions on to a collector, and answers as `alter` says."""

    office: Office
    alter: Altered = field(default=lambda answered: answered)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def answer(self, body: bytes) -> tuple[int, bytes]:
        asked = msgspec.json.decode(body, type=Asked)
        self.asked.append(asked)
        try:
            found = answer(self.office.registrar(), asked.request.encode(), asked.csr.encode())
        except CodedError as refused:
            return 403, msgspec.json.encode(problem_of(refused, "en"))
        altered = self.alter(found)
        return 201, altered if isinstance(altered, bytes) else msgspec.json.encode(altered)


def site(gateway: Installation) -> str:
    return gateway.config.agent.site


def state(gateway: Installation) -> Path:
    return gateway.beside(gateway.config.agent.state_dir)


def code_for(middle: Middle, gateway: Installation) -> Code:
    return middle.office.code("line-1", site(gateway))


def other_key(answered: Enrolled) -> Enrolled:
    stranger = generate("collector-1", b"m" * 32, Algorithm.COSIGNATURE_V1).verifier.to_text()
    return msgspec.structs.replace(answered, collector_key=stranger)


def other_authority(answered: Enrolled) -> Enrolled:
    """A whole chain of somebody else's, made for the agent's own key."""
    made = new_authority("collector-1 broker CA", new_key(), datetime.now(UTC))
    (held,) = certificates(answered.certificate)
    public = held.public_key()
    assert isinstance(public, EllipticCurvePublicKey)
    forged = client_certificate(made, answered.agent, public, datetime.now(UTC))
    return msgspec.structs.replace(
        answered,
        authority=certificate_pem(made.certificate).decode(),
        certificate=certificate_pem(forged).decode(),
    )


def no_authority(answered: Enrolled) -> Enrolled:
    return msgspec.structs.replace(answered, authority="", certificate="")


def authority_as_own(answered: Enrolled) -> Enrolled:
    return msgspec.structs.replace(answered, certificate=answered.authority)


def junk(answered: Enrolled) -> Enrolled:
    return msgspec.structs.replace(answered, certificate="junk")


def for_another(answered: Enrolled) -> Enrolled:
    return msgspec.structs.replace(answered, agent="line-2")
