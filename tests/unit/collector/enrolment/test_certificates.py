"""Certificates for the broker: whose they are, asked for once, refused for what is none."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.x509.oid import NameOID

from collector.enrolment.authority import new_key
from collector.enrolment.enrolling import answer, revoke
from collector.enrolment.errors import (
    BrokerFilesError,
    EnrolmentCsrError,
    EnrolmentKeyError,
)
from collector.enrolment.granting import certified_key
from collector.errors import RevokedKeyError
from evidence.log.enrolment import Purpose, Request, sign_request
from tests.unit.collector.enrolment.office import (
    WANG,
    Office,
    ask,
    certificates,
    csr_of,
    enrol,
    fresh_csr,
    key_of,
)

KEY = key_of("line-1")


def test_a_certificate_is_for_the_agent_whatever_the_request_for_it_says(office: Office) -> None:
    office.with_broker()
    tls = new_key()
    answered = enrol(office.registrar(), office.code(), KEY, csr_of("@collector", tls))
    (made,) = certificates(answered.certificate)
    (authority,) = certificates(answered.authority)
    made.verify_directly_issued_by(authority)
    names = made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [name.value for name in names] == ["line-1"]
    assert made.public_key() == tls.public_key()
    assert answered.broker is not None
    assert (answered.broker.host, answered.broker.port) == ("127.0.0.1", 8883)


def test_a_key_of_tls_is_certified_once_so_a_replayed_request_gives_nothing(
    office: Office,
) -> None:
    office.with_broker()
    registrar, code, csr = office.registrar(), office.code(), fresh_csr()
    enrol(registrar, code, KEY, csr)
    for purpose, signers in (
        (Purpose.ENROL, (code.key_for("line-1"), KEY)),
        (Purpose.CERTIFICATE, (KEY,)),
    ):
        with pytest.raises(EnrolmentCsrError, match="certified before"):
            ask(registrar, signers, KEY, purpose, csr)
    ask(registrar, (KEY,), KEY, Purpose.CERTIFICATE, fresh_csr())


def test_only_a_pinned_key_renews(office: Office) -> None:
    office.with_broker()
    with pytest.raises(EnrolmentKeyError, match="not pinned"):
        ask(office.registrar(), (KEY,), KEY, Purpose.CERTIFICATE, fresh_csr())
    enrol(office.registrar(), office.code(), KEY)
    ask(office.registrar(), (KEY,), KEY, Purpose.CERTIFICATE, fresh_csr())
    revoke(office.registrar(), "line-1", "", WANG, "copied")
    with pytest.raises(RevokedKeyError):
        ask(office.registrar(), (KEY,), KEY, Purpose.CERTIFICATE, fresh_csr())


@pytest.mark.parametrize("spoiled", ["none", "empty", "junk", "curve", "bit", "other", "long"])
def test_a_request_for_a_certificate_that_is_none_is_refused(office: Office, spoiled: str) -> None:
    office.with_broker()
    enrol(office.registrar(), office.code(), KEY)
    good = fresh_csr()
    bad = {
        "none": b"",
        "empty": b"-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n",
        "junk": b"junk \xff",
        "curve": csr_of("line-1", generate_private_key(SECP384R1())),
        "bit": good[:200] + bytes([good[200] ^ 1]) + good[201:],
        "other": good,
        "long": good + b"\n" * 5000,
    }[spoiled]
    registrar = office.registrar()
    if spoiled != "other":
        with pytest.raises(EnrolmentCsrError):
            ask(registrar, (KEY,), KEY, Purpose.CERTIFICATE, bad)
        return
    request = Request(purpose=Purpose.CERTIFICATE, agent="line-1", key=KEY.verifier)
    with pytest.raises(EnrolmentCsrError, match="not the one that was signed"):
        answer(registrar, sign_request(request, (KEY,)), bad)


def test_every_byte_of_a_request_for_a_certificate_may_be_wrong() -> None:
    good = csr_of("line-1", generate_private_key(SECP256R1()))
    granted = 0
    for at in range(len(good)):
        for bit in (0x01, 0x20, 0x80):
            with suppress(EnrolmentCsrError):
                certified_key(good[:at] + bytes([good[at] ^ bit]) + good[at + 1 :])
                granted += 1
    assert granted < len(good) / 20  # white space and line ends alone


def test_without_a_broker_a_new_agent_is_enrolled_and_nothing_is_renewed(office: Office) -> None:
    answered = enrol(office.registrar(), office.code(), KEY, fresh_csr())
    assert answered.certificate == ""
    with pytest.raises(BrokerFilesError, match="no broker"):
        ask(office.registrar(), (KEY,), KEY, Purpose.CERTIFICATE, fresh_csr())
