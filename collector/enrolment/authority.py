"""The certificate authority of one broker: certificates for the broker and its clients. Pure.

Its certificates carry TLS and nothing else: what an agent says is believed for the signature of
its log, under another key. ECDSA P-256 throughout, which every gateway's OpenSSL has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE: Final = timedelta(days=3653)
BROKER_LIFE: Final = timedelta(days=397)
AGENT_LIFE: Final = timedelta(days=90)
BACKDATED: Final = timedelta(days=1)
"""A gateway whose clock is behind by less still takes a new certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority with its secret.

    Attributes:
        certificate: Its own, which signs itself.
        key: Its secret; no repr shows it.
    """

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"Authority({self.certificate.subject.rfc4514_string()})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A certificate that does not count any more.

    Attributes:
        serial: Its serial number.
        at: From when on, UTC.
    """

    serial: int
    at: datetime


def new_key() -> EllipticCurvePrivateKey:
    """A secret key on P-256, from the operating system's random source."""
    return generate_private_key(SECP256R1())


def new_authority(name: str, key: EllipticCurvePrivateKey, now: datetime) -> Authority:
    """An authority that signs for ten years.

    Args:
        name: Stands in every certificate as issuer, at most 64 characters.
        key: Its secret.
        now: UTC.
    """
    subject, public = _named(name), key.public_key()
    built = (
        _builder(subject, subject, public, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return Authority(certificate=built.sign(key, hashes.SHA256()), key=key)


def broker_certificate(
    authority: Authority, hosts: Sequence[str], public: EllipticCurvePublicKey, now: datetime
) -> x509.Certificate:
    """A broker's certificate for all the names and addresses that it is reached by.

    Args:
        authority: Who signs.
        hosts: DNS names or IP addresses, at least one.
        public: The broker's key.
        now: UTC.
    """
    names = x509.SubjectAlternativeName([_general(host) for host in hosts])
    purpose = ExtendedKeyUsageOID.SERVER_AUTH
    built = _leaf(authority, hosts[0][:64], public, (now, BROKER_LIFE), purpose)
    return built.add_extension(names, critical=False).sign(authority.key, hashes.SHA256())


def client_certificate(
    authority: Authority,
    identity: str,
    public: EllipticCurvePublicKey,
    now: datetime,
    life: timedelta = AGENT_LIFE,
) -> x509.Certificate:
    """A client's certificate; its common name is who the client is to the broker.

    Args:
        authority: Who signs.
        identity: At most 64 characters.
        public: The client's key.
        now: UTC.
        life: For how long from now on.
    """
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH
    built = _leaf(authority, identity, public, (now, life), purpose)
    return built.sign(authority.key, hashes.SHA256())


def revocation_list(
    authority: Authority, withdrawn: Iterable[Withdrawn], now: datetime
) -> x509.CertificateRevocationList:
    """The list of what does not count any more, in the order of serial numbers.

    It is due when the authority itself ends: OpenSSL refuses every client as soon as a list is
    overdue, so a collector that stands still for a month would lock all agents out. The list is
    a local file that is replaced, and never fetched; a date protects nothing here.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - BACKDATED)
        .next_update(authority.certificate.not_valid_after_utc)
        .add_extension(_issuer_id(authority), critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for one in sorted(withdrawn, key=lambda each: each.serial):
        entry = x509.RevokedCertificateBuilder(one.serial, one.at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256())


def _leaf(
    authority: Authority,
    name: str,
    public: EllipticCurvePublicKey,
    span: tuple[datetime, timedelta],
    purpose: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    issuer = authority.certificate.subject
    return (
        _builder(_named(name), issuer, public, *span)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(_issuer_id(authority), critical=False)
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _issuer_id(authority: Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
