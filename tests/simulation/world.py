"""What all parts of a simulation share: seed, time, event log, and what was found wrong."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from collector.intake import Intake
from edge_agent.agent import Agent
from edge_agent.uplink import Uplink
from evidence.clock import parse_utc
from evidence.log.key import Algorithm, SigningKey, generate
from tests.simulation.loop import VirtualLoop

START_NS: Final = parse_utc("2026-03-01T08:00:00Z")
COLLECTOR_KEY: Final = generate("collector", b"c" * 32, Algorithm.COSIGNATURE_V1)


def agent_key(agent: str) -> SigningKey:
    """The key of an agent, the same in each simulation."""
    return generate(agent, agent.encode().ljust(32, b"."))


def _as_it_is(_agent: Agent) -> None:
    """Nothing is taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The product's parts that a control puts another in the place of.

    Attributes:
        uplink: Delivers.
        intake: Admits, commits, answers.
        prepare: Is done to each agent once it is open.
    """

    uplink: type[Uplink] = Uplink
    intake: type[Intake] = Intake
    prepare: Callable[[Agent], None] = _as_it_is


@dataclass(slots=True, kw_only=True)
class World:
    """One simulation.

    Attributes:
        lines: The event log.
        complaints: What an invariant found wrong; the first one ends the simulation.
        tally: What happened how often.
    """

    seed: int
    folder: Path
    loop: VirtualLoop
    start_ns: int
    ways: Ways = field(default_factory=Ways)
    lines: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    wrong: asyncio.Event = field(default_factory=asyncio.Event)

    def rng(self, purpose: str) -> Random:
        """A source of randomness of its own, by the seed."""
        return Random(f"{self.seed} {purpose}")

    def say(self, what: str) -> None:
        """Adds a line to the event log."""
        self.lines.append(f"{self.loop.time():12.6f} {what}")

    def complain(self, what: str) -> None:
        """Says what is wrong, and ends the simulation."""
        self.complaints.append(what)
        self.say(f"WRONG: {what}")
        self.wrong.set()

    @property
    def digest(self) -> str:
        """SHA-256 over the event log."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()
