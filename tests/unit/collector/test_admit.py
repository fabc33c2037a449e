"""Admission: every kind of message, and that nothing but the agent's own bytes gets in."""

import dataclasses
from collections.abc import Callable

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.admit import MAX_NOTE_BYTES, admit, identify
from collector.agents import Agents, PinnedKey, pin
from collector.errors import AgentEntryError
from collector.outcome import (
    Admitted,
    Ahead,
    Duplicate,
    Equivocation,
    Held,
    LogState,
    Outcome,
    Presented,
    Refused,
)
from evidence.errors import KeyAlgorithmError
from evidence.log import merkle
from evidence.log.batch import MAX_LEAF_BYTES
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.envelope import MAX_MESSAGE_BYTES, Envelope, compress, seal
from evidence.log.key import Algorithm, generate
from evidence.log.note import sign
from evidence.log.receipt import cosign
from tests.unit.collector.agent_log import (
    EPOCH,
    OTHER_EPOCH,
    SIGNER,
    AgentLog,
    agents_of,
    filled,
    key_of,
    noise,
)

LOG = filled(5)
AGENTS = agents_of(LOG, filled(1, "press-9"))


def state_of(log: AgentLog, size: int) -> LogState:
    note = log.note(size) if size else b""
    return LogState(agent=log.agent, epoch=log.epoch, frontier=log.frontier(size), note=note)


def judged(
    payload: bytes, size: int, topic: str = LOG.topic, agents: Agents = AGENTS, log: AgentLog = LOG
) -> Outcome:
    """What a message is when `log` is held up to `size`."""
    presented = identify(payload, topic, agents)
    if isinstance(presented, Refused):
        return presented
    known = log if presented.epoch == log.epoch else AgentLog(epoch=presented.epoch)
    state = state_of(known, size if known is log else 0)
    return admit(presented, state, held_at(known, presented.sequence, state.size))


def held_at(log: AgentLog, sequence: int, size: int) -> Held | None:
    if sequence >= size:
        return None
    return Held(leaf_hash=merkle.leaf_hash(log.leaves[sequence]), root=log.root(sequence + 1))


def changed(at: int, /, **fields: object) -> bytes:
    """A message with other fields in its unsigned part."""
    return seal(msgspec.structs.replace(LOG.envelope(at), **fields))


def test_the_next_leaf_is_admitted_with_its_exact_bytes_and_the_new_edge() -> None:
    outcome = judged(LOG.message(3), size=3)
    assert isinstance(outcome, Admitted)
    assert (outcome.agent, outcome.epoch, outcome.sequence) == ("boiler-2", EPOCH, 3)
    assert outcome.leaf == LOG.leaves[3]
    assert outcome.frontier == LOG.frontier(4)
    assert outcome.root == LOG.root(4)
    assert outcome.note == LOG.note(4)


def test_a_new_epoch_of_a_known_agent_is_admitted_from_its_first_leaf() -> None:
    fresh = filled(2, epoch=OTHER_EPOCH)
    assert isinstance(judged(fresh.message(0), size=5), Admitted)
    later = judged(fresh.message(1), size=5)
    assert later == Ahead(agent="boiler-2", epoch=OTHER_EPOCH, want=0)


@pytest.mark.parametrize("sequence", range(4))
def test_a_leaf_that_is_held_is_a_duplicate(sequence: int) -> None:
    outcome = judged(LOG.message(sequence), size=4)
    assert outcome == Duplicate(agent="boiler-2", epoch=EPOCH, sequence=sequence)


@pytest.mark.parametrize("size", range(4))
def test_a_leaf_beyond_the_end_is_a_gap_that_names_the_first_one_lacking(size: int) -> None:
    assert judged(LOG.message(4), size=size) == Ahead(agent="boiler-2", epoch=EPOCH, want=size)


def rewritten() -> AgentLog:
    """A copy of the same agent, same key and epoch, that went another way after leaf 1."""
    return AgentLog(leaves=[*LOG.leaves[:2], b"other 2", b"other 3"])


def test_other_bytes_at_a_held_position_are_an_equivocation_with_both_sides() -> None:
    outcome = judged(rewritten().message(2), size=4)
    assert isinstance(outcome, Equivocation)
    assert outcome.error.code == "E_EQUIVOCATION"
    assert outcome.leaf == b"other 2"
    assert outcome.root == rewritten().root(3) != LOG.root(3)


def test_the_same_bytes_under_another_signed_root_are_an_equivocation() -> None:
    other = AgentLog(leaves=[b"other 0", *LOG.leaves[1:3]])
    outcome = judged(other.message(2), size=4)
    assert isinstance(outcome, Equivocation)
    assert outcome.error.code == "E_EQUIVOCATION"


def test_a_signed_root_at_the_next_position_that_our_leaves_do_not_give_is_kept_apart() -> None:
    outcome = judged(rewritten().message(3), size=3)
    assert isinstance(outcome, Equivocation)
    assert outcome.error.code == "E_LOG_ROOT"


