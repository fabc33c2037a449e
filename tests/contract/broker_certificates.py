"""Certificates of a broker with their authorities: a good one, and some that nobody may trust."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How a broker's certificate and its authority differ from good ones.

    Attributes:
        host: That the certificate is for.
        begins, ends: Of the certificate, from now.
        authority_ends: Of its authority, from now.
    """

    host: str = "127.0.0.1"
    begins: timedelta = -2 * DAY
    ends: timedelta = DAY
    authority_ends: timedelta = DAY


GOOD = Made()
EXPIRED_AUTHORITY = Made(authority_ends=-DAY)
NOT_YET_VALID = Made(begins=DAY, ends=2 * DAY)
EXPIRED = Made(ends=-DAY)
OTHER_HOST = Made(host="127.0.0.2")


def write(folder: Path, made: Made) -> str:
    """Writes `ca.pem`, `broker.pem` and `key.pem`; the lines of a mosquitto that shows them."""
    authority, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    now = datetime.now(UTC)
    its = _name("the broker's authority")
    ca = (
        _builder(its, its, authority, (now - 3 * DAY, now + made.authority_ends))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority, hashes.SHA256())
    )
    hosts = x509.SubjectAlternativeName([x509.IPAddress(ip_address(made.host))])
    shown = (
        _builder(_name(made.host), its, key, (now + made.begins, now + made.ends))
        .add_extension(hosts, critical=False)
        .sign(authority, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "broker.pem").write_bytes(shown.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(private)
    return f"certfile {folder / 'broker.pem'}\nkeyfile {folder / 'key.pem'}\n"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    valid: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
    )
