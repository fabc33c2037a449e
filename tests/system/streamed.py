"""A ledger's one log, leaf by leaf: days of it fit no memory."""

from collections.abc import Iterator
from pathlib import Path

from collector.ledger_check import first_damage
from collector.ledger_read import LedgerReader, read_ledger
from evidence.log import merkle
from evidence.log.checkpoint import open_checkpoint
from evidence.log.key import Verifier, keyring
from evidence.log.receipt import open_receipt


def streamed(state_dir: Path, agent: Verifier, collector: Verifier) -> Iterator[bytes]:
    """The leaves of an agent's one log; then that checkpoint and receipt fit all of them."""
    with read_ledger(state_dir) as ledger:
        assert first_damage(ledger) is None
        (epoch,) = ledger.epochs(agent.name)
        frontier = merkle.Frontier()
        for leaf in ledger.leaves(agent.name, epoch):
            assert leaf.sequence == frontier.size
            frontier = merkle.append(frontier, merkle.leaf_hash(leaf.leaf))
            yield leaf.leaf
        _check_signed(ledger, epoch, frontier, (agent, collector))


def _check_signed(
    ledger: LedgerReader, epoch: str, frontier: merkle.Frontier, keys: tuple[Verifier, Verifier]
) -> None:
    agent, collector = keys
    state, end = ledger.state(agent.name, epoch), (frontier.size, merkle.root(frontier))
    head = open_checkpoint(state.note, keyring([agent])).checkpoint
    receipt = open_receipt(state.receipt, collector).checkpoint
    assert (head.size, head.root) == (receipt.size, receipt.root) == end