def test_a_held_position_with_other_bytes_under_the_same_root_was_altered_on_its_way() -> None:
    outcome = judged(changed(2, leaf=compress(b"not it")), size=4)
    assert isinstance(outcome, Refused)
    assert (outcome.error.code, outcome.agent, outcome.epoch) == (
        "E_LEAF_ALTERED",
        "boiler-2",
        EPOCH,
    )


def signed(text: str) -> bytes:
    return sign(text, [LOG.key])


def with_note(note: bytes, sequence: int = 0) -> bytes:
    return seal(
        Envelope(epoch=EPOCH, sequence=sequence, checkpoint=note, leaf=compress(LOG.leaves[0]))
    )


def truncated_note() -> bytes:
    return with_note(LOG.note(1)[:-20] + b"\n")


def foreign_note() -> bytes:
    stranger = generate("boiler-2", b"x" * 32)
    checkpoint = Checkpoint(origin=origin("boiler-2", EPOCH), size=1, root=LOG.root(1))
    return with_note(sign_checkpoint(checkpoint, [stranger]))


def receipt_as_note() -> bytes:
    text = Checkpoint(origin=origin("boiler-2", EPOCH), size=1, root=LOG.root(1)).to_text()
    return with_note(cosign(text, SIGNER, 0))


def long_note() -> bytes:
    lines = tuple("x" * 60 for _ in range(100))
    checkpoint = Checkpoint(
        origin=origin("boiler-2", EPOCH), size=1, root=LOG.root(1), extensions=lines
    )
    note = sign_checkpoint(checkpoint, [LOG.key])
    assert len(note) > MAX_NOTE_BYTES
    return with_note(note)


def other_size() -> bytes:
    return with_note(LOG.note(2))


def empty_log_note() -> bytes:
    return with_note(LOG.note(0), sequence=0)


def altered_text() -> bytes:
    return with_note(LOG.note(1).replace(b"\n1\n", b"\n2\n", 1), sequence=1)


def big_leaf() -> bytes:
    return changed(0, leaf=compress(bytes(MAX_LEAF_BYTES + 1)))


def endless_leaf() -> bytes:
    compressor = zstandard.ZstdCompressor(write_content_size=False)
    return changed(0, leaf=compressor.compress(b"no stated size"))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (bytes, "E_ENVELOPE"),
    "text": (lambda: b'{"carbonmeter": "envelope/1"}', "E_ENVELOPE"),
    "deep nesting": (lambda: b"\x91" * 20_000, "E_ENVELOPE"),
    "cut": (lambda: LOG.message(0)[:-1], "E_ENVELOPE"),
    "49 KiB": (lambda: bytes(MAX_MESSAGE_BYTES + 1), "E_SIZE"),
    "64 KiB + 1": (lambda: bytes(64 * 1024 + 1), "E_SIZE"),
    "long checkpoint": (long_note, "E_SIZE"),
    "huge leaf": (big_leaf, "E_SIZE"),
    "leaf without size": (endless_leaf, "E_ENVELOPE"),
    "leaf not zstd": (lambda: changed(0, leaf=b"raw bytes"), "E_ENVELOPE"),
    "no note": (lambda: with_note(b"hello\n"), "E_LOG_NOTE"),
    "truncated signature": (truncated_note, "E_LOG_NOTE"),
    "stranger of the same name": (foreign_note, "E_SIG_UNKNOWN_KEY"),
    "receipt as checkpoint": (receipt_as_note, "E_SIG_UNKNOWN_KEY"),
    "text altered": (altered_text, "E_SIG_INVALID"),
    "signed prose": (lambda: with_note(signed("hello\nworld\n")), "E_LOG_CHECKPOINT"),
    "sequence below": (lambda: changed(2, sequence=1), "E_POSITION"),
    "sequence above": (lambda: changed(2, sequence=2**63), "E_POSITION"),
    "sequence negative": (lambda: changed(0, sequence=-1), "E_POSITION"),
    "checkpoint of another size": (other_size, "E_POSITION"),
    "checkpoint of no leaves": (empty_log_note, "E_POSITION"),
    "another epoch outside": (lambda: changed(0, epoch=OTHER_EPOCH), "E_POSITION"),
}


@pytest.mark.parametrize(("make", "code"), REFUSED.values(), ids=REFUSED)
def test_a_bad_message_is_refused_with_its_code(make: Callable[[], bytes], code: str) -> None:
    outcome = judged(make(), size=0)
    assert isinstance(outcome, Refused)
    assert outcome.error.code == code
    assert "{" not in outcome.error.say("zh")


def test_only_a_known_signer_is_named_in_a_refusal() -> None:
    stranger, own = judged(foreign_note(), size=0), judged(other_size(), size=0)
    assert isinstance(stranger, Refused)
    assert (stranger.agent, stranger.epoch) == ("", "")
    assert isinstance(own, Refused)
    assert (own.agent, own.epoch) == ("boiler-2", EPOCH)


