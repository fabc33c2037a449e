"""Signatures of a DCC: XAdES and plain XML signatures, several of them; what was signed is read.

A signature proves nothing about what it does not cover. So each must be a child of the root,
and refer to the whole document (URI=""), changed by nothing but the removal of itself and
canonicalisation; what is read afterwards is what the verifier returns as signed.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final, Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree
from lxml.etree import _Element as Element

from calibration.dcc.document import DS
from calibration.dcc.errors import DccManipulatedError, DccSyntaxError, DccWrappedError
from calibration.dcc.findings import Finding, finding
from calibration.dcc.signed import Signed, faithful_parser, signed_by
from calibration.dcc.trust import Trust, is_trusted
from calibration.errors import Words

MOST_SIGNATURES: Final = 4
SIGNATURE: Final = f"{{{DS}}}Signature"
Outcome = Literal["unsigned", "intact, signer untrusted", "intact, signer trusted"]


class CheckedSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that fits the document, and who made it.

    Args:
        number: 1 for the first in the document.
        form: "XAdES" or "XML-DSig".
        signer: the subject of the signing certificate; empty for a bare key.
        issuer: of that certificate; empty likewise.
        serial_number: of that certificate, hexadecimal; empty likewise.
        certificate_sha256: fingerprint of that certificate.
        signed_at: as the signer says; None where the signature does not say.
        method: URI of the algorithm.
        is_trusted: a chain of certificates led to one that is trusted, at `judged_at`.
    """

    number: int
    form: str
    signer: str
    issuer: str
    serial_number: str
    certificate_sha256: str
    signed_at: dt.datetime | None
    judged_at: dt.datetime
    method: str
    is_trusted: bool


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for all signatures of a document, and the bytes that may be read."""

    outcome: Outcome
    data: bytes
    signatures: tuple[CheckedSignature, ...] = ()
    findings: tuple[Finding, ...] = ()


def check_signatures(
    data: bytes, where: str, trust: Trust | None, recorded_at: dt.datetime
) -> Checked:
    """The outcome for all signatures of a document that `parse_document` takes.

    Args:
        data: the document's exact bytes.
        where: name of the file, for errors.
        trust: whom to trust; None where nobody was asked.
        recorded_at: when the document came; a signature without a time is judged as of then.

    Raises:
        DccManipulatedError: a signature does not fit the document.
        DccWrappedError, DccWeakSignatureError, DccSignatureError: one proves nothing.
    """
    count, counter = _count(data, where)
    if not count:
        return Checked(outcome="unsigned", data=data, findings=(finding("F_DCC_UNSIGNED"),))
    fitting = [_fitting(data, index, where) for index in range(count)]
    judged = [_judged(each, k, trust, recorded_at) for k, each in enumerate(fitting, start=1)]
    checked = tuple(signature for signature, _ in judged)
    last, is_trusted = fitting[-1].data, any(each.is_trusted for each in checked)
    told = [finding("F_DCC_COUNTER_SIGNATURE", number=number) for number in counter]
    return Checked(
        outcome="intact, signer trusted" if is_trusted else "intact, signer untrusted",
        data=next((f.data for f, c in zip(fitting, checked, strict=True) if c.is_trusted), last),
        signatures=checked,
        findings=(*(each for _, found in judged for each in found), *told),
    )


def _count(data: bytes, where: str) -> tuple[int, list[int]]:
    """How many signatures stand below the root, and which of them hold further ones.

    Raises:
        DccWrappedError: one stands elsewhere, or there are more than are ever needed.
        DccSyntaxError: it cannot be read with all that a signature covers.
    """
    try:
        root = etree.fromstring(data, faithful_parser())
    except (etree.XMLSyntaxError, ValueError) as cause:
        raise DccSyntaxError(
            where, found=str(cause)[:200], limit=Words("well-formed XML", "格式良好的 XML")
        ) from cause
    own = list(root.iterchildren(SIGNATURE))
    counter = [
        k
        for k, each in enumerate(own, start=1)
        if next(each.iterdescendants(SIGNATURE), None) is not None
    ]
    inside = sum(1 for each in own for _ in each.iterdescendants(SIGNATURE))
    every = sum(1 for _ in root.iter(SIGNATURE))
    if every != len(own) + inside:
        raise DccWrappedError(
            where, found=Words("a signature stands within the content", "签名位于内容之中")
        )
    if len(own) > MOST_SIGNATURES:
        raise DccWrappedError(
            where, found=Words(f"there are {len(own)} signatures", f"有 {len(own)} 个签名")
        )
    return len(own), counter


def _fitting(data: bytes, index: int, where: str) -> Signed:
    """What a signature covers, whether it was made before or beside the others.

    A signature that was made before others does not cover them, since they were not there;
    one that was made after others covers them. Both are tried.
    """
    place = f"{where} signature {index + 1}"
    try:
        return signed_by(*_arranged(data, index, first_kept=index), place)
    except DccManipulatedError:
        if index == 0:
            raise
    return signed_by(*_arranged(data, index, first_kept=0), place)


def _arranged(data: bytes, index: int, first_kept: int) -> tuple[Element, bytes]:
    """A document without later signatures and without those before `first_kept`.

    The signature itself comes first below the root, where the verifier looks for it; since
    it is left out of what is signed, its place does not matter.
    """
    root = etree.fromstring(data, faithful_parser())
    for number, each in enumerate(list(root.iterchildren(SIGNATURE))):
        if number == index:
            _detach(each)
            root.insert(0, each)
        elif number > index or number < first_kept:
            _detach(each)
    return root[0], etree.tostring(root)


def _detach(element: Element) -> None:
    """Takes an element out of its parent and leaves the text behind it where it was."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    if parent is None:
        return
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    element.tail = None
    parent.remove(element)


