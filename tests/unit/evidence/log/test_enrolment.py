"""One-time codes and signed requests: what is typed wrong, altered or signed by others."""

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import CodedError, KeyAlgorithmError, MalformedNoteError, SignatureError
from evidence.log.checkpoint import open_checkpoint
from evidence.log.enrolment import (
    ANCHOR_BYTES,
    SECRET_BYTES,
    Code,
    EnrolmentCodeError,
    EnrolmentRequestError,
    Purpose,
    Request,
    anchor_of,
    csr_digest,
    open_request,
    parse_code,
    read_request,
    sign_request,
)
from evidence.log.key import Algorithm, SigningKey, generate, keyring
from evidence.log.note import sign

CENTRE = generate("centre", b"c" * 32, Algorithm.COSIGNATURE_V1).verifier.to_text()
CODE = Code(secret=b"s" * SECRET_BYTES, anchor=anchor_of(CENTRE, b"authority"))
KEY = generate("line-1", b"k" * 32)
FORMER = generate("line-1", b"f" * 32)
codes = st.builds(
    Code,
    secret=st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES),
    anchor=st.binary(min_size=ANCHOR_BYTES, max_size=ANCHOR_BYTES),
)


def request(purpose: Purpose = Purpose.ENROL, key: SigningKey = KEY, csr: bytes = b"") -> Request:
    return Request(purpose=purpose, agent="line-1", key=key.verifier, csr_sha256=csr_digest(csr))


@given(codes)
def test_a_code_reads_back_as_it_was_printed(code: Code) -> None:
    text = code.to_text()
    assert parse_code(text) == code
    assert [len(group) for group in text.split("-")] == [5] * 8


def test_a_code_may_be_typed_in_small_letters_without_hyphens_and_with_misread_digits() -> None:
    text = CODE.to_text()
    loose = text.lower().replace("-", " ").replace("o", "0").replace("b", "8").replace("i", "1")
    assert parse_code(f"  {loose}\n") == CODE


@pytest.mark.parametrize("at", [at for at, sign in enumerate(CODE.to_text()) if sign != "-"])
def test_a_wrong_character_anywhere_is_noticed_before_anything_is_sent(at: int) -> None:
    text = CODE.to_text()
    for other in set(string.ascii_uppercase + "234567") - {text[at]}:
        with pytest.raises(EnrolmentCodeError) as found:
            parse_code(text[:at] + other + text[at + 1 :])
        assert text[:5] not in found.value.say("en")


@given(st.text(max_size=80))
def test_any_text_is_a_code_or_refused_with_a_code_of_ours(text: str) -> None:
    with suppress(EnrolmentCodeError):
        parse_code(text)


def test_a_code_is_not_shown_by_its_repr() -> None:
    assert CODE.to_text()[:5] not in repr(CODE)
    assert "115" not in repr(CODE)  # the secret's bytes


def test_a_code_names_one_collector_and_one_authority() -> None:
    assert CODE.names(CENTRE, b"authority")
    assert not CODE.names(CENTRE, b"another")
    assert not CODE.names(CENTRE.replace("centre", "center"), b"authority")
    assert not CODE.names(CENTRE, b"")


def test_a_code_makes_another_key_for_each_agent_and_each_secret() -> None:
    other = Code(secret=b"t" * SECRET_BYTES, anchor=CODE.anchor)
    made = [CODE.key_for("line-1"), CODE.key_for("line-2"), other.key_for("line-1")]
    assert len({each.verifier.public_bytes for each in made}) == 3
    assert CODE.key_for("line-1").verifier == made[0].verifier


@pytest.mark.parametrize("purpose", Purpose)
def test_a_request_opens_with_those_who_signed_it(purpose: Purpose) -> None:
    asked = request(purpose, csr=b"csr")
    by_code = CODE.key_for("line-1")
    opened = open_request(sign_request(asked, (by_code, KEY)), keyring([by_code.verifier]))
    assert opened.request == asked
    assert opened.signed_by == (by_code.verifier, KEY.verifier)


def test_a_request_needs_the_signature_of_the_key_that_it_names() -> None:
    by_code = CODE.key_for("line-1")
    with pytest.raises(EnrolmentRequestError, match="its own key"):
        open_request(sign_request(request(), (by_code,)), keyring([by_code.verifier]))


def test_a_key_that_is_not_known_counts_for_nothing() -> None:
    note = sign_request(request(), (CODE.key_for("line-1"), KEY))
    assert open_request(note, {}).signed_by == (KEY.verifier,)


def test_a_key_for_receipts_enrols_nobody() -> None:
    receipts = generate("line-1", b"r" * 32, Algorithm.COSIGNATURE_V1)
    asked = Request(purpose=Purpose.ENROL, agent="line-1", key=receipts.verifier)
    note = sign(asked.to_text(), (KEY,))
    with pytest.raises((KeyAlgorithmError, EnrolmentRequestError)):
        open_request(note, keyring([KEY.verifier]))


def test_a_request_is_no_checkpoint_and_a_checkpoint_no_request() -> None:
    note = sign_request(request(), (KEY,))
    with pytest.raises(CodedError, match="E_LOG_CHECKPOINT"):
        open_checkpoint(note, keyring([KEY.verifier]))
    origin = f"carbonmeter/line-1/{'0' * 32}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    with pytest.raises(EnrolmentRequestError):
        read_request(sign(origin, (KEY,)))


def test_every_bit_of_a_request_is_signed() -> None:
    note = sign_request(request(csr=b"csr"), (FORMER, KEY))
    known = keyring([FORMER.verifier, KEY.verifier])
    whole = open_request(note, known)
    for at in range(len(note)):
        altered = note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
        try:
            found = open_request(altered, known)
        except CodedError:
            continue
        # A signature line of a key that nobody knows any more: it counts for less, never more.
        assert found.request == whole.request
        assert set(found.signed_by) < set(whole.signed_by)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_code_of_ours(data: bytes) -> None:
    with pytest.raises(EnrolmentRequestError):
        read_request(data)


@given(st.text(alphabet=string.printable, max_size=200))
def test_any_signed_text_is_refused_with_a_code_of_ours(text: str) -> None:
    try:
        note = sign(text + "\n", (KEY,))
    except MalformedNoteError:
        return
    with pytest.raises(EnrolmentRequestError):
        read_request(note)


def test_a_request_over_4096_bytes_is_not_even_parsed() -> None:
    with pytest.raises(EnrolmentRequestError, match="4096"):
        read_request(sign_request(request(), (KEY,)) + b"x" * 4096)


def test_a_signature_that_does_not_fit_refuses_the_whole_request() -> None:
    note = sign_request(request(), (KEY,))
    other = sign_request(request(csr=b"other"), (KEY,))
    mixed = note.split(b"\n\n")[0] + b"\n\n" + other.split(b"\n\n")[1]
    with pytest.raises(SignatureError):
        open_request(mixed, {})
