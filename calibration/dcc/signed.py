"""One signature: is it of a kind that proves something, does it fit, and what does it cover."""

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from lxml import etree
from lxml.etree import _Element as Element
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier
from signxml.xades.xades import XAdESVerifier, XAdESVerifyResult

from calibration.dcc.document import DS
from calibration.dcc.errors import (
    DccDateError,
    DccManipulatedError,
    DccSignatureError,
    DccWeakSignatureError,
    DccWrappedError,
)
from calibration.dcc.trust import weakness
from calibration.errors import Words

XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
MOST_REFERENCES: Final = 4
MOST_CERTIFICATES: Final = 10
METHODS: Final = frozenset(
    each
    for each in SignatureMethod
    if each.name.startswith(("RSA_", "ECDSA_", "SHA"))
    and not any(weak in each.name for weak in ("SHA1", "SHA224", "SHA3_224"))
)
DIGESTS: Final = frozenset(
    each for each in DigestAlgorithm if each.name not in {"SHA1", "SHA224", "SHA3_224"}
)
_TRANSFORMS: Final = frozenset(
    (
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        *(each.value for each in CanonicalizationMethod),
    )
)
_IDS: Final = ("Id", "ID", "id")
_FOREIGN: Final = (
    SignXMLException,
    etree.LxmlError,
    UnsupportedAlgorithm,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
"""What a library may raise over a malformed signature."""


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """What a signature that fits covers, and who made it.

    Args:
        data: the exact bytes that were signed.
        form: "XAdES" or "XML-DSig".
        certificate: of the signer; None where the signature holds a bare key.
        others: further certificates that came with it.
        signed_at: as the signer says.
        method: URI of the algorithm.
    """

    data: bytes
    form: str
    certificate: x509.Certificate | None
    others: tuple[x509.Certificate, ...]
    signed_at: dt.datetime | None
    method: str


def signed_by(signature: Element, document: bytes, place: str) -> Signed:
    """What a signature covers, once it fits.

    Args:
        signature: the first signature below the root of `document`.
        document: whose signature it is.
        place: of the signature, for errors.

    Raises:
        DccWeakSignatureError: its algorithm or its key can be forged.
        DccWrappedError: it covers something else than the whole document.
        DccManipulatedError: it does not fit the document.
        DccSignatureError: it cannot be checked.
    """
    method = _check_algorithms(signature, place)
    references = _checked_references(signature, place)
    certificates = _certificates(signature, place)
    certificate = _signing(certificates)
    is_xades = signature.find(f"{{{DS}}}Object/{{{XADES}}}QualifyingProperties") is not None
    verifier = XAdESVerifier() if is_xades else XMLVerifier()
    results = _verified(verifier, document, certificate, place)
    _check_key(results[0].signature_key, place)
    return Signed(
        data=results[references.index("")].signed_data,
        form="XAdES" if is_xades else "XML-DSig",
        certificate=certificate,
        others=tuple(each for each in certificates if each != certificate),
        signed_at=_signed_at(results, place),
        method=method,
    )


def _check_algorithms(signature: Element, place: str) -> str:
    """The URI of the signature's algorithm, once it and all digests are strong."""
    found = signature.find(f"{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod")
    method = "" if found is None else found.get("Algorithm") or ""
    if method not in {each.value for each in METHODS}:
        raise _weak(place, method)
    signed_parts = (f"{{{DS}}}SignedInfo", f"{{{XADES}}}SignedProperties")
    for part in signature.iter(*signed_parts):
        for each in part.iter(f"{{{DS}}}DigestMethod"):
            digest = each.get("Algorithm") or ""
            if digest not in {strong.value for strong in DIGESTS}:
                raise _weak(place, digest)
    return method


def _weak(place: str, found: str) -> DccWeakSignatureError:
    limit = Words(
        "RSA or ECDSA with SHA-256 or more, RSA >= 2048 bit",
        "RSA 或 ECDSA，SHA-256 及以上，RSA >= 2048 位",
    )
    return DccWeakSignatureError(place, found=found[:200] or "-", limit=limit)


def _checked_references(signature: Element, place: str) -> list[str]:
    """The URIs that a signature refers to: the whole document once, else only its own parts."""
    found = signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    if len(found) > MOST_REFERENCES:
        limit = Words(f"<= {MOST_REFERENCES} references", f"<= {MOST_REFERENCES} 个引用")
        raise DccSignatureError(
            place, found=Words(f"{len(found)} references", f"{len(found)} 个引用"), limit=limit
        )
    uris = [each.get("URI") for each in found]
    inner = {f"#{value}" for each in signature.iter("*") for value in map(each.get, _IDS) if value}
    if uris.count("") != 1 or any(uri != "" and uri not in inner for uri in uris):
        shown = ", ".join(repr(uri) for uri in uris)[:200]
        raise DccWrappedError(place, found=Words(f"it refers to {shown}", f"它指向 {shown}"))
    for each in found:
        _check_transforms(each, place)
    return [uri or "" for uri in uris]


def _check_transforms(reference: Element, place: str) -> None:
    """Refuses what could make something else of the document than what is read."""
    for each in reference.iter(f"{{{DS}}}Transform"):
        algorithm = each.get("Algorithm") or ""
        if algorithm not in _TRANSFORMS:
            shown, limit = f"transform {algorithm}"[:200], "enveloped-signature, canonicalisation"
            raise DccSignatureError(place, found=shown, limit=limit)


def _certificates(signature: Element, place: str) -> list[x509.Certificate]:
    path = f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate"
    texts = [each.text or "" for each in signature.findall(path)][:MOST_CERTIFICATES]
    try:
        return [_readable(x509.load_der_x509_certificate(base64.b64decode(t))) for t in texts]
    except (ValueError, UnsupportedAlgorithm) as cause:
        limit = Words("X.509 certificates in X509Data", "X509Data 中的 X.509 证书")
        raise DccSignatureError(place, found=str(cause)[:200], limit=limit) from cause


def _readable(certificate: x509.Certificate) -> x509.Certificate:
    """The certificate, once all of it that is used here was parsed: that is done when asked."""
    _ = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
    _ = certificate.public_key(), certificate.serial_number
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate


def _signing(certificates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """The certificate that issued none of the others; None where there is none at all."""
    issuers = {each.issuer for each in certificates if each.issuer != each.subject}
    ends = [each for each in certificates if each.subject not in issuers]
    return next(iter([*ends, *certificates]), None)


def _verified(
    verifier: XMLVerifier, document: bytes, certificate: x509.Certificate | None, place: str
) -> list[VerifyResult]:
    """One result for each reference; whom to trust is asked elsewhere, and at what time."""
    configuration = SignatureConfiguration(
        require_x509=certificate is not None,
        location="./",
        expect_references=True,
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        verification_time=None if certificate is None else certificate.not_valid_before_utc,
    )
    try:
        found = verifier.verify(
            document, x509_cert=certificate, parser=faithful_parser(), expect_config=configuration
        )
    except InvalidSignature as cause:
        raise DccManipulatedError(place, found=str(cause)[:200]) from cause
    except _FOREIGN as cause:
        limit = Words("an XML signature with X.509 certificate", "带 X.509 证书的 XML 签名")
        raise DccSignatureError(place, found=str(cause)[:200], limit=limit) from cause
    return found if isinstance(found, list) else [found]


def faithful_parser() -> etree.XMLParser:
    """A parser that keeps all that a signature may cover, and reads nothing else.

    What the document says of its encoding is passed over, as `plain_parser` does.
    """
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )


def _check_key(key: bytes, place: str) -> None:
    found = weakness(load_pem_public_key(key))
    if found:
        raise _weak(place, found)


def _signed_at(results: Sequence[VerifyResult], place: str) -> dt.datetime | None:
    """When the signer says to have signed; a time without a zone is taken as UTC."""
    for each in results:
        if isinstance(each, XAdESVerifyResult):
            text = each.signed_properties.findtext(f"{{{XADES}}}SigningTime")
            return None if text is None else _instant(text.strip(), place)
    return None


def _instant(text: str, place: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
        zoned = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        return zoned.astimezone(dt.UTC)
    except (ValueError, OverflowError) as cause:
        name = "SigningTime"
        limit = Words("an instant such as 2026-03-31T08:00:00Z", "时刻，例如 2026-03-31T08:00:00Z")
        raise DccDateError(place, name=name, found=text[:40], limit=limit) from cause
