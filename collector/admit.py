"""Admission: what a message is to an agent's log. Pure.

Only signature, position and size are judged, never content; what a batch says is judged
after it was committed. Identity comes from the signature, never from the topic.
"""

import re
from typing import Final

import zstandard

from collector.agents import Agents, PinnedKey, batch_topic
from collector.errors import (
    AlteredLeafError,
    EquivocationError,
    LogRootError,
    MessageSizeError,
    OriginSpoofError,
    PositionError,
    RevokedKeyError,
    TopicSpoofError,
)
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
from evidence.errors import CodedError, EnvelopeError, UnknownKeyError, Words
from evidence.log import merkle
from evidence.log.batch import MAX_LEAF_BYTES
from evidence.log.checkpoint import Checkpoint, Origin, open_checkpoint, parse_origin
from evidence.log.envelope import MAX_MESSAGE_BYTES, Envelope, decompress, unseal

MAX_NOTE_BYTES: Final = 4096
_EPOCH: Final = re.compile(r"[0-9a-f]{32}")
_TOPIC: Final = re.compile(r"carbonmeter/v1/([A-Za-z0-9][A-Za-z0-9._-]{0,63})/batch")


def identify(payload: bytes, topic: str, agents: Agents) -> Presented | Refused:
    """Who signed a message and which position it claims, or why that cannot be said.

    Args:
        payload: The message as it came, of any size.
        topic: Where it came.
        agents: The pinned keys.
    """
    try:
        envelope = _envelope(payload)
    except CodedError as error:
        return Refused(error=error)
    try:
        signed = open_checkpoint(envelope.checkpoint, agents.keys)
    except UnknownKeyError as error:
        return Refused(error=error, claimed=_claimed(topic, envelope))
    except CodedError as error:
        return Refused(error=error)
    signers = tuple(agents.owners[each.name, each.key_id] for each in signed.signed_by)
    try:
        named = parse_origin(signed.checkpoint.origin)
    except CodedError as error:
        return Refused(error=error, agent=signers[0].agent)
    try:
        _require_speaker(signers, named, signed.checkpoint.origin)
        _require_topic(topic, named.agent)
        _require_position(envelope, named.epoch, signed.checkpoint)
    except CodedError as error:
        return Refused(error=error, agent=_signer(signers, named), epoch=named.epoch)
    return Presented(
        agent=named.agent,
        epoch=named.epoch,
        sequence=envelope.sequence,
        root=signed.checkpoint.root,
        note=envelope.checkpoint,
        frame=envelope.leaf,
    )


def _claimed(topic: str, envelope: Envelope) -> tuple[str, str] | None:
    """The log that a message names, if it names one; no more than a claim."""
    match = _TOPIC.fullmatch(topic)
    return (match[1], envelope.epoch) if match and _EPOCH.fullmatch(envelope.epoch) else None


def _envelope(payload: bytes) -> Envelope:
    _require_size("message", len(payload), MAX_MESSAGE_BYTES)
    try:
        envelope = unseal(payload)
    except UnicodeDecodeError as cause:
        raise EnvelopeError("message", what=str(cause)) from cause
    _require_size("checkpoint", len(envelope.checkpoint), MAX_NOTE_BYTES)
    return envelope


def _require_size(name: str, found: int, limit: int) -> None:
    if found > limit:
        raise MessageSizeError("message", name=name, found=found, limit=limit)


def _signer(signers: tuple[PinnedKey, ...], named: Origin) -> str:
    """The agent that signed: the one that the log is named after, if it is among them."""
    ids = [each.agent for each in signers]
    return named.agent if named.agent in ids else ids[0]


def _require_speaker(signers: tuple[PinnedKey, ...], named: Origin, line: str) -> None:
    own = [each for each in signers if each.agent == named.agent]
    if not own:
        raise OriginSpoofError("checkpoint", origin=line, signer=signers[0].agent)
    if all(each.revoked for each in own):
        raise RevokedKeyError(f"agent {named.agent}", key=own[0].verifier.label)


def _require_topic(topic: str, agent: str) -> None:
    match = _TOPIC.fullmatch(topic)
    if match is None or match[1] != agent:
        raise TopicSpoofError(f"topic {topic[:80]!r}", signer=agent, limit=batch_topic(agent))


def _require_position(envelope: Envelope, epoch: str, signed: Checkpoint) -> None:
    if envelope.epoch != epoch:
        raise PositionError("envelope", name="epoch", found=envelope.epoch[:32], limit=epoch)
    if signed.size < 1 or envelope.sequence != signed.size - 1:
        limit = Words(f"{signed.size} - 1, at least 0", f"{signed.size} - 1，至少为 0")
        raise PositionError("envelope", name="sequence", found=envelope.sequence, limit=limit)


def admit(presented: Presented, state: LogState, held: Held | None) -> Outcome:
    """What a signed message is to its log.

    Args:
        presented: From `identify`.
        state: Where the log of that agent and epoch ends.
        held: What is held at `presented.sequence`; None beyond the log's end.
    """
    if presented.sequence > state.size:
        return Ahead(agent=state.agent, epoch=state.epoch, want=state.size)
    try:
        leaf = _leaf(presented.frame)
    except CodedError as error:
        return Refused(error=error, agent=state.agent, epoch=state.epoch)
    if held is not None:
        return _beside(presented, leaf, held)
    return _next(presented, leaf, state)


def _leaf(frame: bytes) -> bytes:
    """The leaf's bytes; what the frame says of its size is checked before it is opened."""
    try:
        stated = zstandard.frame_content_size(frame)
    except zstandard.ZstdError:
        return decompress(frame)  # says in its own words what is wrong
    _require_size("leaf", stated, MAX_LEAF_BYTES)
    return decompress(frame)


def _beside(presented: Presented, leaf: bytes, held: Held) -> Outcome:
    agent, epoch, sequence = presented.agent, presented.epoch, presented.sequence
    where = f"{agent}/{epoch}"
    if presented.root != held.root:
        return _branch(presented, leaf, EquivocationError(where, sequence=sequence))
    if merkle.leaf_hash(leaf) != held.leaf_hash:
        error = AlteredLeafError(where, sequence=sequence)
        return Refused(error=error, agent=agent, epoch=epoch)
    return Duplicate(agent=agent, epoch=epoch, sequence=sequence)


def _next(presented: Presented, leaf: bytes, state: LogState) -> Outcome:
    leaf_hash = merkle.leaf_hash(leaf)
    frontier = merkle.append(state.frontier, leaf_hash)
    if merkle.root(frontier) != presented.root:
        where = f"{presented.agent}/{presented.epoch}"
        return _branch(presented, leaf, LogRootError(where, sequence=presented.sequence))
    return Admitted(
        agent=presented.agent,
        epoch=presented.epoch,
        sequence=presented.sequence,
        leaf=leaf,
        frame=presented.frame,
        leaf_hash=leaf_hash,
        frontier=frontier,
        root=presented.root,
        note=presented.note,
    )


def _branch(
    presented: Presented, leaf: bytes, error: EquivocationError | LogRootError
) -> Equivocation:
    return Equivocation(
        error=error,
        agent=presented.agent,
        epoch=presented.epoch,
        sequence=presented.sequence,
        root=presented.root,
        note=presented.note,
        leaf=leaf,
    )
