"""Whether a collector's journal, and the ledger that it names, go on from what was seen (pure).

Who follows a journal hashes every new entry itself, so that its signed head needs no proof of
consistency. Each entry names the ledger's head of its moment; of those the collector has to
prove that each goes on from the one before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from evidence.errors import CodedError, FrontierError, LeafError, Words
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint
from evidence.log.entry import Entry
from evidence.log.key import SigningKey
from evidence.log.receipt import cosign
from evidence.log.witness import ForkError, LaggingError


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """Where a ledger ends: size and Merkle root, 32 bytes."""

    size: int
    root: bytes


NO_LEAVES = LedgerHead(size=0, root=merkle.EMPTY_ROOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry as it was shown: its hash, 32 bytes, and its text; None if it is withheld."""

    leaf_hash: bytes
    leaf: bytes | None


class Followed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is remembered of a journal that was followed.

    Args:
        checkpoint: its last head, the collector's note as it came.
        cosigned: the same text, cosigned by the witness.
        frontier: the edge of its tree, to hash further entries to.
        ledger_size, ledger_root: the last of the ledger's heads that its entries name.
    """

    checkpoint: str
    cosigned: str
    frontier: str
    ledger_size: int
    ledger_root: str

    def ledger(self) -> LedgerHead:
        """The last of the ledger's heads."""
        return LedgerHead(size=self.ledger_size, root=bytes.fromhex(self.ledger_root))


def decode_followed(data: bytes, where: str) -> Followed:
    """What a witness's file remembers.

    Raises:
        LeafError: it is damaged.
    """
    try:
        found = msgspec.json.decode(data, type=Followed)
        merkle.Frontier.from_hex(found.frontier)
        found.ledger()
    except (msgspec.DecodeError, ValueError, RecursionError, FrontierError) as cause:
        raise LeafError(where, what=Words(str(cause), str(cause))) from cause
    return found


def grown(
    before: merkle.Frontier, rows: Sequence[Shown], head: Checkpoint, kept: str
) -> merkle.Frontier:
    """The edge of the journal's tree with all new entries, found to be what the head signs.

    Args:
        before: the edge that is remembered.
        rows: all entries from there to the head.
        head: the journal's, its signature verified.
        kept: where both are kept if they contradict.

    Raises:
        LaggingError: the head is shorter than what was seen.
        ForkError: the entries do not lead to it from what was seen.
        LeafError: an entry's text does not have the hash that is shown with it.
    """
    if head.size < before.size:
        raise LaggingError(head.origin, size=head.size, old_size=before.size)
    edge = before
    for each in rows:
        if each.leaf is not None and merkle.leaf_hash(each.leaf) != each.leaf_hash:
            what = Words("it does not have its hash", "与其哈希不符")
            raise LeafError(f"entry {edge.size}", what=what)
        edge = merkle.append(edge, each.leaf_hash)
    if (edge.size, merkle.root(edge)) != (head.size, head.root):
        what = Words("its entries do not lead to it", "其记录不能导出该日志头")
        raise _fork(head.origin, head.size, before.size, what, kept)
    return edge


def ledger_heads(
    before: LedgerHead, entries: Iterable[Entry], origin: str, kept: str
) -> list[LedgerHead]:
    """The ledger's heads that new entries name, each once, in their order.

    Args:
        before: the last one that was seen.
        entries: new ones, as far as they are shown.
        origin: the journal's.
        kept: where the entries are kept if the heads contradict.

    Raises:
        ForkError: one is shorter than the one before it, or of its size with another root.
    """
    found, last = [], before
    for entry in entries:
        head = LedgerHead(size=entry.ledger_size, root=bytes.fromhex(entry.ledger_root))
        if head == last:
            continue
        if head.size <= last.size:
            what = Words("the ledger went back, or is another", "账本回退或已被替换")
            raise _fork(f"{origin} ledger", head.size, last.size, what, kept)
        found.append(head)
        last = head
    return found


def require_ledger_goes_on(
    old: LedgerHead, new: LedgerHead, proof: Sequence[bytes], origin: str, kept: str
) -> None:
    """Returns if the ledger's later head goes on from the earlier one.

    Raises:
        ForkError: it is not proven to.
    """
    try:
        merkle.verify_consistency(old.size, old.root, new.size, new.root, proof)
    except CodedError as wrong:
        what = Words(wrong.say("en"), wrong.say("zh"))
        raise _fork(f"{origin} ledger", new.size, old.size, what, kept) from wrong


def followed(
    note: str, edge: merkle.Frontier, ledger: LedgerHead, key: SigningKey, at_ns: int
) -> Followed:
    """What is remembered of a journal whose head was found to go on; cosigned now."""
    text = note.rpartition("\n\n")[0] + "\n"
    return Followed(
        checkpoint=note,
        cosigned=cosign(text, key, at_ns).decode(),
        frontier=edge.to_hex(),
        ledger_size=ledger.size,
        ledger_root=ledger.root.hex(),
    )


def _fork(where: str, size: int, old_size: int, what: Words, kept: str) -> ForkError:
    return ForkError(where, what=what, size=size, old_size=old_size, kept=kept)
