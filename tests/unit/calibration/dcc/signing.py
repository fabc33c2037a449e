"""Keys, certificates and signatures that tests make for themselves."""

import datetime as dt
from functools import cache
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner
from signxml.xades.xades import XAdESSigner

BEGUN: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ENDED: Final = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Identity(NamedTuple):
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


@cache
def authority() -> Identity:
    return identity("Authority", is_authority=True)


@cache
def laboratory() -> Identity:
    return identity("Laboratory", issuer=authority())


@cache
def weak_laboratory() -> Identity:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - meant
    return identity("Weak laboratory", issuer=authority(), key=key)


def identity(
    name: str,
    *,
    issuer: Identity | None = None,
    is_authority: bool = False,
    key: Key | None = None,
    begun: dt.datetime = BEGUN,
    ended: dt.datetime = ENDED,
    may_sign: bool = True,
) -> Identity:
    """A certificate by `issuer`, or by itself."""
    own: Key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = own if issuer is None else issuer.key
    usage = x509.KeyUsage(
        digital_signature=may_sign and not is_authority,
        content_commitment=False,
        key_encipherment=not may_sign,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(ended)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    return Identity(builder.sign(signer, hashes.SHA256()), own)


class LenientSigner(XMLSigner):
    """A signer that makes what must be refused."""

    def check_deprecated_methods(self) -> None:
        """Allows SHA-1."""


def xml_signed(
    data: bytes,
    who: Identity | None = None,
    *,
    reference: str | None = None,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    method: SignatureMethod | None = None,
) -> bytes:
    """A document with a plain enveloped XML signature."""
    signer = who or laboratory()
    default = (
        SignatureMethod.ECDSA_SHA256
        if isinstance(signer.key, ec.EllipticCurvePrivateKey)
        else SignatureMethod.RSA_SHA256
    )
    made = LenientSigner(signature_algorithm=method or default, digest_algorithm=digest)
    root = made.sign(
        etree.fromstring(data),
        key=signer.key,
        cert=[signer.certificate],
        reference_uri=reference,
    )
    return etree.tostring(root)


def hmac_signed(data: bytes) -> bytes:
    signer = XMLSigner(signature_algorithm=SignatureMethod.HMAC_SHA256)
    return etree.tostring(signer.sign(etree.fromstring(data), key=b"secret"))


def key_signed(data: bytes) -> bytes:
    """A document whose signature holds a bare key and no certificate."""
    signer = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    root = signer.sign(etree.fromstring(data), key=laboratory().key, always_add_key_value=True)
    return etree.tostring(root)


def xades_signed(data: bytes, who: Identity | None = None) -> bytes:
    """A document with an enveloped XAdES signature, made now."""
    signer = who or laboratory()
    made = XAdESSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    root = made.sign(
        etree.fromstring(data),
        key=signer.key,
        cert=[signer.certificate],
        always_add_key_value=False,
    )
    return etree.tostring(root)
