import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import (
    EvidenceError,
    KeyAlgorithmError,
    MalformedNoteError,
    SignatureError,
    UnknownKeyError,
)
from evidence.log.key import Algorithm, SigningKey, generate, keyring
from evidence.log.note import MAX_NOTE_BYTES, MAX_SIGNATURES, open_note, parse_note, sign

ANN, BEN = (generate(name, bytes([number]) * 32) for number, name in enumerate(("ann", "ben")))
TEXT = "电表 12.5 kWh\n\nsecond paragraph\n"
NOTE = sign(TEXT, [ANN])
LINE = NOTE.decode().splitlines(keepends=True)[-1]
RING = keyring([ANN.verifier, BEN.verifier])
texts = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])).map(
    lambda text: text + "\n"
)
note_texts = st.lists(texts, min_size=1).map("".join)


def keys(count: int) -> list[SigningKey]:
    return [generate(f"key-{number}", bytes(32)) for number in range(count)]


@given(note_texts)
def test_every_signed_text_opens_again_with_its_signers(text: str) -> None:
    note = sign(text, [BEN, ANN])
    opened = open_note(note, RING)
    assert opened.text == text
    assert opened.signed_by == (BEN.verifier, ANN.verifier)


@given(st.integers(0, 8 * len(NOTE) - 1))
def test_no_flipped_bit_of_a_note_passes(bit: int) -> None:
    altered = bytearray(NOTE)
    altered[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedNoteError, SignatureError, UnknownKeyError)):
        open_note(bytes(altered), RING)


@given(st.integers(0, len(NOTE) - 1))
def test_no_cut_note_passes(length: int) -> None:
    with pytest.raises(MalformedNoteError):
        open_note(NOTE[:length], RING)


@given(st.binary(max_size=60), st.integers(0, len(NOTE)))
def test_foreign_bytes_raise_coded_errors_only(junk: bytes, at: int) -> None:
    for data in (junk, NOTE[:at] + junk + NOTE[at:]):
        try:
            assert open_note(data, RING).text == TEXT
        except EvidenceError:
            continue


def test_an_unknown_key_is_passed_over_while_one_known_key_fits() -> None:
    opened = open_note(sign(TEXT, [BEN, ANN]), keyring([ANN.verifier]))
    assert opened.signed_by == (ANN.verifier,)


def test_a_note_without_a_known_key_is_refused_and_both_sides_are_named() -> None:
    with pytest.raises(UnknownKeyError) as refused:
        open_note(NOTE, keyring([BEN.verifier]))
    assert ANN.verifier.label in str(refused.value)
    assert BEN.verifier.label in str(refused.value)
    with pytest.raises(UnknownKeyError):
        open_note(NOTE, {})


def test_a_refusal_names_a_few_keys_and_counts_the_others() -> None:
    many = keys(50)
    with pytest.raises(UnknownKeyError, match=r"key-2\+.*\(\+47\)") as refused:
        open_note(sign(TEXT, many), RING)
    assert len(str(refused.value)) < 300


def test_the_same_name_with_another_key_is_an_unknown_key() -> None:
    impostor = generate("ann", b"x" * 32)
    with pytest.raises(UnknownKeyError):
        open_note(sign(TEXT, [impostor]), keyring([ANN.verifier]))


def test_one_signature_that_does_not_fit_refuses_the_whole_note() -> None:
    other_text = parse_note(sign("other\n", [BEN])).signatures[0].to_text()
    with pytest.raises(SignatureError, match="ben"):
        open_note(NOTE + other_text.encode(), RING)


