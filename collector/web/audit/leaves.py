"""One leaf: its bytes, and the proof that it stands in its agent's signed head."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.api.unknown import LogUnknownError
from collector.errors import LedgerAbsentError
from collector.ledger_rows import StoredLeaf
from collector.outcome import LogState
from collector.web.audit.logs import keys_of
from evidence.errors import EvidenceError
from evidence.log import merkle
from evidence.log.checkpoint import open_checkpoint
from evidence.log.key import Keyring

MOST_BYTES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenLeaf:
    """A leaf where it stands.

    Attributes:
        text: Its exact bytes, which are JSON; the first of them where there are many.
        bytes: How many there are.
        proof: Hashes from the leaf to the root, hexadecimal.
        size, root, note: Of the head that it is proven to stand in.
        holds: Whether they lead there and the agent's pinned key signed it; None where no key
            of it is pinned.
    """

    stored: StoredLeaf
    text: str
    bytes: int
    proof: Sequence[str]
    size: int
    root: str
    note: str
    holds: bool | None

    @property
    def is_cut(self) -> bool:
        """Whether `text` is only the beginning."""
        return self.bytes > MOST_BYTES


def proven_leaf(
    parts: Parts, sources: Sources, reader: Reader, agent: str, epoch: str, sequence: int
) -> ProvenLeaf:
    """A leaf with its proof.

    Raises:
        LogUnknownError: it is not held, or not for the reader.
        LedgerDamagedError: its bytes do not have their hash any more.
    """
    ledger = sources.ledger
    state = ledger.state(agent, epoch)
    if sequence >= state.size or not reader.sees(parts.sites.get(agent, "")):
        raise LogUnknownError("agent, epoch", agent=agent[:64], epoch=epoch[:64])
    try:
        stored = ledger.leaf(agent, epoch, sequence)
    except LedgerAbsentError:
        raise LogUnknownError("agent, epoch", agent=agent[:64], epoch=epoch[:64]) from None
    proof = merkle.inclusion_proof(ledger.hashes(agent, epoch)[: state.size], sequence)
    return ProvenLeaf(
        stored=stored,
        text=stored.leaf[:MOST_BYTES].decode(errors="replace"),
        bytes=len(stored.leaf),
        proof=[each.hex() for each in proof],
        size=state.size,
        root=merkle.root(state.frontier).hex(),
        note=state.note.decode(errors="replace"),
        holds=_holds(state, stored, proof, keys_of(parts.agents(), agent)),
    )


def _holds(
    state: LogState, stored: StoredLeaf, proof: Sequence[bytes], keys: Keyring
) -> bool | None:
    if not keys:
        return None
    try:
        head = open_checkpoint(state.note, keys).checkpoint
        leaf_hash = merkle.leaf_hash(stored.leaf)
        merkle.verify_inclusion(leaf_hash, stored.sequence, head.size, proof, head.root)
    except EvidenceError:
        return False
    return True
