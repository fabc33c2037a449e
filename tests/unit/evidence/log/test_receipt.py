import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import (
    CheckpointError,
    ClockError,
    KeyAlgorithmError,
    MalformedNoteError,
    SignatureError,
    UnknownKeyError,
)
from evidence.log.checkpoint import Checkpoint, open_checkpoint, origin, sign_checkpoint
from evidence.log.key import Algorithm, generate, keyring
from evidence.log.merkle import leaf_hash
from evidence.log.note import SignatureLine, parse_note, sign, write_note
from evidence.log.receipt import Receipt, cosign, open_receipt

SEED = b"one secret for both purposes !!!"
NAME = "collector.plant-3"
COLLECTOR = generate(NAME, SEED, Algorithm.COSIGNATURE_V1)
AGENT = generate("boiler-2", b"a" * 32)
HEAD = Checkpoint(origin=origin("boiler-2", "ab" * 16), size=9, root=leaf_hash(b"x"))
TEXT = HEAD.to_text()
AT_S = 1_767_225_600
RECEIPT = cosign(TEXT, COLLECTOR, AT_S * 10**9 + 999_999_999)


@given(st.integers(0, 2**63 - 1), st.integers(0, 10**9 - 1))
def test_a_receipt_opens_with_checkpoint_and_the_second_it_was_signed_in(
    at_s: int, ns: int
) -> None:
    note = cosign(TEXT, COLLECTOR, at_s * 10**9 + ns)
    assert open_receipt(note, COLLECTOR.verifier) == Receipt(checkpoint=HEAD, at_s=at_s)


def test_a_receipt_is_the_checkpoint_text_and_one_line() -> None:
    note = parse_note(RECEIPT)
    assert note.text == TEXT
    (line,) = note.signatures
    assert (line.name, line.key_id) == (NAME, COLLECTOR.verifier.key_id)
    assert line.signature[:8] == AT_S.to_bytes(8, "big")
    assert len(line.signature) == 72


@given(st.integers(0, 8 * len(RECEIPT) - 1))
def test_no_flipped_bit_of_a_receipt_passes(bit: int) -> None:
    altered = bytearray(RECEIPT)
    altered[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedNoteError, SignatureError, UnknownKeyError)):
        open_receipt(bytes(altered), COLLECTOR.verifier)


def with_line(text: str, line: SignatureLine) -> bytes:
    return write_note(text.encode(), [line])


def test_another_time_than_the_signed_one_is_found() -> None:
    (line,) = parse_note(RECEIPT).signatures
    later = (AT_S + 1).to_bytes(8, "big") + line.signature[8:]
    forged = SignatureLine(name=line.name, key_id=line.key_id, signature=later)
    with pytest.raises(SignatureError, match="collector"):
        open_receipt(with_line(TEXT, forged), COLLECTOR.verifier)


def test_a_receipt_never_verifies_as_a_checkpoint_signature_even_with_one_secret() -> None:
    note_key = generate(NAME, SEED)
    ring = keyring([note_key.verifier])
    with pytest.raises(UnknownKeyError):
        open_checkpoint(RECEIPT, ring)
    (line,) = parse_note(RECEIPT).signatures
    for signature in (line.signature, line.signature[8:]):
        dressed_up = SignatureLine(name=NAME, key_id=note_key.verifier.key_id, signature=signature)
        with pytest.raises(SignatureError):
            open_checkpoint(with_line(TEXT, dressed_up), ring)


def test_a_checkpoint_signature_never_verifies_as_a_receipt_even_with_one_secret() -> None:
    note_key = generate(NAME, SEED)
    signed = sign_checkpoint(HEAD, [note_key])
    with pytest.raises(UnknownKeyError):
        open_receipt(signed, COLLECTOR.verifier)
    (line,) = parse_note(signed).signatures
    for at_s in (0, AT_S):
        timestamped = at_s.to_bytes(8, "big") + line.signature
        dressed_up = SignatureLine(
            name=NAME, key_id=COLLECTOR.verifier.key_id, signature=timestamped
        )
        with pytest.raises(SignatureError):
            open_receipt(with_line(TEXT, dressed_up), COLLECTOR.verifier)


