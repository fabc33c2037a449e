"""The ledger's heads that the journal entered, held against the ledger.

Each entry of the journal says how far the ledger was and what its root was, and is signed by the
journal's key. So a ledger that was computed anew contradicts what was entered before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.errors import LedgerDamagedError, LedgerError
from collector.journal_errors import JournalAbsentError
from collector.journal_read import JournalReader, Recorded, read_journal
from collector.ledger_read import LedgerReader
from evidence.errors import Words
from evidence.log.entry import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredHead:
    """A head of the ledger as an entry of the journal has it.

    Attributes:
        position: Of the entry.
        at: When it was made, RFC 3339, UTC.
        size, root: Leaves of the ledger, and the Merkle root over them.
    """

    position: int
    at: str
    size: int
    root: bytes


def entered_heads(state_dir: Path, collector: str) -> Sequence[EnteredHead]:
    """The heads that were entered since a restored ledger was accepted last; none if no journal.

    Args:
        state_dir: Of the collector.
        collector: Its id.

    Raises:
        JournalError: The journal cannot be read.
    """
    try:
        with read_journal(state_dir, collector) as journal:
            return _heads(journal)
    except JournalAbsentError:
        return ()


def _heads(journal: JournalReader) -> Sequence[EnteredHead]:
    heads: dict[tuple[int, bytes], EnteredHead] = {}
    first = 0
    while found := journal.entries(first):
        for each in found:
            if each.entry.action is Action.RESTORED:
                heads.clear()  # a person accepted that it is another one
            head = _head(each)
            heads.setdefault((head.size, head.root), head)
        first = found[-1].position + 1
    return tuple(heads.values())


def _head(each: Recorded) -> EnteredHead:
    entry = each.entry
    return EnteredHead(
        position=each.position,
        at=entry.at,
        size=entry.ledger_size,
        root=bytes.fromhex(entry.ledger_root),
    )


def first_contradicted(ledger: LedgerReader, heads: Sequence[EnteredHead]) -> LedgerError | None:
    """The first entry that the ledger contradicts; None if it leads to all of them.

    Args:
        ledger: In which `first_damage` finds nothing.
        heads: That were read before the ledger: it only grows.
    """
    for head in heads:
        if ledger.root_at(head.size) != head.root:
            what = Words(
                f"its first {head.size} leaves are not those of journal entry {head.position},"
                f" {head.at}",
                f"其前 {head.size} 个叶与日志记录 {head.position}（{head.at}）不符",
            )
            return LedgerDamagedError(ledger.database.where, what=what)
    return None
