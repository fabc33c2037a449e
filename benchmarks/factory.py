"""A collector's folder that is filled as in life: signed leaves, admitted, committed, judged."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from calibration.register import CalibrationRegister
from calibration.timeline import Installed, Timeline, timeline_of
from collector.agents import PinnedKey, batch_topic, pin
from collector.intake import Intake
from collector.judging import Judging
from collector.ledger import Ledger, open_ledger
from collector.store import Store
from evidence.clock import SteppedClock, parse_utc
from evidence.judging.recompute import recompute
from evidence.log.batch import (
    Batch,
    ClockState,
    Contribution,
    Leaf,
    Stream,
    StreamHead,
    document,
)
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.column import progression
from evidence.log.envelope import Envelope, compress, seal
from evidence.log.in_parts import encode_parted
from evidence.log.key import SigningKey, generate
from evidence.log.leaf import DocumentKind
from evidence.log.merkle import Frontier, append, leaf_hash, root
from evidence.log.parts import blind_of
from tests.unit.collector.agent_log import SIGNER
from tests.unit.collector.api.plant import CERTIFIED, FILES, START_NS, raw_of

AGENT, SITE, EPOCH = "gw-000", "jinan", "0123456789abcdef" * 2
Documented = tuple[DocumentKind, str, bytes]
HOUR_MS = 3_600_000
START_MS = START_NS // 1_000_000 + 8 * HOUR_MS  # midnight UTC
BEGIN_NS = parse_utc("2026-01-08T00:00:00Z")
"""A day after the confirmations are in force."""
GROUP = 256
"""Leaves a commit, as the collector takes them when many wait."""


@dataclass(slots=True, kw_only=True)
class GrowingLog:
    """An agent's log of which only the edge is kept: any length costs the same a leaf."""

    agent: str
    key: SigningKey
    frontier: Frontier = field(default_factory=Frontier)

    def sealed(self, leaf: bytes) -> bytes:
        """The message of the next leaf."""
        sequence = self.frontier.size
        self.frontier = append(self.frontier, leaf_hash(leaf))
        named = origin(self.agent, EPOCH)
        head = Checkpoint(origin=named, size=self.frontier.size, root=root(self.frontier))
        envelope = Envelope(
            epoch=EPOCH,
            sequence=sequence,
            checkpoint=sign_checkpoint(head, [self.key]),
            leaf=compress(leaf),
        )
        return seal(envelope)


class Factory:
    """Ledger, store and judge in one folder, and the agents that fill them."""

    def __init__(self, folder: Path, agents: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"gw-{number:03}" for number in range(agents)]
        self.folder, self.clock = folder, SteppedClock(BEGIN_NS)
        self.logs = {
            name: GrowingLog(agent=name, key=generate(name, name.encode().ljust(32, b".")))
            for name in names
        }
        self.ledger: Ledger = open_ledger(folder)
        self.store = self.open_store()
        pinned = [PinnedKey(agent=n, verifier=log.key.verifier) for n, log in self.logs.items()]
        self.intake = Intake(
            ledger=self.ledger, agents=pin(pinned), signer=SIGNER, clock=self.clock
        )
        self.sites = dict.fromkeys(names, SITE)
        self.judging = Judging(self.ledger, self.store, self.sites)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.store.close()
        self.ledger.close()

    def open_store(self) -> Store:
        """The store on a connection of its own."""
        path = self.folder / "derived.db"
        return Store(lambda: sqlite3.connect(path, check_same_thread=False))

    def take(self, batches: Iterable[Sequence[Stream]], closed_ms: int, agent: str = AGENT) -> None:
        """Logs, admits and commits a leaf for each of these batches' streams."""
        log = self.logs[agent]
        self._commit(
            log, (batch(agent, log.frontier.size, closed_ms, streams) for streams in batches)
        )

    def log_documents(self, documents: Iterable[Documented] = FILES, agent: str = AGENT) -> None:
        """Logs certificates, confirmations and profiles."""
        log = self.logs[agent]
        leaves = (
            _in_parts(document((agent, EPOCH, log.frontier.size), kind, name, data))
            for kind, name, data in documents
        )
        self._commit(log, leaves)

    def _commit(self, log: GrowingLog, leaves: Iterable[bytes]) -> None:
        """In groups, as the collector does when many wait."""
        for number, leaf in enumerate(leaves, 1):
            self.intake.feed(batch_topic(log.agent), log.sealed(leaf))
            if number % GROUP == 0:
                self.intake.flush()
        self.intake.flush()


def batch(agent: str, sequence: int, closed_ms: int, streams: Sequence[Stream]) -> bytes:
    """The leaf of a batch."""
    return _in_parts(
        Batch(
            agent=agent,
            epoch=EPOCH,
            sequence=sequence,
            software="carbonmeter benchmark",
            clock=ClockState(standard_uncertainty_s=0.02, synchronised=True),
            opened_ms=closed_ms,
            closed_ms=closed_ms,
            streams=tuple(streams),
        )
    )


def _in_parts(leaf: Leaf) -> bytes:
    return encode_parted(leaf, blind_of(b"s" * 32, leaf.sequence))


def timeline_for(head: StreamHead, register: CalibrationRegister = CERTIFIED) -> Timeline:
    """What certificates say of a stream's instrument; those of the plant by default."""
    measurand, installed = head.measurand, [Installed(from_ns=0, serial=head.serial)]
    return timeline_of(register, installed, measurand.kind_of_quantity, measurand.unit)


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
