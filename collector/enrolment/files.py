"""Files that are replaced as a whole: written beside, synced, renamed."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from collector.enrolment.authority import Authority
from collector.enrolment.broker_text import CA_CERTIFICATE
from collector.enrolment.errors import BrokerFilesError
from evidence.errors import Words

SECRET: Final = 0o600
GROUP_READS: Final = 0o640
ALL_READ: Final = 0o644
_OTHERS: Final = 0o077
CA_KEY: Final = "broker-ca.key"


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """Puts a file in the place of another; a reader sees the one or the other, whole.

    Raises:
        BrokerFilesError: It cannot be written.
    """
    fresh = path.with_name(path.name + ".new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(fresh, flags, mode)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(path)
    except OSError as problem:
        raise unusable(path, problem) from problem


def read_file(path: Path) -> bytes | None:
    """A file's bytes, None if there is none.

    Raises:
        BrokerFilesError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise unusable(path, problem) from problem


def unusable(path: Path, problem: Exception) -> BrokerFilesError:
    """The error of a file that cannot be used."""
    reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return BrokerFilesError(str(path), what=reason)


def certificate_pem(certificate: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """A certificate, or a list of withdrawn ones, in PEM."""
    return certificate.public_bytes(Encoding.PEM)


def key_pem(key: EllipticCurvePrivateKey) -> bytes:
    """A secret key in PEM (PKCS #8), not encrypted: for a file that others cannot read."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_certificate(path: Path) -> x509.Certificate | None:
    """The first certificate in a file, None if there is no file.

    Raises:
        BrokerFilesError: It holds none.
    """
    data = read_file(path)
    try:
        return None if data is None else x509.load_pem_x509_certificate(data)
    except (ValueError, x509.InvalidVersion) as problem:
        raise unusable(path, problem) from problem


def read_authority(state_dir: Path) -> Authority | None:
    """The authority of this collector's broker, None if there is none.

    Raises:
        BrokerFilesError: A file of it is missing, damaged, or open to others.
    """
    certificate = read_certificate(state_dir / CA_CERTIFICATE)
    if certificate is None:
        return None
    return Authority(certificate=certificate, key=_secret(state_dir / CA_KEY))


def _secret(path: Path) -> EllipticCurvePrivateKey:
    data = read_file(path)
    if data is None:
        raise BrokerFilesError(str(path), what=Words("the key is missing", "缺少密钥"))
    if path.stat().st_mode & _OTHERS:
        what = Words(f"others can read it; run: chmod 600 {path}", f"请执行：chmod 600 {path}")
        raise BrokerFilesError(str(path), what=what)
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise unusable(path, problem) from problem
    if not isinstance(key, EllipticCurvePrivateKey):
        what = Words("the key is of another kind", "密钥类型不符")
        raise BrokerFilesError(str(path), what=what)
    return key


def write_authority(state_dir: Path, authority: Authority) -> None:
    """Keeps a new authority; the secret first, so that no certificate is without one.

    Raises:
        BrokerFilesError: It cannot be written.
    """
    replace_file(state_dir / CA_KEY, key_pem(authority.key), SECRET)
    replace_file(state_dir / CA_CERTIFICATE, certificate_pem(authority.certificate), ALL_READ)


def is_due(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether less than a quarter of a certificate's life is left."""
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    return certificate.not_valid_after_utc - now < life / 4
