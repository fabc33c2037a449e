"""What is true: what each spool committed, what agents made, what the ledger took, what was signed.

Nothing here is asked of the product: the rows are read after each commit, over the connection
that made it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from collector.agents import receipt_topic
from evidence.log import merkle
from evidence.log.batch import Batch, Record, decode
from evidence.log.checkpoint import parse_origin
from evidence.log.envelope import decompress, unseal_wanted
from evidence.log.receipt import Receipt, open_receipt
from tests.simulation.machine import Handle
from tests.simulation.world import COLLECTOR_KEY, World
from tests.system.oracle import Kept, kept_in

Log = tuple[str, str]
Place = tuple[str, str, int]
_LEAVES = (
    "SELECT agent, epoch, sequence, leaf FROM leaves JOIN logs ON logs.id = leaves.log"
    " WHERE position >= ? ORDER BY position"
)


@lru_cache(maxsize=4096)
def polls_of(leaf: bytes) -> tuple[Kept, ...]:
    """The polls in a leaf."""
    return tuple(kept_in(leaf))


@lru_cache(maxsize=4096)
def records_of(leaf: bytes) -> tuple[Record, ...]:
    """The records in a leaf."""
    found = decode(leaf)
    return found.records if isinstance(found, Batch) else ()


def all_polls(leaves: Iterable[bytes]) -> dict[Kept, None]:
    """The polls of several leaves, in their order."""
    return dict.fromkeys(poll for leaf in leaves for poll in polls_of(leaf))


@dataclass(slots=True, kw_only=True)
class Book:
    """The whole truth of one simulation.

    Attributes:
        committed: By agent, every poll that one of its spools ever committed.
        shown: The values in all of them.
        made: By agent and epoch, the leaves that were ever signed for each place.
        held: By agent and epoch, the leaves of the ledger, as it is now.
        taken: By place, what ever was in the ledger.
        order: Of the ledger's leaves.
        roots: By agent and epoch, the root at each size of what is held.
        receipts: By agent and epoch, size -> roots that the collector signed for.
        excused: By agent, polls that may be missing, and why.
        fallen: Places of leaves that an older copy of the ledger did not have any more.
        served: (unit, answer) -> who was given it, and the stamp that its clock gave.
    """

    world: World
    committed: dict[str, dict[Kept, None]] = field(default_factory=dict)
    shown: dict[int, None] = field(default_factory=dict)
    made: dict[Log, dict[int, list[bytes]]] = field(default_factory=dict)
    held: dict[Log, list[bytes]] = field(default_factory=dict)
    taken: dict[Place, list[bytes]] = field(default_factory=dict)
    order: list[Place] = field(default_factory=list)
    roots: dict[Log, list[merkle.Frontier]] = field(default_factory=dict)
    receipts: dict[Log, dict[int, list[bytes]]] = field(default_factory=dict)
    excused: dict[str, dict[Kept, str]] = field(default_factory=dict)
    fallen: dict[Place, None] = field(default_factory=dict)
    served: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)

    def makes(self, place: Place, leaf: bytes) -> None:
        """A spool signed a leaf for a place."""
        versions = self.made.setdefault(place[:2], {}).setdefault(place[2], [])
        if leaf not in versions:
            versions.append(leaf)

    def excuse(self, agent: str, polls: Iterable[Kept], why: str) -> None:
        """These may be missing from the ledger."""
        self.excused.setdefault(agent, {}).update(dict.fromkeys(polls, why))

    def ledger_committed(self, db: Handle) -> None:
        """Takes what the ledger committed, and compares it with what the agents made."""
        for agent, epoch, sequence, frame in db.look(_LEAVES, len(self.order)):
            self._takes((agent, epoch, sequence), decompress(frame))

    def _takes(self, place: Place, leaf: bytes) -> None:
        log, sequence = place[:2], place[2]
        held = self.held.setdefault(log, [])
        if sequence != len(held):
            self.world.complain(f"ledger: {place} stands where {len(held)} belongs")
        if leaf not in self.made.get(log, {}).get(sequence, []):
            self.world.complain(f"ledger: {place} is not what an agent made")
        held.append(leaf)
        self.taken.setdefault(place, []).append(leaf)
        self.order.append(place)
        tree = self.roots.setdefault(log, [merkle.Frontier()])
        tree.append(merkle.append(tree[-1], merkle.leaf_hash(leaf)))
        self.world.tally["leaves"] += 1

    def ledger_restored(self, size: int) -> None:
        """The ledger is an older copy of itself, of `size` leaves."""
        for place in reversed(self.order[size:]):
            self.fallen[place] = None
            self.held[place[:2]].pop()
            self.roots[place[:2]].pop()
        del self.order[size:]

    def published(self, topic: str, payload: bytes) -> None:
        """The collector says something: is it true of what it has committed?"""
        wanted = unseal_wanted(payload)
        agent = topic.split("/")[2]
        if topic != receipt_topic(agent):
            self.world.complain(f"the collector spoke to {topic}")
        size = len(self.held.get((agent, wanted.epoch), ()))
        if wanted.want > size:
            self.world.complain(f"{agent}: leaf {wanted.want} is wanted, {size} are held")
        if wanted.receipt:
            self._signed(agent, wanted.epoch, open_receipt(wanted.receipt, COLLECTOR_KEY.verifier))

    def _signed(self, agent: str, epoch: str, receipt: Receipt) -> None:
        named, checkpoint = parse_origin(receipt.checkpoint.origin), receipt.checkpoint
        log = (agent, epoch)
        tree = self.roots.get(log, [])
        if (named.agent, named.epoch) != log:
            self.world.complain(f"{log}: the receipt is for {named}")
        elif checkpoint.size >= len(tree):
            self.world.complain(f"{log}: a receipt for {checkpoint.size} leaves, not all are held")
        elif merkle.root(tree[checkpoint.size]) != checkpoint.root:
            self.world.complain(f"{log}: a receipt for {checkpoint.size} leaves and another root")
        self.receipts.setdefault(log, {}).setdefault(checkpoint.size, []).append(checkpoint.root)
        self.world.tally["receipts"] += 1

    def covers(self, log: Log, size: int, root: bytes) -> bool:
        """Whether the collector ever signed for the first `size` leaves of that root."""
        return size == 0 or root in self.receipts.get(log, {}).get(size, ())

    def is_covered(self, place: Place) -> bool:
        """Whether a receipt was ever signed for what was held at a place."""
        return any(size > place[2] for size in self.receipts.get(place[:2], {}))

    def has_receipt(self, place: Place, leaf: bytes) -> bool:
        """Whether a receipt was ever signed for this very leaf at its place."""
        return self.is_covered(place) and leaf in self.taken.get(place, ())
