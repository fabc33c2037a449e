"""A bundle's file, made from what was chosen for it. The same choice gives the same bytes."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from evidence.bundle.container import write_container
from evidence.bundle.form import (
    LEAVES_BYTES,
    MANIFEST,
    STATEMENT,
    Key,
    LeftOut,
    Log,
    Manifest,
    Member,
    encode_manifest,
    leaves_member,
    log_member,
    monitored_member,
)
from evidence.bundle.frames import Proof, ShownLeaf, frame, proofs_bytes, tree_bytes
from evidence.log.checkpoint import Checkpoint
from evidence.log.merkle import consistency_proof
from evidence.log.note import parse_note
from evidence.log.partial_tree import withheld
from evidence.log.parts import PartlyShown
from evidence.software import SOFTWARE
from evidence.statement.datum import ActivityData
from evidence.statement.monitoring.monitored import Monitored, canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLog:
    """A log of which leaves are shown.

    Attributes:
        agent, epoch: Which.
        note: The agent's signed checkpoint over all leaves.
        receipt: The collector's cosignature over a checkpoint of the same log.
        hashes: Of all leaves.
        remembered: Sizes from which consistency shall be proven too.
    """

    agent: str
    epoch: str
    note: bytes
    receipt: bytes
    hashes: Sequence[bytes]
    remembered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenEntries:
    """Entries of the collector's journal.

    Attributes:
        note: Its signed head over all of them.
        hashes: Of all of them.
        shown: The exact bytes of the chosen ones, or what is shown of them, by position,
            increasing.
    """

    note: bytes
    hashes: Sequence[bytes]
    shown: Mapping[int, bytes | PartlyShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """All that goes into a bundle.

    Attributes:
        datum: The statement.
        known_until_ns: When it was made.
        accept_simulated: Whether batches of a simulated clock counted.
        channels: The stated one, and those that it is computed from.
        sites: Where each agent stands.
        keys: Of agents and collector.
        logs: In the order of the manifest.
        leaves: In order of admission.
        left_out: What was quarantined of them.
        documents: Exact bytes of the documents that the leaves carry, by SHA-256.
        originals: Of the laboratories' own, from which certificates among them were taken.
        journal: Entries that concern any of it; None where there are none.
        monitored: Of a statement under a monitoring plan, the parts of the period that are told.
        looks_back_ns: Likewise, from when on readings are here, UTC ns.
        looks_ahead_ns: Likewise, until when, where that is behind the period.
    """

    datum: ActivityData
    known_until_ns: int
    accept_simulated: bool
    channels: tuple[str, ...]
    sites: Mapping[str, str]
    keys: tuple[Key, ...]
    logs: tuple[ChosenLog, ...]
    leaves: Sequence[ShownLeaf]
    left_out: tuple[LeftOut, ...]
    documents: Mapping[str, bytes]
    originals: Mapping[str, bytes] = field(default_factory=dict)
    journal: ChosenEntries | None = None
    monitored: Sequence[Monitored] = ()
    looks_back_ns: int | None = None
    looks_ahead_ns: int | None = None


def write_bundle(file: BinaryIO, choice: Choice) -> None:
    """Writes the bundle of a choice into an empty file, open for writing and reading."""
    members = dict(_members(choice))
    manifest = encode_manifest(_manifest(choice, members))
    write_container(file, [(MANIFEST, manifest), *members.items()])


def _manifest(choice: Choice, members: Mapping[str, bytes]) -> Manifest:
    return Manifest(
        activity=choice.datum.digest,
        software=SOFTWARE,
        known_until_ns=choice.known_until_ns,
        accept_simulated=choice.accept_simulated,
        channels=choice.channels,
        sites=dict(sorted(choice.sites.items())),
        keys=choice.keys,
        logs=tuple(_log(choice, number) for number in range(len(choice.logs))),
        left_out=choice.left_out,
        members=tuple(
            Member(name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in members.items()
        ),
        looks_back_ns=msgspec.UNSET if choice.looks_back_ns is None else choice.looks_back_ns,
        looks_ahead_ns=msgspec.UNSET if choice.looks_ahead_ns is None else choice.looks_ahead_ns,
    )


def _log(choice: Choice, number: int) -> Log:
    shown = _shown(choice, number)
    between = shown[-1] - shown[0] + 1 - len(shown) if shown else 0
    log = choice.logs[number]
    return Log(
        agent=log.agent,
        epoch=log.epoch,
        shown=len(shown),
        withheld=between,
        withheld_parts=sum(each.withheld for each in choice.leaves if each.log == number),
    )


def _shown(choice: Choice, number: int) -> list[int]:
    return sorted(each.sequence for each in choice.leaves if each.log == number)


def _members(choice: Choice) -> Iterator[tuple[str, bytes]]:
    yield STATEMENT, msgspec.json.encode(choice.datum)
    for number, log in enumerate(choice.logs):
        yield log_member(number, "checkpoint.txt"), log.note
        yield log_member(number, "receipt.txt"), log.receipt
        rest = withheld(log.hashes, _shown(choice, number))
        yield log_member(number, "tree.bin"), tree_bytes(len(log.hashes), rest)
        yield log_member(number, "consistency.bin"), proofs_bytes(_proofs(log))
    for number, data in enumerate(_portions(choice.leaves)):
        yield leaves_member(number), data
    for number, told in enumerate(choice.monitored):
        yield monitored_member(number), canonical(told)
    for digest, data in sorted(choice.documents.items()):
        yield f"documents/{digest}", data
    for digest, data in sorted(choice.originals.items()):
        yield f"originals/{digest}", data
    if choice.journal is not None:
        yield from _entries(choice.journal)


def _entries(chosen: ChosenEntries) -> Iterator[tuple[str, bytes]]:
    frames = (
        frame(ShownLeaf(log=0, sequence=position, received_ns=0, data=leaf))
        for position, leaf in chosen.shown.items()
    )
    yield "journal/checkpoint.txt", chosen.note
    yield "journal/entries.bin", b"".join(frames)
    rest = withheld(chosen.hashes, list(chosen.shown))
    yield "journal/tree.bin", tree_bytes(len(chosen.hashes), rest)


def _proofs(log: ChosenLog) -> Iterator[Proof]:
    receipted = Checkpoint.from_text(parse_note(log.receipt).text).size
    for size in sorted({receipted, *log.remembered}):
        if 0 < size < len(log.hashes):
            yield Proof(size=size, hashes=consistency_proof(log.hashes, size))


def _portions(leaves: Iterable[ShownLeaf]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for leaf in leaves:
        data = frame(leaf)
        if held and size + len(data) > LEAVES_BYTES:
            yield b"".join(held)
            held, size = [], 0
        held.append(data)
        size += len(data)
    if held:
        yield b"".join(held)
