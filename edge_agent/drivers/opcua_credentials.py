"""Certificates, keys and passwords of an endpoint, read from their files; and whom it trusts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_der_private_key,
    load_pem_private_key,
)

from edge_agent.drivers.opcua_errors import OpcUaFileError, OpcUaUntrustedError
from edge_agent.drivers.opcua_settings import SignAndEncrypt, UserCertificate, UserPassword
from evidence.errors import Words

_MOST_BYTES = 1_048_576
_MOST_FILES = 1000
_PEM = b"-----BEGIN"
_NOT_LISTED = Words(
    "neither it nor its issuer is among those trusted", "证书及其签发者均不在信任列表"
)
_EXPIRED = Words(
    "its issuer is trusted, but it is not valid today", "签发者可信，但证书不在有效期内"
)
_NOT_READABLE = Words("it cannot be read as a certificate", "无法解析为证书")
FoundT = TypeVar("FoundT")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: RSAPrivateKey

    @property
    def application_uri(self) -> str:
        """The URI of the certificate's subjectAltName; empty if it has none."""
        try:
            names = self.certificate.extensions.get_extension_for_class(
                x509.SubjectAlternativeName
            ).value
        except x509.ExtensionNotFound:
            return ""
        return next(iter(names.get_values_for_type(x509.UniformResourceIdentifier)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom an endpoint trusts: a certificate that is listed, or one that a listed authority issued.

    Attributes:
        place: Where they lie, for the error.
        certificates: Of servers, and of authorities.
    """

    place: str
    certificates: tuple[x509.Certificate, ...]

    def require(self, der: bytes, where: str, now_ns: int) -> x509.Certificate:
        """The certificate that a server shows, if it is trusted.

        One that is listed itself is trusted by name, whatever its dates; one that is trusted
        for its issuer must be valid now.

        Raises:
            OpcUaUntrustedError: it is not.
        """
        try:
            shown = x509.load_der_x509_certificate(first_certificate(der))
        except (ValueError, TypeError, x509.InvalidVersion):
            raise OpcUaUntrustedError(
                where, what=_NOT_READABLE, found=der[:32].hex(), trust=self.place
            ) from None
        if shown in self.certificates:
            return shown
        issued = any(_issued(shown, authority) for authority in self.certificates)
        if issued and _valid(shown, now_ns):
            return shown
        what, found = _EXPIRED if issued else _NOT_LISTED, shown.fingerprint(SHA256()).hex()
        raise OpcUaUntrustedError(where, what=what, found=found, trust=self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """All that an endpoint needs to prove who it is, and to know whom it talks to."""

    own: KeyPair
    trust: Trust


def read_credentials(security: SignAndEncrypt) -> Credentials:
    """The agent's certificate and key, and whom it trusts.

    Raises:
        OpcUaFileError: a file cannot be used.
    """
    own = read_pair(security.certificate, security.key)
    return Credentials(own=own, trust=_trust(Path(security.trust)))


def read_pair(certificate: str, key: str) -> KeyPair:
    """A certificate and the private key that belongs to it.

    Raises:
        OpcUaFileError: a file cannot be used, or the two do not belong together.
    """
    found, private = _certificate(Path(certificate)), _parsed(Path(key), _private_key)
    if found.public_key() != private.public_key():
        raise OpcUaFileError(
            key, file=key, what=Words("it is not the certificate's", "与证书不匹配")
        )
    return KeyPair(certificate=found, key=private)


def read_user(user: UserPassword | UserCertificate) -> "tuple[str, str] | KeyPair":
    """Name and password, or certificate and key.

    Raises:
        OpcUaFileError: a file cannot be used.
    """
    if isinstance(user, UserCertificate):
        return read_pair(user.certificate, user.key)
    text = _parsed(Path(user.password_file), lambda raw: raw.decode("utf-8"))
    return user.name, text.rstrip("\r\n")


def first_certificate(der: bytes) -> bytes:
    """The first of a chain of certificates that follow one another, as servers show them."""
    if len(der) > 4 and der[:2] == b"\x30\x82":
        return der[: 4 + int.from_bytes(der[2:4], "big")]
    return der


def _trust(place: Path) -> Trust:
    if not place.is_dir():
        return Trust(place=str(place), certificates=(_certificate(place),))
    files = sorted(each for each in place.iterdir() if each.is_file())[:_MOST_FILES]
    kinds = {".pem", ".der", ".crt", ".cer"}
    found = tuple(_certificate(each) for each in files if each.suffix.lower() in kinds)
    if not found:
        raise OpcUaFileError(
            str(place), file=place, what=Words("no certificate in it", "其中没有证书")
        )
    return Trust(place=str(place), certificates=found)


def _certificate(path: Path) -> x509.Certificate:
    def parse(raw: bytes) -> x509.Certificate:
        return (
            x509.load_pem_x509_certificate(raw)
            if _PEM in raw
            else x509.load_der_x509_certificate(raw)
        )

    return _parsed(path, parse)


def _private_key(raw: bytes) -> RSAPrivateKey:
    load = load_pem_private_key if _PEM in raw else load_der_private_key
    key = load(raw, None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("RSA is needed")
    return key


def _parsed(path: Path, parse: Callable[[bytes], FoundT]) -> FoundT:
    try:
        with path.open("rb") as file:
            return parse(file.read(_MOST_BYTES))
    except OSError as wrong:
        what = wrong.strerror or type(wrong).__name__
    except (ValueError, TypeError) as wrong:
        what = str(wrong).splitlines()[0][:200] if str(wrong) else type(wrong).__name__
    raise OpcUaFileError(str(path), file=path, what=what) from None


def _issued(shown: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
        shown.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.ca


def _valid(shown: x509.Certificate, now_ns: int) -> bool:
    now = datetime.fromtimestamp(now_ns / 1e9, UTC)
    return shown.not_valid_before_utc <= now <= shown.not_valid_after_utc


def der_of(certificate: x509.Certificate) -> bytes:
    """The certificate's DER bytes."""
    return certificate.public_bytes(Encoding.DER)
