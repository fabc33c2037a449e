"""Where ledger and journal end, as it is written down on a page."""

from dataclasses import dataclass

from collector.api.parts import Parts
from collector.api.pool import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Sizes and roots (64 hexadecimal digits), and the keys to pin.

    Attributes:
        journal_note: The journal's signed head.
        journal_key: The line to pin.
        receipt_key: Likewise, of the collector's receipts.
    """

    ledger_size: int
    ledger_root: str
    journal_size: int
    journal_root: str
    journal_note: str
    journal_key: str
    receipt_key: str


def heads_of(parts: Parts, sources: Sources) -> Heads:
    """Where they end now.

    Raises:
        LedgerError, JournalError: one of them cannot be read.
    """
    ledger = sources.ledger.head()
    with parts.journal() as journal:
        head = journal.head()
        return Heads(
            ledger_size=ledger.size,
            ledger_root=ledger.root.hex(),
            journal_size=head.size,
            journal_root=head.root.hex(),
            journal_note=head.note.decode(),
            journal_key=journal.pinned,
            receipt_key=parts.collector_key.to_text(),
        )
