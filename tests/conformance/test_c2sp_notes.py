"""C2SP signed-note, tlog-checkpoint and tlog-cosignature on published keys, notes and heads.

PeterNeumann and EnochRoot: documentation and tests of Go's sumdb note package
(golang.org/x/mod/sumdb/note). example.com/foo: the example of c2sp.org/signed-note.
arche2025h1: a checkpoint that a public staging log published, with the cosignatures of
public witnesses (remora.n621.de publishes its key).
"""

from collections.abc import Iterator

import pytest

from evidence.errors import KeyMaterialError, MalformedNoteError, SignatureError, UnknownKeyError
from evidence.log.checkpoint import Checkpoint, open_checkpoint
from evidence.log.key import (
    Algorithm,
    generate,
    keyring,
    parse_signing_key,
    parse_verifier,
)
from evidence.log.note import open_note, sign
from evidence.log.receipt import open_receipt

PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105 - published as an example
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL"
    "ox33WWd1RvMc+QQ=\n"
)
NOTE = (TEXT + "\n" + PETER_LINE).encode()
BOTH = (TEXT + "\n" + PETER_LINE + ENOCH_LINE).encode()
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=\n"
).encode()
ARCHE = "arche2025h1.staging.ct.transparency.dev"
ARCHE_KEY = f"{ARCHE}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
STAGEMOLE = "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv"
SMARTIT = "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO"
LITTLE_GARDEN = (
    "transparency.dev/DEV:witness-little-garden+d8042a87"
    "+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
)
ARCHE_CHECKPOINT = f"""{ARCHE}
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— {ARCHE} zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— {ARCHE} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
""".encode()  # noqa: E501 - lines as published


def manglings(text: str) -> Iterator[str]:
    """Every true substring, and every text with one character moved on by one."""
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if (start, end) != (0, len(text)):
                yield text[start:end]
    for at, sign_ in enumerate(text):
        yield text[:at] + chr(ord(sign_) + 1) + text[at + 1 :]


def test_signing_with_the_published_key_gives_the_published_note_byte_for_byte() -> None:
    assert sign(TEXT, [parse_signing_key(PETER_SECRET)]) == NOTE


def test_the_published_note_opens_with_the_published_key() -> None:
    peter = parse_verifier(PETER)
    opened = open_note(NOTE, keyring([peter]))
    assert (opened.text, opened.signed_by) == (TEXT, (peter,))
    assert peter.key_id.hex() == "c74f20a3"


def test_the_published_secret_key_belongs_to_the_published_verifier_key() -> None:
    key = parse_signing_key(PETER_SECRET)
    assert key.verifier.to_text() == PETER
    assert key.to_text() == PETER_SECRET


def test_the_documented_second_signer_comes_from_a_seed_of_zeros() -> None:
    enoch = generate("EnochRoot", bytes(32))
    assert enoch.verifier.to_text() == ENOCH
    assert sign(TEXT, [parse_signing_key(PETER_SECRET), enoch]) == BOTH


def test_the_doubly_signed_note_opens_with_either_key_and_with_both() -> None:
    peter, enoch = parse_verifier(PETER), parse_verifier(ENOCH)
    assert open_note(BOTH, keyring([peter])).signed_by == (peter,)
    assert open_note(BOTH, keyring([enoch])).signed_by == (enoch,)
    assert open_note(BOTH, keyring([enoch, peter])).signed_by == (peter, enoch)
    with pytest.raises(UnknownKeyError):
        open_note(BOTH, keyring([]))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT + "\n",
        TEXT + "\n" + PETER_LINE[:-1],
        "\x01" + TEXT + "\n" + PETER_LINE,
        TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad Name"),
        TEXT + "\n" + PETER_LINE + "Unexpected line.\n",
        TEXT + "\n" + PETER_LINE * 101,
    ],
)
def test_the_notes_that_the_go_tests_call_malformed_are_refused(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        open_note(text.encode(), keyring([parse_verifier(PETER)]))


def test_an_invalid_signature_by_a_known_key_refuses_the_note() -> None:
    inserted = TEXT + "\n" + PETER_LINE[:60] + "ABCD" + PETER_LINE[60:]
    with pytest.raises(SignatureError, match="PeterNeumann"):
        open_note(inserted.encode(), keyring([parse_verifier(PETER)]))


def test_no_mangling_of_a_published_key_is_accepted() -> None:
    for text in manglings(PETER):
        with pytest.raises(KeyMaterialError):
            parse_verifier(text)
    for text in manglings(PETER_SECRET):
        with pytest.raises(KeyMaterialError):
            parse_signing_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
    ids=["wrong length, hash adjusted", "unknown algorithm, hash adjusted", "upper-case hash"],
)
def test_keys_of_wrong_length_algorithm_or_spelling_are_refused(text: str) -> None:
    with pytest.raises(KeyMaterialError):
        parse_verifier(text)


def test_the_example_of_the_signed_note_specification_opens() -> None:
    opened = open_note(FOO_NOTE, keyring([parse_verifier(FOO)]))
    assert opened.text == "This is an example message.\n"


@pytest.mark.parametrize("text", [PETER, ENOCH, FOO, ARCHE_KEY, REMORA, STAGEMOLE])
def test_published_keys_are_written_back_as_they_came(text: str) -> None:
    assert parse_verifier(text).to_text() == text


def test_a_published_checkpoint_opens_with_its_logs_key() -> None:
    """tlog-checkpoint, note text: origin, decimal size, base64 root."""
    opened = open_checkpoint(ARCHE_CHECKPOINT, keyring([parse_verifier(ARCHE_KEY)]))
    assert opened.checkpoint.origin == ARCHE
    assert opened.checkpoint.size == 1_432_088_532
    assert opened.checkpoint.root.hex().startswith("53b58cefd8ebcf28")
    assert opened.text.encode() == ARCHE_CHECKPOINT[: len(opened.text.encode())]


@pytest.mark.parametrize("witness", [REMORA, STAGEMOLE, SMARTIT, LITTLE_GARDEN])
def test_published_cosignatures_open_with_their_witnesses_keys(witness: str) -> None:
    """tlog-cosignature, Ed25519 signed message: header, time, whole checkpoint text."""
    receipt = open_receipt(ARCHE_CHECKPOINT, parse_verifier(witness))
    assert receipt.checkpoint.size == 1_432_088_532
    assert receipt.at_s == 0x6A122120


def test_a_published_cosignature_does_not_fit_another_size() -> None:
    altered = ARCHE_CHECKPOINT.replace(b"1432088532", b"1432088533")
    with pytest.raises(SignatureError, match="remora"):
        open_receipt(altered, parse_verifier(REMORA))


def test_the_specifications_example_checkpoints_have_the_form() -> None:
    """tlog-checkpoint and tlog-cosignature print this head; its keys are not published."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    head = Checkpoint.from_text(text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert head.to_text() == text


def test_type_bytes_are_those_the_specification_assigns() -> None:
    """signed-note, signature types: 0x01 Ed25519, 0x04 timestamped witness cosignatures."""
    assert parse_verifier(PETER).algorithm is Algorithm.ED25519
    assert parse_verifier(REMORA).algorithm is Algorithm.COSIGNATURE_V1
