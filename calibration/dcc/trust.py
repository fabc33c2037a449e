"""Whom to trust: certificates that a person keeps, and chains that lead to them (RFC 5280)."""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import verification

from calibration.dcc.errors import DccFileError
from calibration.errors import Words


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """What a person trusts: authorities, and signers whose own certificate was laid down."""

    authorities: tuple[x509.Certificate, ...]
    signers: tuple[x509.Certificate, ...]


def trust_of(files: Mapping[str, bytes]) -> Trust:
    """The certificates in files, PEM (one or several) or DER.

    Raises:
        DccFileError: a file holds no certificate.
    """
    found = [each for name, data in files.items() for each in _certificates(name, data)]
    return Trust(
        authorities=tuple(each for each in found if _is_authority(each)),
        signers=tuple(each for each in found if not _is_authority(each)),
    )


def _certificates(name: str, data: bytes) -> list[x509.Certificate]:
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except ValueError as cause:
        limit = Words("an X.509 certificate, PEM or DER", "X.509 证书（PEM 或 DER）")
        raise DccFileError(name, found=str(cause)[:100], limit=limit) from cause


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def is_trusted(
    signer: x509.Certificate,
    others: Sequence[x509.Certificate],
    trust: Trust,
    at: dt.datetime,
) -> bool:
    """Whether a chain of certificates, all valid at `at`, leads from a signer to one trusted.

    A signer's certificate that was itself laid down is trusted while it is valid. Revocation
    is not looked up: there is no network here. The `others` came with the signature; they may
    be links of the chain, and prove nothing by themselves.
    """
    if signer in trust.signers:
        return signer.not_valid_before_utc <= at <= signer.not_valid_after_utc
    if not trust.authorities:
        return False
    try:
        verifier = _builder(trust).time(at).build_client_verifier()
        verifier.verify(signer, list(others))
    except (verification.VerificationError, ValueError):
        return False
    return True


def _builder(trust: Trust) -> verification.PolicyBuilder:
    """Authorities as the Web PKI has them; a signer needs a key usage that is for signing."""
    signer = verification.ExtensionPolicy.permit_all().may_be_present(
        x509.KeyUsage, verification.Criticality.AGNOSTIC, _may_sign
    )
    return (
        verification.PolicyBuilder()
        .store(verification.Store(list(trust.authorities)))
        .extension_policies(
            ee_policy=signer, ca_policy=verification.ExtensionPolicy.webpki_defaults_ca()
        )
    )


def _may_sign(_: verification.Policy, __: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise ValueError("keyUsage allows no signature")


def weakness(key: object) -> str:
    """What is weak about a public key; empty if nothing is.

    RSA needs 2048 bit, an elliptic curve 256 bit (NIST SP 800-57 part 1, table 2: 112 bit
    of strength and more).
    """
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size >= 2048 else f"RSA {key.key_size} bit"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "" if key.key_size >= 256 else f"{key.curve.name} {key.key_size} bit"
    return type(key).__name__