def test_the_message_of_a_cosignature_can_never_be_a_checkpoint_that_an_agent_signs() -> None:
    note_key = generate(NAME, SEED)
    (line,) = parse_note(sign(f"cosignature/v1\ntime {AT_S}\n{TEXT}", [note_key])).signatures
    with pytest.raises(CheckpointError):
        Checkpoint.from_text(f"cosignature/v1\ntime {AT_S}\n{TEXT}")
    # The raw signature is the same one: what keeps them apart is that no checkpoint reads so.
    assert line.signature == parse_note(RECEIPT).signatures[0].signature[8:]


def test_keys_of_the_other_purpose_are_refused_on_both_sides() -> None:
    note_key = generate(NAME, SEED)
    with pytest.raises(KeyAlgorithmError):
        cosign(TEXT, note_key, 0)
    with pytest.raises(KeyAlgorithmError):
        open_receipt(RECEIPT, note_key.verifier)


def test_the_agents_own_line_in_a_receipt_is_passed_over() -> None:
    agents_line = parse_note(sign_checkpoint(HEAD, [AGENT])).signatures[0].to_text()
    assert open_receipt(RECEIPT + agents_line.encode(), COLLECTOR.verifier).at_s == AT_S


def test_the_receipt_of_another_collector_is_refused_by_name() -> None:
    other = generate("collector.plant-4", SEED, Algorithm.COSIGNATURE_V1)
    with pytest.raises(UnknownKeyError, match=r"collector\.plant-3.*collector\.plant-4"):
        open_receipt(RECEIPT, other.verifier)


def test_a_receipt_for_one_checkpoint_does_not_serve_another() -> None:
    (line,) = parse_note(RECEIPT).signatures
    larger = Checkpoint(origin=HEAD.origin, size=10, root=HEAD.root)
    with pytest.raises(SignatureError):
        open_receipt(with_line(larger.to_text(), line), COLLECTOR.verifier)


@pytest.mark.parametrize("length", [1, 64, 71, 73])
def test_a_cosignature_of_another_length_is_refused(length: int) -> None:
    short = SignatureLine(name=NAME, key_id=COLLECTOR.verifier.key_id, signature=bytes(length))
    with pytest.raises(MalformedNoteError, match="72 bytes"):
        open_receipt(with_line(TEXT, short), COLLECTOR.verifier)


def test_times_without_a_place_in_63_bits_are_refused_on_both_sides() -> None:
    for at_ns in (-1, 2**63 * 10**9):
        with pytest.raises(ClockError, match="at_ns"):
            cosign(TEXT, COLLECTOR, at_ns)
    late = SignatureLine(name=NAME, key_id=COLLECTOR.verifier.key_id, signature=b"\x80" + bytes(71))
    with pytest.raises(MalformedNoteError, match="out of range"):
        open_receipt(with_line(TEXT, late), COLLECTOR.verifier)


def test_only_a_checkpoint_is_cosigned_and_read() -> None:
    with pytest.raises(CheckpointError):
        cosign("hello\n", COLLECTOR, 0)
    text = "hello\n"
    signature = COLLECTOR.signature(b"cosignature/v1\ntime 0\n" + text.encode())
    hello = SignatureLine(
        name=NAME, key_id=COLLECTOR.verifier.key_id, signature=bytes(8) + signature
    )
    with pytest.raises(CheckpointError):
        open_receipt(with_line(text, hello), COLLECTOR.verifier)


def test_extension_lines_are_covered_by_the_receipt() -> None:
    extended = Checkpoint(origin=HEAD.origin, size=9, root=HEAD.root, extensions=("note",))
    receipt = cosign(extended.to_text(), COLLECTOR, 0)
    assert open_receipt(receipt, COLLECTOR.verifier).checkpoint == extended
    with pytest.raises(SignatureError):
        open_receipt(receipt.replace(b"\nnote\n", b"\nnope\n"), COLLECTOR.verifier)


def test_the_encoded_line_has_the_form_of_the_specification() -> None:
    dash, name, encoded = RECEIPT.decode().splitlines()[-1].split(" ")
    assert (dash, name) == ("\u2014", NAME)
    assert base64.b64decode(encoded)[:4] == COLLECTOR.verifier.key_id
