"""A collector's folder that is filled as in life: signed leaves, admitted, committed, judged."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from calibration.timeline import Installed, Timeline, timeline_of
from collector.agents import PinnedKey, batch_topic, pin
from collector.intake import Intake
from collector.judging import Judging
from collector.ledger import Ledger, open_ledger
from collector.store import Store
from evidence.clock import SteppedClock
from evidence.judging.recompute import recompute
from evidence.log.batch import (
    Batch,
    ClockState,
    Contribution,
    Stream,
    StreamHead,
    document,
    encode,
)
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.column import progression
from evidence.log.envelope import Envelope, compress, seal
from evidence.log.key import SigningKey, generate
from evidence.log.merkle import Frontier, append, leaf_hash, root
from tests.unit.collector.agent_log import SIGNER
from tests.unit.collector.api.plant import CERTIFIED, FILES, START_NS, raw_of

AGENT, SITE, EPOCH = "gw-1", "jinan", "0123456789abcdef" * 2
HOUR_MS = 3_600_000
START_MS = START_NS // 1_000_000 + 8 * HOUR_MS  # midnight UTC
GROUP = 256
"""Leaves a commit, as the collector takes them when many wait."""


@dataclass(slots=True, kw_only=True)
class GrowingLog:
    """An agent's log of which only the edge is kept: any length costs the same a leaf."""

    agent: str = AGENT
    epoch: str = EPOCH
    key: SigningKey = field(default_factory=lambda: generate(AGENT, b"a" * 32))
    frontier: Frontier = field(default_factory=Frontier)

    def sealed(self, leaf: bytes) -> bytes:
        """The message of the next leaf."""
        sequence = self.frontier.size
        self.frontier = append(self.frontier, leaf_hash(leaf))
        named = origin(self.agent, self.epoch)
        head = Checkpoint(origin=named, size=self.frontier.size, root=root(self.frontier))
        envelope = Envelope(
            epoch=self.epoch,
            sequence=sequence,
            checkpoint=sign_checkpoint(head, [self.key]),
            leaf=compress(leaf),
        )
        return seal(envelope)


class Factory:
    """Ledger, store and judge in one folder, and the agent that fills them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.log, self.clock = folder, GrowingLog(), SteppedClock(START_NS)
        self.ledger: Ledger = open_ledger(folder)
        self.store = self.open_store()
        agents = pin([PinnedKey(agent=AGENT, verifier=self.log.key.verifier)])
        self.intake = Intake(ledger=self.ledger, agents=agents, signer=SIGNER, clock=self.clock)
        self.judging = Judging(self.ledger, self.store, {AGENT: SITE})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.store.close()
        self.ledger.close()

    def open_store(self) -> Store:
        """The store on a connection of its own."""
        path = self.folder / "derived.db"
        return Store(lambda: sqlite3.connect(path, check_same_thread=False))

    def take(self, leaves: Iterable[bytes]) -> None:
        """Admits and commits leaves in groups."""
        topic, waiting = batch_topic(AGENT), 0
        for leaf in leaves:
            self.intake.feed(topic, self.log.sealed(leaf))
            waiting += 1
            if waiting == GROUP:
                self.intake.flush()
                waiting = 0
        self.intake.flush()

    def log_documents(self) -> None:
        """Logs certificates, confirmations and the profile."""
        first = self.log.frontier.size
        self.take(
            encode(document((AGENT, EPOCH, first + n), kind, name, data))
            for n, (kind, name, data) in enumerate(FILES)
        )

    def leaf(self, sequence: int, closed_ms: int, streams: Sequence[Stream]) -> bytes:
        """The leaf of a batch."""
        return encode(
            Batch(
                agent=AGENT,
                epoch=EPOCH,
                sequence=sequence,
                software="carbonmeter benchmark",
                clock=ClockState(standard_uncertainty_s=0.02, synchronised=True),
                opened_ms=closed_ms,
                closed_ms=closed_ms,
                streams=tuple(streams),
            )
        )


def timeline_for(head: StreamHead) -> Timeline:
    """What the logged certificates say of a stream's instrument."""
    measurand, installed = head.measurand, [Installed(from_ns=0, serial=head.serial)]
    return timeline_of(CERTIFIED, installed, measurand.kind_of_quantity, measurand.unit)


def stream_of(head: StreamHead, first: int, shown: Sequence[float], start_ms: int) -> Stream:
    """Polls from number `first` on of a channel, a period apart; not corrected."""
    polls = list(range(first, first + len(shown)))
    return Stream(
        head=head,
        rows=len(shown),
        sequence=progression(polls),
        at_ms=progression([start_ms + poll * head.period_ms for poll in polls]),
        raw=raw_of(shown),
        indication=tuple(shown),
    )


def corrected(bare: Stream, timeline: Timeline) -> Stream:
    """A rate's readings as an agent corrects them."""
    results = recompute(bare, timeline)
    return msgspec.structs.replace(
        bare,
        value=tuple(results.value.tolist()),
        contributions=tuple(
            Contribution(influence=influence, contribution=tuple(column.tolist()))
            for influence, column in results.contributions.items()
        ),
        fresh=tuple(results.fresh.tolist()),
    )
