"""What must hold of an agent's logs where there are several: epochs, keys, branches.

Every leaf that was held stays where it is; whatever was committed at an agent and is still
anywhere is in the ledger; and each new epoch says why it was opened.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.ledger_check import first_damage
from collector.ledger_read import LedgerReader, read_ledger
from edge_agent.poll import Poll
from edge_agent.spool import Spool
from edge_agent.waiting import read_again
from evidence.errors import EvidenceError
from evidence.log.batch import Batch, Record, RecordKind, decode
from evidence.log.checkpoint import open_checkpoint
from evidence.log.envelope import decompress, unseal
from evidence.log.key import Verifier, keyring
from evidence.log.receipt import open_receipt
from tests.system.meters import METER
from tests.system.oracle import Kept, _of_poll, kept_in, root_of

Logs = Mapping[str, "Log"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One epoch as it is held: its leaves, and the keys that signed its head."""

    leaves: tuple[bytes, ...]
    signed_by: tuple[str, ...]

    @property
    def polls(self) -> list[Kept]:
        return [each for leaf in self.leaves for each in kept_in(leaf)]

    @property
    def records(self) -> list[Record]:
        found = (decode(leaf) for leaf in self.leaves)
        return [record for leaf in found if isinstance(leaf, Batch) for record in leaf.records]


def logs_in(state: Path, keys: Sequence[Verifier], collector: Verifier) -> Logs:
    """The epochs in order of their arrival; signatures, roots and receipts fit them."""
    with read_ledger(state) as ledger:
        assert first_damage(ledger) is None
        return {epoch: _log(ledger, epoch, keys, collector) for epoch in ledger.epochs("line-1")}


def _log(ledger: LedgerReader, epoch: str, keys: Sequence[Verifier], collector: Verifier) -> Log:
    leaves = tuple(leaf.leaf for leaf in ledger.leaves("line-1", epoch))
    state = ledger.state("line-1", epoch)
    try:
        head = open_checkpoint(state.note, keyring(keys))
        receipt = open_receipt(state.receipt, collector).checkpoint
    except EvidenceError as wrong:
        raise AssertionError(f"log {epoch} is held: {wrong}") from wrong
    held = (len(leaves), root_of(leaves))
    assert (head.checkpoint.size, head.checkpoint.root) == held
    assert (receipt.size, receipt.root) == held, "not all that is held was receipted"
    return Log(leaves=leaves, signed_by=tuple(key.label for key in head.signed_by))


def polls_in(logs: Logs) -> list[Kept]:
    """All polls of all epochs, in the order of the epochs."""
    return [each for log in logs.values() for each in log.polls]


def openings(logs: Logs) -> dict[str, Record]:
    """Why each epoch was opened, by its first leaf."""
    found = {}
    for epoch, log in logs.items():
        first = decode(log.leaves[0])
        assert isinstance(first, Batch)
        assert first.records[0].kind is RecordKind.EPOCH_OPENED
        found[epoch] = first.records[0]
    return found


def kept_by(spool: Spool) -> set[Kept]:
    """The polls that a spool keeps: pending, and in leaves without a receipt."""
    waiting = {_of_poll(each) for each in read_again(spool.waiting) if isinstance(each, Poll)}
    leaves = (spool.leaf(sequence) for sequence in range(spool.base, spool.size))
    return waiting | {each for leaf in leaves if leaf for each in kept_in(decompress(leaf.frame))}


def overwritten(before: Logs, after: Logs) -> Iterator[str]:
    """Leaves that were held and are not where they were."""
    for epoch, log in before.items():
        now = after[epoch].leaves if epoch in after else ()
        if now[: len(log.leaves)] != log.leaves:
            yield f"epoch {epoch[:8]}: leaves that were held are other ones"


def continued(before: Logs, after: Logs) -> Iterator[str]:
    """Epochs that were over and went on all the same.

    One leaf of an epoch before the last is what it takes to hear of the last, where neither
    head file nor retained receipt is left; it is held under its own signature.
    """
    for epoch, log in before.items():
        more = len(after[epoch].leaves) - len(log.leaves) if epoch in after else 0
        if more > (epoch != list(before)[-1]):
            yield f"epoch {epoch[:8]} went on by {more} leaves and told nobody"


def missing(kept: Iterable[Kept], after: Logs) -> Iterator[str]:
    """Polls that were committed and are not in the ledger."""
    held = set(polls_in(after))
    yield from (f"lost: {each}" for each in sorted(set(kept) - held, key=str))


def invented(after: Logs, served: Mapping[tuple[int, int], int]) -> Iterator[str]:
    """Values that no meter gave, and polls that stand twice in one log or out of order."""
    for epoch, log in after.items():
        last: dict[str, int] = {}
        for each in log.polls:
            before = last.get(each.device, -1)
            if each.sequence <= before:
                yield f"epoch {epoch[:8]}: {each.device} {each.sequence} comes after {before}"
            last[each.device] = each.sequence
            if each.shown is not None and divmod(each.shown, METER) not in served:
                yield f"epoch {epoch[:8]}: {each.shown} was never answered"


def unrecorded(published: Iterable[bytes], state: Path, known: Sequence[Verifier]) -> Iterator[str]:
    """Signed positions that reached the collector, and are neither in a log nor a branch."""
    with read_ledger(state) as ledger:
        branches = {(each.epoch, each.sequence, each.root) for each in ledger.branches()}
        for epoch, sequence, root in sorted(_positions(published, known)):
            held = ledger.held("line-1", epoch, sequence)
            kept = held is None or held.root == root or (epoch, sequence, root) in branches
            if not kept:
                yield f"epoch {epoch[:8]} leaf {sequence}: the other history was not kept"


def _positions(
    published: Iterable[bytes], known: Sequence[Verifier]
) -> set[tuple[str, int, bytes]]:
    ring = keyring(known)
    envelopes = (unseal(payload) for payload in published)
    return {
        (each.epoch, each.sequence, open_checkpoint(each.checkpoint, ring).checkpoint.root)
        for each in envelopes
    }


def found_by(play: Callable[[], object]) -> list[str]:
    """What a round found wrong; for controls."""
    try:
        play()
    except AssertionError as wrong:
        return [str(wrong) or "an assertion"]
    return []


def require(*findings: Iterable[str]) -> None:
    """Fails with what was found."""
    wrong = [each for some in findings for each in some]
    assert not wrong, "\n".join(wrong[:20])
