"""An intake to drive, and what its answers say."""

from collections.abc import Sequence

from collector.answers import Reply
from collector.intake import Intake
from collector.ledger import Ledger
from evidence.clock import SteppedClock
from evidence.log.checkpoint import origin
from evidence.log.envelope import Wanted, unseal_wanted
from evidence.log.receipt import open_receipt
from tests.unit.collector.agent_log import (
    SIGNER,
    START_NS,
    AgentLog,
    agents_of,
)


class Bench:
    """An intake on a ledger of its own, and the clock that it reads."""

    def __init__(self, ledger: Ledger, *logs: AgentLog) -> None:
        self.clock = SteppedClock(START_NS)
        self.committed: list[tuple[str, str, tuple[int, ...]]] = []
        self.ledger = ledger
        self.intake = Intake(
            ledger=ledger,
            agents=agents_of(*logs),
            signer=SIGNER,
            clock=self.clock,
            on_commit=self.note,
        )

    def note(self, agent: str, epoch: str, sequences: Sequence[int]) -> None:
        self.committed.append((agent, epoch, tuple(sequences)))

    def take(self, topic: str, *payloads: bytes) -> list[Reply]:
        for payload in payloads:
            self.intake.feed(topic, payload)
        return self.intake.flush()


def said(reply: Reply) -> Wanted:
    return unseal_wanted(reply.payload)


def covered(reply: Reply, log: AgentLog) -> int:
    """How many leaves a receipt covers; its signature and its root are checked."""
    receipt = open_receipt(said(reply).receipt, SIGNER.verifier)
    size = receipt.checkpoint.size
    assert receipt.checkpoint.origin == origin(log.agent, log.epoch)
    assert receipt.checkpoint.root == log.root(size)
    return size
