"""Steps that tests take with a ledger."""

from collections.abc import Sequence

from collector.ledger import Ledger
from collector.outcome import Admitted
from evidence.log import merkle
from evidence.log.envelope import compress
from tests.unit.collector.agent_log import START_NS, AgentLog


def admitted(log: AgentLog, sequence: int) -> Admitted:
    return Admitted(
        agent=log.agent,
        epoch=log.epoch,
        sequence=sequence,
        leaf=log.leaves[sequence],
        frame=compress(log.leaves[sequence]),
        leaf_hash=merkle.leaf_hash(log.leaves[sequence]),
        frontier=log.frontier(sequence + 1),
        root=log.root(sequence + 1),
        note=log.note(sequence + 1),
    )


def keep(ledger: Ledger, log: AgentLog, sequences: Sequence[int]) -> None:
    ledger.append_many([admitted(log, at) for at in sequences], START_NS)
    ledger.remember()
