import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import (
    KeyAlgorithmError,
    KeyConflictError,
    KeyMaterialError,
    KeyTextError,
    SignatureError,
)
from evidence.log.key import (
    Algorithm,
    Verifier,
    generate,
    keyring,
    parse_signing_key,
    parse_verifier,
    require_algorithm,
    strict_base64,
)

SEED = bytes(range(32))
KEY = generate("plant-3/agent-7", SEED)
names = st.text(st.characters(min_codepoint=33, exclude_categories=["Z", "C"]), min_size=1).filter(
    lambda name: "+" not in name
)
seeds = st.binary(min_size=32, max_size=32)


@given(names, seeds, st.sampled_from(Algorithm))
def test_a_key_survives_its_text_on_both_sides(name: str, seed: bytes, kind: Algorithm) -> None:
    key = generate(name, seed, kind)
    assert parse_verifier(key.verifier.to_text()) == key.verifier
    restored = parse_signing_key(key.to_text())
    assert restored.verifier == key.verifier
    key.verifier.check(restored.signature(b"message"), b"message")


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_a_coded_error(text: str) -> None:
    for parse in (parse_verifier, parse_signing_key):
        for candidate in (text, "PRIVATE+KEY+" + text, "a+00000000+" + text):
            with pytest.raises(KeyMaterialError):
                parse(candidate)


def test_one_secret_has_different_ids_for_different_purposes() -> None:
    note_key, receipt_key = KEY, generate(KEY.verifier.name, SEED, Algorithm.COSIGNATURE_V1)
    assert note_key.verifier.public_bytes == receipt_key.verifier.public_bytes
    assert note_key.verifier.key_id != receipt_key.verifier.key_id
    with pytest.raises(KeyAlgorithmError, match=r"E_KEY_ALGORITHM.*0x01.*0x04"):
        require_algorithm(note_key.verifier, Algorithm.COSIGNATURE_V1)


def test_neither_repr_nor_error_shows_the_secret() -> None:
    secret_text = KEY.to_text()
    secret = secret_text.rpartition("+")[2]
    assert secret not in repr(KEY)
    assert SEED.hex() not in repr(KEY)
    with pytest.raises(KeyTextError, match="secret key") as refused:
        parse_verifier(secret_text)
    assert secret not in str(refused.value) + refused.value.say("zh")
    with pytest.raises(KeyTextError) as mangled:
        parse_signing_key(secret_text + " ")
    assert secret not in str(mangled.value)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\n", "\x00", "\ud800", "a\x7f"])
def test_a_name_that_would_break_a_signature_line_is_refused(name: str) -> None:
    with pytest.raises(KeyTextError):
        generate(name, SEED)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_or_public_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(KeyTextError, match="32 bytes"):
        generate("agent", bytes(length))
    with pytest.raises(KeyTextError, match="32 bytes"):
        Verifier(name="agent", algorithm=Algorithm.ED25519, public_bytes=bytes(length))


@pytest.mark.parametrize("algorithm", [0x00, 0x02, 0x05, 0x06, 0xFF])
def test_a_key_of_another_algorithm_is_refused_by_its_byte(algorithm: int) -> None:
    typed = base64.b64encode(bytes([algorithm]) + bytes(32)).decode()
    with pytest.raises(KeyAlgorithmError, match=f"0x{algorithm:02x}"):
        parse_verifier(f"agent+00000000+{typed}")


def test_an_id_of_another_key_or_name_is_refused() -> None:
    other = generate("agent-8", SEED).verifier
    mixed = KEY.verifier.to_text().replace(KEY.verifier.key_id.hex(), other.key_id.hex())
    renamed = KEY.verifier.to_text().replace("agent-7", "agent-8")
    for text in (mixed, renamed):
        with pytest.raises(KeyTextError, match="id"):
            parse_verifier(text)


def test_a_signature_over_another_message_or_of_another_length_does_not_fit() -> None:
    signature = KEY.signature(b"12.5 kWh")
    for forged, message in ((signature, b"1.25 kWh"), (signature[:-1], b"12.5 kWh"), (b"", b"")):
        with pytest.raises(SignatureError, match="plant-3/agent-7"):
            KEY.verifier.check(forged, message)


def test_a_keyring_finds_by_name_and_id_and_refuses_two_keys_in_one_place() -> None:
    other = generate("agent-8", SEED).verifier
    ring = keyring([KEY.verifier, other, KEY.verifier])
    assert ring[("agent-8", other.key_id)] is other
    assert len(ring) == 2
    impostor = Verifier(
        name=other.name, algorithm=Algorithm.ED25519, public_bytes=KEY.verifier.public_bytes[::-1]
    )
    object.__setattr__(impostor, "key_id", other.key_id)  # a collision of the 32-bit id
    with pytest.raises(KeyConflictError, match="agent-8"):
        keyring([other, impostor])


@given(st.binary(max_size=70))
def test_canonical_base64_is_read_and_has_one_spelling(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    assert strict_base64(text) == data
    if data:
        assert strict_base64(text.rstrip("=") + "=" * 3) is None
        assert strict_base64(text + "\n") is None
        assert strict_base64(" " + text) is None


@pytest.mark.parametrize("text", ["AQJ=", "AR==", "AQ", "AQ=", "A", "_-==", "Ａ===", "AQ==AQ=="])
def test_any_other_spelling_of_base64_is_refused(text: str) -> None:
    assert strict_base64(text) is None
