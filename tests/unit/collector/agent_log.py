"""An agent's log, made with the real keys, trees and envelopes; what it keeps is the truth."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.agents import Agents, PinnedKey, batch_topic, pin
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.envelope import Envelope, compress, seal
from evidence.log.key import Algorithm, SigningKey, generate

EPOCH = "0123456789abcdef" * 2
OTHER_EPOCH = "fedcba9876543210" * 2
SIGNER = generate("collector-1", b"c" * 32, Algorithm.COSIGNATURE_V1)
START_NS = 1_774_972_800_000_000_000


def key_of(agent: str) -> SigningKey:
    """The key of an agent, the same in each test."""
    return generate(agent, agent.encode().ljust(32, b"."))


def agents_of(*logs: "AgentLog") -> Agents:
    """These agents, pinned."""
    owned = {log.agent: log.key for log in logs}
    return pin(PinnedKey(agent=agent, verifier=key.verifier) for agent, key in owned.items())


@dataclass(slots=True, kw_only=True)
class AgentLog:
    """A log that grows; every message it ever sent can be made again."""

    agent: str = "boiler-2"
    epoch: str = EPOCH
    key: SigningKey = field(default_factory=lambda: key_of("boiler-2"))
    leaves: list[bytes] = field(default_factory=list)

    @property
    def topic(self) -> str:
        return batch_topic(self.agent)

    def grow(self, leaves: Sequence[bytes]) -> list[bytes]:
        """The messages of these further leaves."""
        first = len(self.leaves)
        self.leaves.extend(leaves)
        return [self.message(at) for at in range(first, len(self.leaves))]

    def frontier(self, size: int) -> merkle.Frontier:
        frontier = merkle.Frontier()
        for leaf in self.leaves[:size]:
            frontier = merkle.append(frontier, merkle.leaf_hash(leaf))
        return frontier

    def root(self, size: int) -> bytes:
        return merkle.root(self.frontier(size))

    def note(self, size: int) -> bytes:
        named = origin(self.agent, self.epoch)
        checkpoint = Checkpoint(origin=named, size=size, root=self.root(size))
        return sign_checkpoint(checkpoint, [self.key])

    def envelope(self, sequence: int) -> Envelope:
        return Envelope(
            epoch=self.epoch,
            sequence=sequence,
            checkpoint=self.note(sequence + 1),
            leaf=compress(self.leaves[sequence]),
        )

    def message(self, sequence: int) -> bytes:
        return seal(self.envelope(sequence))


def noise(number: int, blocks: int = 2) -> bytes:
    """Bytes that zstd cannot make smaller, so that a flipped bit in the frame is one here."""
    parts = (f"{number} {block}".encode() for block in range(blocks))
    return b"".join(map(merkle.leaf_hash, parts))


def filled(count: int, agent: str = "boiler-2", epoch: str = EPOCH) -> AgentLog:
    """A log with that many leaves."""
    log = AgentLog(agent=agent, epoch=epoch, key=key_of(agent))
    log.grow([f"{agent} {epoch[:4]} {number}".encode() for number in range(count)])
    return log
