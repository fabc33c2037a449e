"""Leaves of an epoch that is over, logged again in a new one: same content, new places. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from edge_agent.batcher import BatchHead, Packed, Place, pack, packed_documents
from edge_agent.documents import DocumentFile
from edge_agent.earlier_logs import earlier_logs
from evidence.errors import EvidenceError
from evidence.log.batch import Batch, Document, Record, decode
from evidence.log.envelope import decompress
from evidence.log.key import SigningKey

CitedFile = Callable[[str, str], DocumentFile | None]
"""(SHA-256, epoch) -> the file, if that epoch's log lacks it and it is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a new epoch begins with.

    Attributes:
        epoch: Its id, 32 hex digits of new randomness.
        records: Why it was opened.
        documents: The files that its batches will cite.
        head: Of its first batch.
        former: Other epochs that are over, by what the collector said.
        receipted: For how many leaves of them the collector has signed, as it said.
        first_sequence: No poll is numbered below it.
        key: Signs it and what follows; None for the one that signed before.
        told: Keys of what is done once, and is done by this.
    """

    epoch: str
    records: tuple[Record, ...]
    documents: tuple[DocumentFile, ...]
    head: BatchHead
    former: frozenset[str] = frozenset()
    receipted: Mapping[str, int] = field(default_factory=dict)
    first_sequence: int = 0
    key: SigningKey | None = None
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relogged:
    """What comes of one old leaf: its new leaves, and the files that are logged by them."""

    leaves: tuple[Packed, ...]
    documents: tuple[str, ...] = ()


def opening_leaves(agent: str, opening: Opening, sizes: Mapping[str, int]) -> list[Packed]:
    """The first leaves of an epoch: a batch that says why it was opened, then the files.

    Args:
        agent: Whose log.
        opening: What it begins with.
        sizes: For how many leaves of each earlier log a receipt was signed.
    """
    head = opening.head
    first = Batch(
        agent=agent,
        epoch=opening.epoch,
        sequence=0,
        software=head.software,
        clock=head.clock,
        opened_ms=head.closed_ms,
        closed_ms=head.closed_ms,
        records=(*opening.records, *earlier_logs(sizes, head.closed_ms)),
    )
    second = Place(agent=agent, epoch=opening.epoch, sequence=1)
    return [pack(first, head.seed), *packed_documents(opening.documents, second, head.seed)]


def relogged(frame: bytes, place: Place, cited: CitedFile, seed: bytes) -> Relogged:
    """The new leaves of an old one, from `place` on.

    A file that the new log has already is left out; a profile that a batch cites and the new
    log lacks goes before it.

    Args:
        frame: The old leaf, compressed.
        place: Where the next one stands.
        cited: Finds a file that is to be logged.
        seed: 32 bytes of new randomness: who knows the old leaf's blind does not know the new.
    """
    try:
        leaf = decode(decompress(frame))
    except EvidenceError:  # checked by its hash before; written by a version we do not know
        return Relogged(leaves=())
    if isinstance(leaf, Document):
        return _document(leaf, place, cited, seed)
    profiles = dict.fromkeys(stream.head.profile for stream in leaf.streams)
    lacking = [cited(sha256, place.epoch) for sha256 in profiles]
    files = [file for file in lacking if file is not None]
    moved = msgspec.structs.replace(leaf, epoch=place.epoch, sequence=place.sequence + len(files))
    return Relogged(
        leaves=(*packed_documents(files, place, seed), pack(moved, seed)),
        documents=tuple(file.sha256 for file in files),
    )


def _document(leaf: Document, place: Place, cited: CitedFile, seed: bytes) -> Relogged:
    if cited(leaf.sha256, place.epoch) is None:
        return Relogged(leaves=())
    moved = msgspec.structs.replace(leaf, epoch=place.epoch, sequence=place.sequence)
    return Relogged(leaves=(pack(moved, seed),), documents=(leaf.sha256,))
