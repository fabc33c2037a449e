"""What a spool was asked to keep, and whether it did: the memory of one who was told so.

A poll's place in the row decides what it shows, so that a lost, doubled or swapped one is seen
in the value itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from edge_agent.batcher import BatchHead, packed_batches
from edge_agent.installation import Installation
from edge_agent.poll import Poll
from edge_agent.relog import Opening
from edge_agent.spool import Spool
from edge_agent.waiting import read_again
from evidence.log import merkle
from evidence.log.batch import ClockState, Record, RecordKind
from evidence.log.checkpoint import open_checkpoint, origin
from evidence.log.envelope import decompress
from evidence.log.key import keyring
from tests.system.oracle import Kept, kept_in
from tests.unit.edge_agent.site import KEY, START_NS, S, poll

DEVICE = "feeder-1"
HEAD = BatchHead(
    software="test", clock=ClockState(standard_uncertainty_s=0.05), closed_ms=1, seed=b"s" * 32
)
_RING = keyring([KEY.verifier])


@dataclass(slots=True, kw_only=True)
class Truth:
    """What was promised.

    Attributes:
        kept: Polls whose commit was confirmed.
        in_flight: Polls that were being committed when the power was cut.
        given: (epoch, sequence) -> leaf that somebody may have seen.
        receipts: Epoch -> leaves that a receipt covers.
    """

    site: Installation
    kept: int = 0
    in_flight: int = 0
    given: dict[tuple[str, int], bytes] = field(default_factory=dict)
    receipts: dict[str, int] = field(default_factory=dict)

    def poll(self, number: int) -> Poll:
        """The poll of that number; it shows what no other does."""
        return poll(self.site, START_NS + number * S, number, 100.0 + number)

    def shown(self, number: int) -> Kept:
        """What the log says of it."""
        at_ms = START_NS // 1_000_000 + number * 1000
        return Kept(device=DEVICE, sequence=number, at_ms=at_ms, shown=10_000 + number * 100)

    def keep(self, spool: Spool, count: int) -> None:
        """Has the next polls kept."""
        polls = [self.poll(self.kept + n) for n in range(count)]
        self.in_flight = count
        spool.keep(polls)
        self.kept, self.in_flight = self.kept + count, 0

    def close(self, spool: Spool) -> None:
        """Has all that is pending logged."""
        spool.append(packed_batches(spool.waiting, self.site.calibrations, HEAD, spool.place()))
        self.see(spool)

    def see(self, spool: Spool) -> list[str]:
        """Takes note of the leaves that can be published now; what is wrong with them."""
        return list(self._seen(spool))

    def _seen(self, spool: Spool) -> Iterator[str]:
        for sequence in range(spool.base, spool.size):
            leaf, place = spool.leaf(sequence), (spool.epoch, sequence)
            if leaf is None:
                yield f"leaf {sequence} has no receipt and is gone"
            elif self.given.setdefault(place, found := decompress(leaf.frame)) != found:
                yield f"leaf {sequence} of {spool.epoch} is another one than before"

    def receipt(self, spool: Spool, size: int) -> None:
        """Has a receipt over the first `size` leaves taken note of."""
        self.receipts[spool.epoch] = size
        spool.receipted(size, 1_000 + size)

    def complaints(self, spool: Spool) -> list[str]:
        """What is wrong with a spool that was opened again; nothing if all is well."""
        found = self.see(spool)
        covered = self.receipts.get(spool.epoch, 0)
        if spool.base > covered:
            found.append(f"{spool.base} leaves are deleted, {covered} have a receipt")
        return found + self._of_log(spool) + self._of_polls(spool)

    def _of_log(self, spool: Spool) -> list[str]:
        """The last checkpoint is signed, and over the leaves as they were seen."""
        last = spool.leaf(spool.size - 1)
        if last is None:
            return []
        leaves = [self.given.get((spool.epoch, n), b"") for n in range(spool.size)]
        head = open_checkpoint(last.checkpoint, _RING).checkpoint
        root = merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves])
        signed = (origin(KEY.verifier.name, spool.epoch), spool.size, root)
        return [] if (head.origin, head.size, head.root) == signed else ["the log does not verify"]

    def _of_polls(self, spool: Spool) -> list[str]:
        there = [*self._delivered(spool), *self.logged(spool), *shown_by(spool)]
        wanted = {self.kept, self.kept + self.in_flight}
        if len(there) not in wanted or there != [self.shown(n) for n in range(len(there))]:
            numbers = [each.sequence for each in there]
            gaps = sorted(set(range(self.kept)) - set(numbers))
            return [f"of {self.kept} polls {len(there)} are there, without {gaps[:9]}: {numbers}"]
        if spool.next_sequence(DEVICE) != len(there):
            return [f"poll {spool.next_sequence(DEVICE)} is next, after {len(there)}"]
        return []

    def _delivered(self, spool: Spool) -> Iterator[Kept]:
        for (epoch, sequence), leaf in self.given.items():
            end = spool.base if epoch == spool.epoch else self.receipts.get(epoch, 0)
            if sequence < end:
                yield from kept_in(leaf)

    def logged(self, spool: Spool) -> Iterator[Kept]:
        """The polls in leaves that have no receipt."""
        for sequence in range(spool.base, spool.size):
            yield from kept_in(self.given[spool.epoch, sequence])

    def went_on(self, spool: Spool) -> None:
        """What was in flight is decided; the rest goes on from there."""
        self.kept, self.in_flight = spool.next_sequence(DEVICE), 0


def shown_by(spool: Spool) -> Iterator[Kept]:
    """The polls that wait for their batch."""
    for each in read_again(spool.waiting):
        if isinstance(each, Poll):
            (reading,) = each.readings
            yield Kept(
                device=each.device,
                sequence=each.sequence,
                at_ms=reading.at_ms,
                shown=int.from_bytes(reading.raw, "big"),
            )


def opening(epoch: str) -> Opening:
    """A new log, for no reason but the test's."""
    record = Record(kind=RecordKind.EPOCH_OPENED, at_ms=1, facts={"reason": "test"})
    return Opening(epoch=epoch, records=(record,), documents=(), head=HEAD)
