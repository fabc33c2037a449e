"""Signatures: intact and trusted or not, manipulated, several; what was signed is read."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from calibration.dcc.errors import DccError
from calibration.dcc.trust import trust_of
from tests.unit.calibration.dcc.checking import (
    PLAIN,
    checked,
    found,
    laboratory_text,
    refused,
    signatures,
)
from tests.unit.calibration.dcc.dcc_documents import (
    transcribed,
)
from tests.unit.calibration.dcc.signing import (
    authority,
    hmac_signed,
    identity,
    key_signed,
    laboratory,
    weak_laboratory,
    xades_signed,
    xml_signed,
)


def test_a_document_without_a_signature_says_so() -> None:
    outcome = checked(PLAIN, authority())
    assert (outcome.outcome, outcome.data) == ("unsigned", PLAIN)
    assert found(outcome) == ["F_DCC_UNSIGNED"]


@pytest.mark.parametrize(("sign", "form"), [(xml_signed, "XML-DSig"), (xades_signed, "XAdES")])
def test_a_chain_to_a_trusted_authority_makes_the_signer_trusted(
    sign: Callable[[bytes], bytes], form: str
) -> None:
    outcome = checked(sign(PLAIN), authority())
    assert (outcome.outcome, found(outcome)) == ("intact, signer trusted", [])
    (signature,) = outcome.signatures
    assert (signature.form, signature.signer) == (form, "CN=Laboratory")


def test_who_was_not_asked_about_is_not_trusted() -> None:
    outcome = checked(xml_signed(PLAIN))
    assert outcome.outcome == "intact, signer untrusted"
    assert found(outcome) == ["F_DCC_TRUST_NOT_ASKED"]


def test_a_signer_of_another_authority_is_not_trusted() -> None:
    other = identity("Other", is_authority=True)
    outcome = checked(xml_signed(PLAIN), other)
    assert outcome.outcome == "intact, signer untrusted"
    assert found(outcome) == ["F_DCC_TRUST_CHAIN"]


def test_an_authority_of_the_same_name_and_another_key_is_not_trusted() -> None:
    outcome = checked(xml_signed(PLAIN), identity("Authority", is_authority=True))
    assert outcome.outcome == "intact, signer untrusted"


def test_a_signers_own_certificate_can_be_trusted() -> None:
    alone = identity("Alone")
    outcome = checked(xml_signed(PLAIN, alone), alone)
    assert outcome.outcome == "intact, signer trusted"
    assert checked(xml_signed(PLAIN, alone), laboratory()).outcome == "intact, signer untrusted"


def test_certificates_are_read_as_pem_and_as_der() -> None:
    trust = trust_of({"a.der": authority().der, "b.pem": authority().pem + laboratory().pem})
    assert len(trust.authorities) == 2
    assert trust.signers == (laboratory().certificate,)
    with pytest.raises(DccError, match="E_DCC_FILE"):
        trust_of({"a.pem": b"no certificate"})


def test_a_certificate_that_may_not_sign_is_not_trusted() -> None:
    server = identity("Server", issuer=authority(), may_sign=False)
    assert checked(xml_signed(PLAIN, server), authority()).outcome == "intact, signer untrusted"


@pytest.mark.parametrize(
    ("ended", "outcome", "told"),
    [
        (dt.datetime(2025, 1, 1, tzinfo=dt.UTC), "intact, signer untrusted", "F_DCC_TRUST_CHAIN"),
        (dt.datetime(2029, 1, 1, tzinfo=dt.UTC), "intact, signer trusted", "F_DCC_SIGNER_EXPIRED"),
    ],
)
def test_a_signer_is_judged_at_the_time_of_signing(
    ended: dt.datetime, outcome: str, told: str
) -> None:
    """XAdES signatures are made now, between the two ends."""
    signer = identity("Short", issuer=authority(), ended=ended)
    result = checked(xades_signed(PLAIN, signer), authority())
    assert result.outcome == outcome
    assert told in found(result)


def test_a_signature_without_a_time_is_judged_as_of_the_record() -> None:
    signer = identity("Short", issuer=authority(), ended=dt.datetime(2029, 1, 1, tzinfo=dt.UTC))
    result = checked(xml_signed(PLAIN, signer), authority())
    assert result.outcome == "intact, signer untrusted"
    early = checked(
        xml_signed(PLAIN, signer), authority(), at=dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
    )
    assert early.outcome == "intact, signer trusted"


def test_a_time_of_signing_after_the_record_is_told_and_not_believed() -> None:
    early = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
    result = checked(xades_signed(PLAIN), authority(), at=early)
    assert "F_DCC_SIGNED_LATER" in found(result)
    assert result.signatures[0].judged_at == early


@pytest.mark.parametrize("sign", [xml_signed, xades_signed, key_signed])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"0.1 0.2 -0.1", b"0.0 0.2 -0.1"),
        (b">S-1<", b">S-2<"),
        (b'schemaVersion="3.3.0"', b'schemaVersion="3.2.0"'),
        (b"</dcc:customer>", b"</dcc:customer><dcc:statements/>"),
    ],
)
def test_any_change_of_the_content_is_refused(
    sign: Callable[[bytes], bytes], old: bytes, new: bytes
) -> None:
    signed = sign(PLAIN)
    assert signed.count(old) == 1
    assert refused(signed.replace(old, new)) == "E_DCC_MANIPULATED"


def test_any_change_of_the_signature_is_refused() -> None:
    signed = xml_signed(PLAIN)
    value = re.search(rb"<ds:SignatureValue>(....)", signed)
    assert value is not None
    other = signed.replace(value[1], b"AAAA")
    assert refused(other) == "E_DCC_MANIPULATED"
    assert laboratory_text() in signed
    assert refused(signed.replace(laboratory_text(), other_text())) == "E_DCC_MANIPULATED"


def other_text() -> bytes:
    return b"\n".join(identity("Laboratory", issuer=authority()).pem.splitlines()[1:-1])


def test_the_signed_certificate_cannot_be_exchanged_within_xades() -> None:
    signed = xades_signed(PLAIN)
    renewed = identity("Laboratory", issuer=authority(), key=laboratory().key)
    old, new = laboratory_text(), b"\n".join(renewed.pem.splitlines()[1:-1])
    assert old in signed
    assert checked(signed, authority()).outcome == "intact, signer trusted"
    assert refused(signed.replace(old, new)) == "E_DCC_MANIPULATED"


def test_white_space_of_the_signature_itself_and_comments_are_no_content() -> None:
    signed = xml_signed(PLAIN)
    other = signed.replace(b"10.0 20.0", b"10.<!-- 9 -->0 20.0")
    outcome = checked(other, authority())
    assert outcome.outcome == "intact, signer trusted"
    assert transcribed(outcome.data) == transcribed(PLAIN)


def test_what_is_read_is_what_was_signed() -> None:
    signed = xml_signed(PLAIN)
    outcome = checked(signed, authority())
    assert b"<ds:Signature" not in outcome.data
    assert transcribed(outcome.data) == transcribed(PLAIN)


def test_a_signature_made_after_another_covers_it() -> None:
    both = xades_signed(xml_signed(PLAIN))
    outcome = checked(both, authority())
    assert outcome.outcome == "intact, signer trusted"
    assert [each.form for each in outcome.signatures] == ["XML-DSig", "XAdES"]
    assert refused(both.replace(b">S-1<", b">S-2<")) == "E_DCC_MANIPULATED"


def test_the_first_signature_cannot_be_changed_once_another_covers_it() -> None:
    other = identity("Other", issuer=authority())
    both = xml_signed(xml_signed(PLAIN, other))
    exchanged = both.replace(
        signatures(both)[0], signatures(xml_signed(PLAIN, identity("Third", issuer=authority())))[0]
    )
    assert refused(exchanged) == "E_DCC_MANIPULATED"


def test_signatures_made_side_by_side_are_both_read() -> None:
    one, two = xml_signed(PLAIN), xml_signed(PLAIN, identity("Other", issuer=authority()))
    both = one.replace(signatures(one)[0], signatures(one)[0] + signatures(two)[0])
    outcome = checked(both, authority())
    assert [each.signer for each in outcome.signatures] == ["CN=Laboratory", "CN=Other"]
    assert outcome.outcome == "intact, signer trusted"


def test_one_trusted_signer_is_enough_and_the_other_is_told() -> None:
    outcome = checked(xml_signed(xml_signed(PLAIN), identity("Anybody")), authority())
    assert outcome.outcome == "intact, signer trusted"
    assert found(outcome) == ["F_DCC_TRUST_CHAIN"]


def test_a_signature_within_a_signature_is_told() -> None:
    signed = xades_signed(PLAIN)
    inner = signatures(xml_signed(PLAIN))[0]
    unsigned = (
        b"<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:CounterSignature>"
        + inner
        + b"</xades:CounterSignature></xades:UnsignedSignatureProperties>"
        b"</xades:UnsignedProperties></xades:QualifyingProperties>"
    )
    outcome = checked(signed.replace(b"</xades:QualifyingProperties>", unsigned), authority())
    assert outcome.outcome == "intact, signer trusted"
    assert found(outcome) == ["F_DCC_COUNTER_SIGNATURE"]


def test_a_bare_key_proves_nothing_about_its_owner() -> None:
    outcome = checked(key_signed(PLAIN), authority())
    assert outcome.outcome == "intact, signer untrusted"
    assert found(outcome) == ["F_DCC_TRUST_NO_CERTIFICATE"]
    assert outcome.signatures[0].signer == ""


@pytest.mark.parametrize(
    "data",
    [
        xml_signed(PLAIN, digest=DigestAlgorithm.SHA1),
        xml_signed(PLAIN, method=SignatureMethod.ECDSA_SHA1),
        xml_signed(PLAIN, method=SignatureMethod.ECDSA_SHA224),
        hmac_signed(PLAIN),
        xml_signed(PLAIN, weak_laboratory()),
    ],
    ids=["digest SHA-1", "signature SHA-1", "SHA-224", "HMAC", "RSA 1024"],
)
def test_what_can_be_forged_is_refused(data: bytes) -> None:
    assert refused(data) == "E_DCC_SIGNATURE_WEAK"


def test_rsa_of_2048_bits_is_strong_enough() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signer = identity("RSA", issuer=authority(), key=key)
    assert checked(xml_signed(PLAIN, signer), authority()).outcome == "intact, signer trusted"
