"""Some entries of a collector's journal, and that they stand in its signed head (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.errors import ProofError, Words
from evidence.log.checkpoint import Checkpoint
from evidence.log.entry import Entry, decode_entry, origin_of
from evidence.log.following import NO_LEAVES, ledger_heads
from evidence.log.key import Verifier, keyring
from evidence.log.merkle import leaf_hash
from evidence.log.partial_tree import Withheld, partial_root
from evidence.log.parts import PartlyShown
from evidence.log.witness import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What is shown of a journal.

    Attributes:
        collector: Whose it is.
        note: Its head, signed.
        size: Number of all its entries.
        shown: Exact bytes of those that are shown, or some of their parts, by position,
            increasing.
        rest: The subtrees of all others.
    """

    collector: str
    note: bytes
    size: int
    shown: Mapping[int, bytes | PartlyShown]
    rest: Sequence[Withheld]


def verified_entries(excerpt: Excerpt, keys: Sequence[Verifier]) -> tuple[Entry, ...]:
    """The entries, once they were found to stand in the head that the journal's key signed.

    Args:
        excerpt: what is shown.
        keys: of the journal.

    Raises:
        EvidenceError: they do not, one of them is none, or the ledger's heads that they name
            go back.
    """
    origin = origin_of(excerpt.collector)
    head = opened(excerpt.note.decode(errors="replace"), keyring(keys), origin)
    _require_inside(excerpt, head)
    entries = tuple(
        decode_entry(leaf, f"{origin} {position}") for position, leaf in excerpt.shown.items()
    )
    ledger_heads(NO_LEAVES, entries, origin, "-")
    return entries


def _require_inside(excerpt: Excerpt, head: Checkpoint) -> None:
    hashes = {position: _hash(leaf) for position, leaf in excerpt.shown.items()}
    root = partial_root(excerpt.size, hashes, excerpt.rest)
    if (excerpt.size, root) != (head.size, head.root):
        what = Words("it leads to another head", "导出的日志头不同")
        raise ProofError(head.origin, proof="inclusion", what=what)


def _hash(leaf: bytes | PartlyShown) -> bytes:
    return leaf_hash(leaf) if isinstance(leaf, bytes) else leaf.digest
