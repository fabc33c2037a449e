"""The agent's certificate for the broker: its key, the request for it, and what is believed.

Loaded only where an agent enrols or renews: it costs memory that a gateway has better uses for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from edge_agent.enrolment.errors import EnrolAnswerError
from evidence.errors import Words

_UNREADABLE: Final = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A key of the agent's own, and the request to certify it.

    Attributes:
        agent: Its id, the certificate's common name.
        key: The secret; no repr shows it.
        csr: The request (PKCS #10, PEM), signed once: its digest goes into what is asked.
    """

    agent: str
    key: EllipticCurvePrivateKey
    csr: bytes

    def __repr__(self) -> str:
        return f"Wish({self.agent})"

    def with_key(self, certificate: x509.Certificate) -> bytes:
        """Certificate and key together, PEM, for a file that others cannot read."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return certificate.public_bytes(Encoding.PEM) + key


def wish(agent: str) -> Wish:
    """A new key on P-256, from the operating system's random source."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, agent)])
    built = x509.CertificateSigningRequestBuilder().subject_name(name)
    csr = built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    return Wish(agent=agent, key=key, csr=csr)


def read_pem(text: bytes, what: str) -> x509.Certificate:
    """The first certificate of a text.

    Raises:
        EnrolAnswerError: There is none.
    """
    try:
        return x509.load_pem_x509_certificate(text)
    except _UNREADABLE:
        raise EnrolAnswerError(what, found=Words("it is no certificate", "不是证书")) from None


def require_own(certificate: x509.Certificate, authority: x509.Certificate, own: Wish) -> None:
    """Returns if the authority certified this agent's own key for it.

    Raises:
        EnrolAnswerError: It did not.
    """
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *_UNREADABLE):
        raise _unbelieved("the certificate is not by this authority") from None
    if certificate.public_key() != own.key.public_key():
        raise _unbelieved("the certificate is for another key")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if [str(name.value) for name in names] != [own.agent]:
        raise _unbelieved("the certificate names another agent")


def is_due(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether less than a third of a certificate's life is left; 30 of 90 days."""
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    return certificate.not_valid_after_utc - now < life / 3


def _unbelieved(found: str) -> EnrolAnswerError:
    return EnrolAnswerError("certificate", found=found)