def test_a_key_for_receipts_neither_signs_nor_opens_a_note() -> None:
    collector = generate("ann", bytes(32), Algorithm.COSIGNATURE_V1)
    with pytest.raises(KeyAlgorithmError):
        sign(TEXT, [collector])
    misplaced = {("ann", ANN.verifier.key_id): collector.verifier}
    with pytest.raises(KeyAlgorithmError):
        open_note(NOTE, misplaced)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(TEXT.encode(), id="no signature"),
        pytest.param(TEXT.encode() + b"\n", id="an empty line but no signature"),
        pytest.param(NOTE[:-1], id="no last newline"),
        pytest.param(NOTE.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(b"\t" + NOTE, id="tab"),
        pytest.param(b"\x00" + NOTE, id="NUL"),
        pytest.param(b"\xff" + NOTE, id="not UTF-8"),
        pytest.param(b"\xed\xa0\x80" + NOTE, id="a surrogate"),
        pytest.param(NOTE.replace("—".encode(), b"-"), id="a hyphen for the em dash"),
        pytest.param(NOTE.replace("— ".encode(), "—".encode()), id="no space"),
        pytest.param(NOTE + b"one more line\n", id="a line after the signatures"),
        pytest.param(NOTE + b"\n", id="an empty line at the end"),
        pytest.param(NOTE + LINE.encode(), id="the same key twice"),
        pytest.param(NOTE.replace(b" ann ", b" a+n "), id="a plus in the name"),
        pytest.param(NOTE.replace(b" ann ", b"  "), id="no name"),
        pytest.param(NOTE.replace(b"=\n", b"\n"), id="unpadded base64"),
        pytest.param(NOTE[: NOTE.rindex(b" ")] + b" AAAAAA==\n", id="an id without signature"),
    ],
)
def test_what_is_not_a_note_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedNoteError, match="E_LOG_NOTE"):
        open_note(data, RING)


def test_a_refusal_names_the_line_and_the_byte() -> None:
    with pytest.raises(MalformedNoteError, match="line 5: "):
        open_note(NOTE.replace("—".encode(), b"-"), RING)
    with pytest.raises(MalformedNoteError, match=f"byte {len(NOTE)}: "):
        open_note(NOTE + b"\xff", RING)
    with pytest.raises(MalformedNoteError, match=r"character 1: .*control character 0x0d"):
        open_note(b"a\r\n" + NOTE, RING)


def test_a_key_signs_a_note_once() -> None:
    with pytest.raises(MalformedNoteError, match="twice"):
        sign(TEXT, [ANN, ANN])


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "\r\n", "\ud800\n"])
def test_a_text_that_makes_no_note_is_not_signed(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        sign(text, [ANN])


def test_a_note_takes_100_signatures_and_not_one_more() -> None:
    full = sign(TEXT, keys(MAX_SIGNATURES))
    assert len(parse_note(full).signatures) == MAX_SIGNATURES
    with pytest.raises(MalformedNoteError, match="1 to 100"):
        parse_note(full + LINE.encode())
    with pytest.raises(MalformedNoteError):
        parse_note(full + LINE.encode() * 3)
    with pytest.raises(MalformedNoteError, match="1 to 100"):
        sign(TEXT, keys(MAX_SIGNATURES + 1))
    with pytest.raises(MalformedNoteError, match="1 to 100"):
        sign(TEXT, [])


def test_a_note_takes_a_million_bytes_and_not_one_more() -> None:
    filling = "x" * (MAX_NOTE_BYTES - len(NOTE))
    largest = sign(filling + TEXT, [ANN])
    assert len(largest) == MAX_NOTE_BYTES
    assert open_note(largest, RING).text == filling + TEXT
    with pytest.raises(MalformedNoteError, match="1,000,000"):
        sign("x" + filling + TEXT, [ANN])
    with pytest.raises(MalformedNoteError, match="1,000,000"):
        open_note(b"x" + largest, RING)


def test_one_signature_has_one_spelling() -> None:
    encoded = LINE.split()[2]
    spare_bit = encoded[:-2] + chr(ord(encoded[-2]) + 1) + "="
    assert base64.b64decode(spare_bit) == base64.b64decode(encoded)
    with pytest.raises(MalformedNoteError):
        open_note(NOTE.replace(encoded.encode(), spare_bit.encode()), RING)