def _judged(
    signed: Signed, number: int, trust: Trust | None, recorded_at: dt.datetime
) -> tuple[CheckedSignature, tuple[Finding, ...]]:
    """Whether the signer is trusted at the time of signing, and what must be known."""
    at = min(signed.signed_at or recorded_at, recorded_at)
    certificate = signed.certificate
    signer = "" if certificate is None else certificate.subject.rfc4514_string()
    trusted = (
        certificate is not None
        and trust is not None
        and is_trusted(certificate, signed.others, trust, at)
    )
    checked = CheckedSignature(
        number=number,
        form=signed.form,
        signer=signer,
        issuer="" if certificate is None else certificate.issuer.rfc4514_string(),
        serial_number="" if certificate is None else f"{certificate.serial_number:x}",
        certificate_sha256="" if certificate is None else _fingerprint(certificate),
        signed_at=signed.signed_at,
        judged_at=at,
        method=signed.method,
        is_trusted=trusted,
    )
    return checked, tuple(_told(checked, certificate, trust, recorded_at))


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _told(
    checked: CheckedSignature,
    certificate: x509.Certificate | None,
    trust: Trust | None,
    recorded_at: dt.datetime,
) -> Iterator[Finding]:
    number, signer = checked.number, checked.signer
    if certificate is None:
        yield finding("F_DCC_TRUST_NO_CERTIFICATE", number=number)
    elif trust is None:
        yield finding("F_DCC_TRUST_NOT_ASKED", number=number, signer=signer)
    elif not checked.is_trusted:
        at = checked.judged_at.isoformat()
        yield finding("F_DCC_TRUST_CHAIN", number=number, signer=signer, at=at)
    if checked.signed_at is not None and checked.signed_at > recorded_at:
        yield finding("F_DCC_SIGNED_LATER", number=number, at=checked.signed_at.isoformat())
    if certificate is not None and certificate.not_valid_after_utc < recorded_at:
        ended, at = certificate.not_valid_after_utc.isoformat(), recorded_at.isoformat()
        yield finding("F_DCC_SIGNER_EXPIRED", signer=signer, ended=ended, at=at)
