"""Signatures that prove nothing: wrapped, malformed, of things that are not read."""

import base64
import re
from typing import Any

import pytest
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.xades.xades import XAdESSigner

from calibration.dcc.document import DS
from calibration.dcc.errors import DccError
from tests.unit.calibration.dcc.checking import (
    PLAIN,
    checked,
    laboratory_text,
    refused,
    signatures,
)
from tests.unit.calibration.dcc.dcc_documents import TEMPERATURES, document
from tests.unit.calibration.dcc.importing import choices, codes, imported
from tests.unit.calibration.dcc.signing import (
    authority,
    laboratory,
    xml_signed,
)


def evil(inside: bytes, beside: bytes = b"") -> bytes:
    """Another document that holds a signed one in its comment."""
    forged = document(TEMPERATURES.replace("0.1 0.2 -0.1", "0 0 0")).decode()
    comment = f"<dcc:comment>{inside.decode()}</dcc:comment>{beside.decode()}"
    return forged.replace(
        "</dcc:digitalCalibrationCertificate>", f"{comment}</dcc:digitalCalibrationCertificate>"
    ).encode()


def test_a_signed_document_within_another_is_refused() -> None:
    assert refused(evil(xml_signed(PLAIN))) == "E_DCC_SIGNATURE_WRAPPED"


def by_id() -> tuple[bytes, bytes]:
    """A document that is signed by the Id of its root, and its signature apart."""
    named = PLAIN.replace(b"schemaVersion", b'Id="original" schemaVersion')
    signed = xml_signed(named, reference="#original")
    (signature,) = signatures(signed)
    return signed.replace(signature, b""), signature


def test_a_signature_over_a_part_that_is_not_read_is_refused() -> None:
    original, signature = by_id()
    assert b'URI="#original"' in signature
    original = original.partition(b"?>\n")[2] or original
    assert refused(evil(original, signature)) == "E_DCC_SIGNATURE_WRAPPED"


def test_even_the_root_must_be_named_as_the_whole_document() -> None:
    original, signature = by_id()
    end = b"</dcc:digitalCalibrationCertificate>"
    assert refused(original.replace(end, signature + end)) == "E_DCC_SIGNATURE_WRAPPED"


def test_a_signature_copied_to_another_document_is_refused() -> None:
    (signature,) = signatures(xml_signed(PLAIN))
    other = document(TEMPERATURES.replace("0.1 0.2 -0.1", "0 0 0"))
    end = b"</dcc:digitalCalibrationCertificate>"
    assert refused(other.replace(end, signature + end)) == "E_DCC_MANIPULATED"


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "urn:made-up",
    ],
)
def test_a_transform_that_makes_something_else_of_the_document_is_refused(algorithm: str) -> None:
    signed = xml_signed(PLAIN).decode()
    first = re.search(r'<ds:Transform Algorithm="[^"]*"', signed)
    assert first is not None
    other = signed.replace(first[0], f'<ds:Transform Algorithm="{algorithm}"', 1)
    assert refused(other.encode()) == "E_DCC_SIGNATURE"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (r"<ds:SignedInfo>.*</ds:SignedInfo>", "", "E_DCC_SIGNATURE_WEAK"),
        (r"<ds:SignatureValue>.*</ds:SignatureValue>", "", "E_DCC_SIGNATURE"),
        (
            r"<ds:SignatureValue>.*</ds:SignatureValue>",
            "<ds:SignatureValue>%%%</ds:SignatureValue>",
            "E_DCC_MANIPULATED",
        ),
        (r"<ds:KeyInfo>.*</ds:KeyInfo>", "", "E_DCC_SIGNATURE"),
        (
            r"<ds:X509Certificate>.*?</ds:X509Certificate>",
            "<ds:X509Certificate>AAAA</ds:X509Certificate>",
            "E_DCC_SIGNATURE",
        ),
        (r"<ds:Reference .*</ds:Reference>", "", "E_DCC_SIGNATURE_WRAPPED"),
        (r'URI=""', 'URI="http://example.org/a.xml"', "E_DCC_SIGNATURE_WRAPPED"),
        (r'URI=""', 'URI="#xpointer(/)"', "E_DCC_SIGNATURE_WRAPPED"),
        (r' URI=""', "", "E_DCC_SIGNATURE_WRAPPED"),
    ],
)
def test_a_malformed_signature_ends_in_a_code(old: str, new: str, code: str) -> None:
    signed = xml_signed(PLAIN).decode()
    other = re.sub(old, new, signed, flags=re.DOTALL)
    assert other != signed
    assert refused(other.encode()) == code


def test_a_signature_without_anything_in_it_ends_in_a_code() -> None:
    empty = f'<ds:Signature xmlns:ds="{DS}"/>'.encode()
    end = b"</dcc:digitalCalibrationCertificate>"
    assert refused(PLAIN.replace(end, empty + end)) == "E_DCC_SIGNATURE_WEAK"


def test_a_certificate_whose_names_are_damaged_ends_in_a_code() -> None:
    """Such a certificate is loaded, and its issuer cannot be read."""
    der = laboratory().der
    damaged = der.replace(b"\x0c\x09Authority", b"\x47\x09Authority", 1)
    assert damaged != der
    text, other = (b"".join(base64.encodebytes(each).split()) for each in (der, damaged))
    signed = xml_signed(PLAIN).replace(laboratory_text(), text)
    assert checked(signed, authority()).outcome == "intact, signer trusted"
    assert refused(signed.replace(text, other)) == "E_DCC_SIGNATURE"


def test_more_signatures_or_references_than_are_ever_needed_are_refused() -> None:
    signed = xml_signed(PLAIN)
    (signature,) = signatures(signed)
    assert refused(signed.replace(signature, signature * 5)) == "E_DCC_SIGNATURE_WRAPPED"
    reference = re.search(rb"<ds:Reference .*?</ds:Reference>", signature, re.DOTALL)
    assert reference is not None
    assert refused(signed.replace(reference[0], reference[0] * 5)) == "E_DCC_SIGNATURE"


class LateSigner(XAdESSigner):
    """States a time of signing that XML has and no calendar of ours."""

    def add_signing_time(self, signed_signature_properties: Any, *rest: Any, **named: Any) -> None:  # noqa: ANN401
        super().add_signing_time(signed_signature_properties, *rest, **named)
        signed_signature_properties[-1].text = "12026-02-28T12:00:00Z"


def test_a_time_of_signing_that_is_none_ends_in_a_code() -> None:
    """The signer states it so: the signature itself is intact."""
    made = LateSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    root = made.sign(etree.fromstring(PLAIN), key=laboratory().key, cert=[laboratory().certificate])
    assert refused(etree.tostring(root)) == "E_DCC_DATE"


def test_a_manipulated_document_is_not_imported_and_an_unsigned_one_is_told() -> None:
    with pytest.raises(DccError, match="E_DCC_MANIPULATED"):
        imported(xml_signed(PLAIN).replace(b">S-1<", b">S-2<"))
    assert codes(imported(PLAIN))[0] == "F_DCC_UNSIGNED"
    assert choices().recorded_at.tzinfo is not None
