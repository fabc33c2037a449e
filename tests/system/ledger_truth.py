"""Agents that send to an intake and remember each receipt; they know what must be held."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from collector.answers import Reply
from collector.intake import Intake
from collector.ledger import Ledger
from collector.ledger_check import first_damage
from evidence.clock import SteppedClock
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.envelope import Envelope, compress, seal, unseal_wanted
from evidence.log.receipt import open_receipt
from tests.unit.collector.agent_log import SIGNER, START_NS, AgentLog, agents_of, key_of, noise

LEAVES = 400
S = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Sent:
    """An agent's log with all its messages made in advance.

    Attributes:
        log: Its leaves.
        messages: By sequence.
        roots: By size.
    """

    log: AgentLog
    messages: list[bytes] = field(default_factory=list)
    roots: list[bytes] = field(default_factory=list)


@cache
def sent_by(agent: str) -> Sent:
    """The log of an agent, the same in each round; some of its leaves fill several pages."""
    log = AgentLog(agent=agent, key=key_of(agent))
    log.leaves = [noise(n, blocks=1 + 400 * (n % 7 == 0)) for n in range(LEAVES)]
    sent, frontier = Sent(log=log, roots=[merkle.EMPTY_ROOT]), merkle.Frontier()
    for sequence, leaf in enumerate(log.leaves):
        frontier = merkle.append(frontier, merkle.leaf_hash(leaf))
        sent.roots.append(merkle.root(frontier))
        checkpoint = Checkpoint(
            origin=origin(agent, log.epoch), size=sequence + 1, root=sent.roots[-1]
        )
        note = sign_checkpoint(checkpoint, [log.key])
        frame = compress(leaf)
        sent.messages.append(
            seal(Envelope(epoch=log.epoch, sequence=sequence, checkpoint=note, leaf=frame))
        )
    return sent


@contextmanager
def quietly() -> Iterator[None]:
    """Inside, the product's log is silent: thousands of faults are no news."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class Works:
    """Two agents and what they were promised.

    Attributes:
        receipted: Agent -> most leaves that a receipt covered.
        following: Agent -> the leaf that it sends next.
        wrong: What a receipt said that is not so.
    """

    def __init__(self) -> None:
        self.agents = {name: sent_by(name) for name in ("boiler-2", "press-1")}
        self.receipted = dict.fromkeys(self.agents, 0)
        self.following = dict.fromkeys(self.agents, 0)
        self.wrong: list[str] = []
        self.clock = SteppedClock(START_NS)

    def intake(self, ledger: Ledger) -> Intake:
        """A collector that knows the agents."""
        agents = agents_of(*(sent.log for sent in self.agents.values()))
        return Intake(ledger=ledger, agents=agents, signer=SIGNER, clock=self.clock)

    def logs(self) -> Iterable[tuple[str, Sent]]:
        """The agents' logs by name."""
        return self.agents.items()

    @property
    def is_done(self) -> bool:
        """Whether some agent has sent all that was made for it."""
        return max(self.following.values()) + 8 > LEAVES

    def send(self, intake: Intake, agent: str, count: int) -> None:
        """Sends the agent's next leaves; answers come with a flush."""
        sent = self.agents[agent]
        for _ in range(count):
            intake.feed(sent.log.topic, sent.messages[self.following[agent]])
            self.following[agent] += 1

    def hear(self, replies: Sequence[Reply]) -> None:
        """What the agents make of the collector's answers."""
        for reply in replies:
            agent = reply.topic.split("/")[2]
            wanted = unseal_wanted(reply.payload)
            if wanted.receipt:
                checkpoint = open_receipt(wanted.receipt, SIGNER.verifier).checkpoint
                if checkpoint.root != self.agents[agent].roots[checkpoint.size]:
                    self.wrong.append(f"a receipt of {agent} is for another log")
                self.receipted[agent] = max(self.receipted[agent], checkpoint.size)
            self.following[agent] = max(wanted.want, self.receipted[agent])

    def flush(self, intake: Intake) -> None:
        """Has it committed, and hears the answers."""
        self.clock.advance(S)
        self.hear(intake.flush())

    def complaints(self, ledger: Ledger) -> list[str]:
        """What is wrong with a ledger that was opened again; nothing if all is well."""
        damage = first_damage(ledger)
        found = [*self.wrong, *([] if damage is None else [str(damage)])]
        for agent, sent in self.agents.items():
            found += self._of_log(ledger, agent, sent)
        return found

    def _of_log(self, ledger: Ledger, agent: str, sent: Sent) -> Iterator[str]:
        held = [leaf.leaf for leaf in ledger.leaves(agent, sent.log.epoch)]
        if len(held) < self.receipted[agent]:
            yield f"{agent}: {self.receipted[agent]} leaves have a receipt, {len(held)} are held"
        if held != sent.log.leaves[: len(held)]:
            yield f"{agent}: what is held is not what was sent"
        self.following[agent] = len(held)
