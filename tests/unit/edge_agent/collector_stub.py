"""A collector in memory that behaves: it checks signature, position and root, then signs.

And links to it: one that delivers, and one whose broker acknowledges and drops.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from edge_agent.custody_errors import BrokerUnreachableError
from edge_agent.link import Heard, LinkDown, LinkEvent, LinkUp
from evidence.log.batch import Batch, Document, Leaf, decode
from evidence.log.checkpoint import open_checkpoint, parse_origin
from evidence.log.envelope import Envelope, Wanted, decompress, seal, unseal
from evidence.log.key import Algorithm, SigningKey, Verifier, generate, keyring
from evidence.log.merkle import Frontier, append, leaf_hash, root
from evidence.log.receipt import cosign

COLLECTOR_KEY = generate("collector", b"c" * 32, Algorithm.COSIGNATURE_V1)
AT_NS = 1_767_225_600_000_000_000


@dataclass
class Collector:
    """Everything it ever accepted, per epoch in order."""

    agent: Verifier
    key: SigningKey = COLLECTOR_KEY
    at_ns: int = AT_NS
    leaves: dict[str, list[bytes]] = field(default_factory=dict)
    frontiers: dict[str, Frontier] = field(default_factory=dict)
    receipts: dict[str, bytes] = field(default_factory=dict)
    latest: Wanted | None = None
    duplicates: int = 0

    def take(self, payload: bytes) -> Wanted:
        """Its answer to a message; a wrong signature or root fails the test."""
        envelope = unseal(payload)
        signed = open_checkpoint(envelope.checkpoint, keyring([self.agent]))
        named = parse_origin(signed.checkpoint.origin)
        assert named.epoch == envelope.epoch
        assert signed.checkpoint.size == envelope.sequence + 1
        frontier = self.frontiers.get(envelope.epoch, Frontier())
        if envelope.sequence == frontier.size:
            self._admit(envelope, frontier, signed.checkpoint.root, signed.text)
        elif envelope.sequence < frontier.size:
            assert self.leaves[envelope.epoch][envelope.sequence] == decompress(envelope.leaf)
            self.duplicates += 1
        self.latest = self.word(envelope.epoch)
        return self.latest

    def _admit(self, envelope: Envelope, frontier: Frontier, head: bytes, text: str) -> None:
        leaf = decompress(envelope.leaf)
        grown = append(frontier, leaf_hash(leaf))
        assert root(grown) == head
        found = decode(leaf)
        assert (found.epoch, found.sequence) == (envelope.epoch, envelope.sequence)
        self.frontiers[envelope.epoch] = grown
        self.leaves.setdefault(envelope.epoch, []).append(leaf)
        self.receipts[envelope.epoch] = cosign(text, self.key, self.at_ns)

    def word(self, epoch: str) -> Wanted:
        """What it says of a log."""
        size = self.frontiers.get(epoch, Frontier()).size
        return Wanted(epoch=epoch, want=size, receipt=self.receipts.get(epoch, b""))

    def decoded(self, epoch: str | None = None) -> list[Leaf]:
        """Leaves of one epoch, or of all in the order of their epochs."""
        epochs = list(self.leaves) if epoch is None else [epoch]
        return [decode(leaf) for each in epochs for leaf in self.leaves[each]]

    def batches(self, epoch: str | None = None) -> list[Batch]:
        return [leaf for leaf in self.decoded(epoch) if isinstance(leaf, Batch)]

    def documents(self, epoch: str | None = None) -> list[Document]:
        return [leaf for leaf in self.decoded(epoch) if isinstance(leaf, Document)]


class CollectorLink:
    """A link straight to a collector; `drops` says which messages a lying broker discards."""

    def __init__(
        self, collector: Collector, drops: Callable[[int], bool] = lambda _: False
    ) -> None:
        self.collector, self.drops = collector, drops
        self.sent = 0
        self.renewed = 0
        self.ways: list[float] = []
        self.largest_bytes: int | None = None
        self._up = False
        self._events: list[LinkEvent] = []

    def start(self, notify: Callable[[], None]) -> None:
        self.connect()
        notify()

    def connect(self) -> None:
        """The broker keeps the last receipt, and tells it on each connection."""
        self._up = True
        self._events.append(LinkUp(largest_bytes=self.largest_bytes))
        if self.collector.latest is not None:
            self._events.append(Heard(payload=seal(self.collector.latest), retained=True))

    def cut(self) -> None:
        self._up = False
        self._events.append(LinkDown(cause=BrokerUnreachableError("test", found="cut")))

    def say(self, wanted: Wanted, *, retained: bool = False) -> None:
        self._events.append(Heard(payload=seal(wanted), retained=retained))

    def say_bytes(self, payload: bytes) -> None:
        self._events.append(Heard(payload=payload, retained=False))

    def events(self) -> list[LinkEvent]:
        found, self._events = self._events, []
        return found

    def send(self, payload: bytes) -> None:
        self.sent += 1
        if self._up and not self.drops(self.sent):
            self.say(self.collector.take(payload))

    def give_way(self, least_s: float) -> None:
        self.ways.append(least_s)
        self.cut()

    def renew(self) -> None:
        self.renewed += 1
        self.connect()

    def stop(self) -> None:
        self._up = False
