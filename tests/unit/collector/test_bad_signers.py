"""Messages whose signer is none, is another, or signed something else."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Final

import pytest

from collector.outcome import Ahead, Duplicate, Refused
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.key import generate
from evidence.log.note import sign
from tests.unit.collector.agent_log import EPOCH, filled, key_of
from tests.unit.collector.test_admit import LOG, judged, with_note

TEXT: Final = LOG.note(1).decode().partition("\n\n")[0] + "\n"
PUBLIC: Final = LOG.key.verifier.public_bytes


def signed_by(algorithm: int, signature: bytes) -> bytes:
    """A note by the agent's name, and an id made for another algorithm."""
    hashed = b"boiler-2\n" + bytes((algorithm,)) + PUBLIC
    stated = hashlib.sha256(hashed).digest()[:4] + signature
    return f"{TEXT}\n— boiler-2 {base64.b64encode(stated).decode()}\n".encode()


def of_another_log() -> bytes:
    """What the agent signed, but for another purpose: prose that is no head of a log."""
    return sign("let me in\nplease\n", [LOG.key])


def of_another_epoch() -> bytes:
    other = Checkpoint(origin=origin("boiler-2", "e" * 32), size=1, root=LOG.root(1))
    return sign_checkpoint(other, [LOG.key])


def of_another_kind() -> bytes:
    return LOG.note(1).replace(b"carbonmeter/", b"sum.example.org/", 1)


CASES: Final[Mapping[str, tuple[Callable[[], bytes], str]]] = {
    "no algorithm, no signature": (lambda: signed_by(0, b""), "E_LOG_NOTE"),
    "no algorithm": (lambda: signed_by(0, bytes(64)), "E_SIG_UNKNOWN_KEY"),
    "an algorithm nobody knows": (lambda: signed_by(0xFF, bytes(64)), "E_SIG_UNKNOWN_KEY"),
    "the algorithm of receipts": (lambda: signed_by(4, bytes(72)), "E_SIG_UNKNOWN_KEY"),
    "the right key and zeros": (lambda: signed_by(1, bytes(64)), "E_SIG_INVALID"),
    "the right key and 63 bytes": (lambda: signed_by(1, bytes(63)), "E_SIG_INVALID"),
    "prose that the agent signed": (of_another_log, "E_LOG_CHECKPOINT"),
    "a head of another epoch": (of_another_epoch, "E_POSITION"),
    "a head of another kind of log": (of_another_kind, "E_SIG_INVALID"),
}


@pytest.mark.parametrize(("note", "code"), CASES.values(), ids=CASES)
def test_a_signature_that_is_none_for_this_is_refused(note: Callable[[], bytes], code: str) -> None:
    outcome = judged(with_note(note()), size=0)
    assert isinstance(outcome, Refused)
    assert outcome.error.code == code


def test_a_batch_of_yesterday_that_comes_again_is_harmless() -> None:
    assert isinstance(judged(LOG.message(1), size=5), Duplicate)


def test_a_head_that_is_signed_far_beyond_the_log_is_a_gap_and_no_more() -> None:
    """The agent's own key, and a size of 2^62: nothing is laid out, the next leaf is asked for."""
    far = Checkpoint(origin=origin("boiler-2", EPOCH), size=2**62, root=b"r" * merkle.HASH_BYTES)
    note = sign_checkpoint(far, [LOG.key])
    outcome = judged(with_note(note, sequence=2**62 - 1), size=5)
    assert isinstance(outcome, Ahead)


def test_another_agent_of_the_same_collector_is_no_signer_here() -> None:
    other = filled(1, "press-9")
    head = Checkpoint(origin=origin("boiler-2", EPOCH), size=1, root=other.root(1))
    outcome = judged(with_note(sign_checkpoint(head, [key_of("press-9")])), size=0)
    assert isinstance(outcome, Refused)
    assert outcome.error.code == "E_ORIGIN_SPOOF"


def test_a_stranger_with_the_agents_name_is_a_stranger() -> None:
    twin = generate("boiler-2", b"t" * 32)
    head = Checkpoint(origin=origin("boiler-2", EPOCH), size=1, root=LOG.root(1))
    outcome = judged(with_note(sign_checkpoint(head, [twin])), size=0)
    assert isinstance(outcome, Refused)
    assert outcome.error.code == "E_SIG_UNKNOWN_KEY"
    assert (outcome.agent, outcome.epoch) == ("", "")