@pytest.mark.parametrize(
    "topic",
    [
        "carbonmeter/v1/press-9/batch",
        "carbonmeter/v1/boiler-2/receipt",
        "carbonmeter/v1/+/batch",
        "carbonmeter/v1/#",
        "carbonmeter/v1/boiler-2/batch\0",
        "x/carbonmeter/v1/boiler-2/batch",
        "",
    ],
)
def test_a_topic_that_does_not_name_the_signer_is_a_spoof(topic: str) -> None:
    outcome = judged(LOG.message(0), size=0, topic=topic)
    assert isinstance(outcome, Refused)
    assert outcome.error.code == "E_TOPIC_SPOOF"
    assert outcome.agent == "boiler-2"


def test_an_agent_cannot_write_into_anothers_log() -> None:
    checkpoint = Checkpoint(origin=origin("boiler-2", EPOCH), size=1, root=LOG.root(1))
    note = sign_checkpoint(checkpoint, [key_of("press-9")])
    outcome = judged(with_note(note), size=0)
    assert isinstance(outcome, Refused)
    assert (outcome.error.code, outcome.agent) == ("E_ORIGIN_SPOOF", "press-9")


def test_a_revoked_key_admits_nothing_and_its_successor_does() -> None:
    old, new = key_of("boiler-2"), generate("boiler-2", b"n" * 32)
    agents = pin(
        [
            PinnedKey(agent="boiler-2", verifier=old.verifier, revoked=True),
            PinnedKey(agent="boiler-2", verifier=new.verifier),
        ]
    )
    refused = judged(LOG.message(3), size=3, agents=agents)
    assert isinstance(refused, Refused)
    assert refused.error.code == "E_KEY_REVOKED"
    successor = AgentLog(key=new, leaves=LOG.leaves)
    assert isinstance(judged(successor.message(3), size=3, agents=agents), Admitted)


def test_one_key_cannot_speak_for_two_agents_nor_be_a_key_for_receipts() -> None:
    one = key_of("boiler-2").verifier
    with pytest.raises(AgentEntryError, match="pinned twice"):
        pin([PinnedKey(agent="boiler-2", verifier=one), PinnedKey(agent="press-9", verifier=one)])
    receipts = generate("boiler-2", b"k" * 32, Algorithm.COSIGNATURE_V1).verifier
    with pytest.raises(KeyAlgorithmError):
        pin([PinnedKey(agent="boiler-2", verifier=receipts)])


@given(st.integers(min_value=0), st.integers(0, 7))
@settings(max_examples=300)
def test_a_flipped_bit_anywhere_never_admits_other_bytes(at: int, bit: int) -> None:
    log = AgentLog(leaves=[noise(0), noise(1)])
    altered = bytearray(log.message(1))
    altered[at % len(altered)] ^= 1 << bit
    outcome = judged(bytes(altered), size=1, log=log)
    assert not isinstance(outcome, Admitted) or outcome.leaf == log.leaves[1]


def test_without_the_comparison_of_roots_altered_bytes_would_be_admitted() -> None:
    log = AgentLog(leaves=[noise(0), noise(1)])
    frame = bytearray(log.envelope(1).leaf)
    frame[-1] ^= 1
    payload = seal(msgspec.structs.replace(log.envelope(1), leaf=bytes(frame)))
    assert isinstance(judged(payload, size=1, log=log), Equivocation)
    presented = identify(payload, log.topic, AGENTS)
    assert isinstance(presented, Presented)
    altered_leaf = zstandard.ZstdDecompressor().decompress(bytes(frame))
    own_root = merkle.root(merkle.append(log.frontier(1), merkle.leaf_hash(altered_leaf)))
    blind = dataclasses.replace(presented, root=own_root)  # the check compares with itself
    outcome = admit(blind, state_of(log, 1), None)
    assert isinstance(outcome, Admitted)
    assert outcome.leaf == altered_leaf != log.leaves[1]


@given(st.binary(max_size=300), st.text(max_size=40))
def test_foreign_bytes_are_refused_and_never_raise(payload: bytes, topic: str) -> None:
    assert isinstance(identify(payload, topic, AGENTS), Refused)


@given(st.binary(max_size=200))
def test_foreign_bytes_in_place_of_a_leaf_never_raise(frame: bytes) -> None:
    outcome = judged(changed(0, leaf=frame), size=0)
    assert isinstance(outcome, Refused | Equivocation)


@given(
    st.builds(
        Envelope,
        epoch=st.text(max_size=40),
        sequence=st.integers(-(2**63), 2**64 - 1),
        checkpoint=st.binary(max_size=200),
        leaf=st.binary(max_size=50),
    )
)
def test_an_envelope_around_foreign_bytes_is_refused(envelope: Envelope) -> None:
    assert isinstance(identify(seal(envelope), LOG.topic, AGENTS), Refused)
