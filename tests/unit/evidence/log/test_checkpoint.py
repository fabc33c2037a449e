import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import CheckpointError, SignatureError, UnknownKeyError
from evidence.log.checkpoint import (
    Checkpoint,
    Origin,
    open_checkpoint,
    origin,
    parse_origin,
    sign_checkpoint,
)
from evidence.log.key import generate, keyring
from evidence.log.merkle import EMPTY_ROOT, leaf_hash
from evidence.log.note import sign

EPOCH = "00112233445566778899aabbccddeeff"
ORIGIN = f"carbonmeter/boiler-2/{EPOCH}"
ROOT = leaf_hash(b"the only leaf")
ROOT_64 = base64.b64encode(ROOT).decode()
HEAD = Checkpoint(origin=ORIGIN, size=1, root=ROOT)
AGENT = generate("boiler-2", b"a" * 32)
lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)


@given(lines, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_survives_its_text(name: str, size: int, root: bytes) -> None:
    head = Checkpoint(origin=name, size=size, root=root)
    assert Checkpoint.from_text(head.to_text()) == head
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(head), type=Checkpoint) == head


@given(st.lists(lines.filter(lambda line: len(line) != 44)))
def test_extension_lines_are_kept_in_their_order(extensions: list[str]) -> None:
    head = Checkpoint(origin=ORIGIN, size=1, root=ROOT, extensions=tuple(extensions))
    assert Checkpoint.from_text(head.to_text()) == head
    assert head.to_text().split("\n")[3:-1] == extensions


@given(st.text())
def test_a_text_is_refused_or_written_back_as_it_came(text: str) -> None:
    for candidate in (text, f"{ORIGIN}\n{text}\n{ROOT_64}\n", f"{ORIGIN}\n1\n{ROOT_64}\n{text}\n"):
        try:
            assert Checkpoint.from_text(candidate).to_text() == candidate
        except CheckpointError:
            continue


def test_the_text_has_the_three_lines_of_the_specification() -> None:
    assert HEAD.to_text() == f"{ORIGIN}\n1\n{ROOT_64}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_64}", id="no last newline"),
        pytest.param(f"{ORIGIN}\n1\n", id="no root"),
        pytest.param(f"\n1\n{ROOT_64}\n", id="no origin"),
        pytest.param(f"{ORIGIN}\n01\n{ROOT_64}\n", id="a leading zero"),
        pytest.param(f"{ORIGIN}\n00\n{ROOT_64}\n", id="two zeros"),
        pytest.param(f"{ORIGIN}\n-1\n{ROOT_64}\n", id="a negative size"),
        pytest.param(f"{ORIGIN}\n+1\n{ROOT_64}\n", id="a plus"),
        pytest.param(f"{ORIGIN}\n 1\n{ROOT_64}\n", id="a blank"),
        pytest.param(f"{ORIGIN}\n1_0\n{ROOT_64}\n", id="an underscore"),
        pytest.param(f"{ORIGIN}\n１\n{ROOT_64}\n", id="a full-width digit"),
        pytest.param(f"{ORIGIN}\n1e3\n{ROOT_64}\n", id="an exponent"),
        pytest.param(f"{ORIGIN}\n9223372036854775808\n{ROOT_64}\n", id="2^63"),
        pytest.param(f"{ORIGIN}\n{'9' * 5000}\n{ROOT_64}\n", id="5000 digits"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_64[:-1]}\n", id="unpadded"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_64[:40]}\n", id="a short root"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT.hex()}\n", id="a root in hexadecimal"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_64}\n{ROOT_64}\n", id="two roots"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_64}\n\n", id="an empty extension"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_64}\n\nx\n", id="an empty line between"),
        pytest.param(f"{ORIGIN}\r\n1\r\n{ROOT_64}\r\n", id="CRLF"),
        pytest.param(f"{ORIGIN}\n0\n{ROOT_64}\n", id="no leaves but a root"),
        pytest.param(f"\ud800\n1\n{ROOT_64}\n", id="a surrogate"),
    ],
)
def test_a_text_that_strays_from_the_form_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError, match="E_LOG_CHECKPOINT"):
        Checkpoint.from_text(text)


def test_an_empty_log_has_the_root_of_nothing() -> None:
    text = f"{ORIGIN}\n0\n{base64.b64encode(EMPTY_ROOT).decode()}\n"
    assert Checkpoint.from_text(text) == Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)


def test_no_line_can_be_smuggled_in_through_a_field() -> None:
    for name, extensions in ((f"{ORIGIN}\n1", ()), (ORIGIN, ("x\ny",)), (ORIGIN, ("",))):
        with pytest.raises(CheckpointError):
            Checkpoint(origin=name, size=1, root=ROOT, extensions=extensions)


def test_a_signed_checkpoint_opens_with_text_and_signer() -> None:
    opened = open_checkpoint(sign_checkpoint(HEAD, [AGENT]), keyring([AGENT.verifier]))
    assert opened.checkpoint == HEAD
    assert opened.text == HEAD.to_text()
    assert opened.signed_by == (AGENT.verifier,)


def test_a_checkpoint_with_another_size_or_root_is_not_the_signed_one() -> None:
    note, ring = sign_checkpoint(HEAD, [AGENT]), keyring([AGENT.verifier])
    other_root = base64.b64encode(leaf_hash(b"another leaf"))
    for altered in (
        note.replace(b"\n1\n", b"\n2\n"),
        note.replace(ROOT_64.encode(), other_root),
        note.replace(b"boiler-2/", b"boiler-3/"),
    ):
        assert altered != note
        with pytest.raises(SignatureError):
            open_checkpoint(altered, ring)
    with pytest.raises(UnknownKeyError):
        open_checkpoint(note, {})


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(CheckpointError):
        open_checkpoint(sign("hello\n", [AGENT]), keyring([AGENT.verifier]))


@given(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
    st.binary(min_size=16, max_size=16),
)
def test_agent_and_epoch_survive_the_origin_line(agent: str, epoch: bytes) -> None:
    assert parse_origin(origin(agent, epoch.hex())) == Origin(agent=agent, epoch=epoch.hex())


@pytest.mark.parametrize(
    ("agent", "epoch"),
    [
        ("", EPOCH),
        ("a/b", EPOCH),
        ("..", EPOCH),
        ("a b", EPOCH),
        ("a+b", EPOCH),
        ("a#", EPOCH),
        ("锅炉", EPOCH),
        ("a\n", EPOCH),
        ("a" * 65, EPOCH),
        ("a", EPOCH.upper()),
        ("a", EPOCH[:-1]),
        ("a", EPOCH + "0"),
        ("a", EPOCH + "\n"),
        ("a", "g" * 32),
    ],
)
def test_an_agent_or_epoch_outside_the_grammar_makes_no_origin(agent: str, epoch: str) -> None:
    with pytest.raises(CheckpointError):
        origin(agent, epoch)


@pytest.mark.parametrize("line", ["", "example.com/log", f"Carbonmeter/a/{EPOCH}", f"x{ORIGIN}"])
def test_the_origin_of_another_kind_of_log_is_refused(line: str) -> None:
    with pytest.raises(CheckpointError, match="carbonmeter/<agent>"):
        parse_origin(line)
