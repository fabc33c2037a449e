"""What is looked at when the page of logs is made: numbered, each with what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from collector.api.pool import Sources
from collector.journal import Journal
from collector.ledger_rows import Branch
from collector.web.audit.logs import LogLine, Standing, counted
from evidence.errors import EvidenceError
from evidence.log import merkle
from evidence.log.checkpoint import open_checkpoint
from evidence.log.entry import Action
from evidence.log.key import keyring

MOST_HEADS: Final = 1_000
"""Heads of the ledger in the journal that are compared, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One thing that was looked at.

    Attributes:
        number: From 1; its words are `audit_heads.look_<number>`.
        result: "ok", "failed" or "not_checked".
        said: Which words tell what was found; `facts` go into them.
    """

    number: int
    result: str
    said: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def looked_at(
    journal: Journal, sources: Sources, lines: Sequence[LogLine], branches: Sequence[Branch]
) -> list[Looked]:
    """What becomes of journal, ledger and logs.

    Args:
        journal: All of it is hashed.
        sources: Where the ledger is.
        lines: The logs that the reader may see.
        branches: Histories that contradict them.

    Raises:
        JournalError, LedgerError: One of them cannot be read.
    """
    return [
        _journal_signed(journal),
        _journal_tree(journal),
        _heads_held(journal, sources),
        _signatures(lines),
        _receipts(lines),
        _branches(branches),
        Looked(number=7, result="not_checked", said="bytes"),
        Looked(number=8, result="not_checked", said="witnesses"),
    ]


def _journal_signed(journal: Journal) -> Looked:
    head = journal.head()
    try:
        signed = open_checkpoint(head.note, keyring([journal.verifier])).checkpoint
        holds = (signed.origin, signed.size, signed.root) == (journal.origin, head.size, head.root)
    except EvidenceError:
        holds = False
    return _told(1, "entries", {"count": head.size}, holds=holds)


def _journal_tree(journal: Journal) -> Looked:
    head = journal.head()
    holds = merkle.root_of(journal.hashes(head.size)) == head.root
    return _told(2, "entries", {"count": head.size}, holds=holds)


def _heads_held(journal: Journal, sources: Sources) -> Looked:
    """Whether the ledger has, at each size that the journal names, the root that it names."""
    found = list(islice(journal.latest(tuple(Action)), MOST_HEADS))
    if not found:
        return Looked(number=3, result="not_checked", said="no_heads")
    named = [(each.entry.ledger_size, each.entry.ledger_root) for each in found]
    apart = [size for size, root in named if _root(sources, size) != root]
    if apart:
        return Looked(number=3, result="failed", said="apart", facts={"size": min(apart)})
    return Looked(number=3, result="ok", said="heads", facts={"count": len(named)})


def _root(sources: Sources, size: int) -> str | None:
    root = sources.ledger.root_at(size)
    return None if root is None else root.hex()


def _signatures(lines: Sequence[LogLine]) -> Looked:
    count = counted(each.signed for each in lines)
    facts = {
        "count": len(lines),
        "wrong": count[Standing.WRONG],
        "unpinned": count[Standing.UNPINNED],
    }
    return _of_logs(4, "signatures", facts)


def _receipts(lines: Sequence[LogLine]) -> Looked:
    count = counted(each.receipt for each in lines)
    facts = {"count": len(lines), "wrong": count[Standing.WRONG], "unpinned": count[Standing.NONE]}
    return _of_logs(5, "receipts", facts)


def _branches(branches: Sequence[Branch]) -> Looked:
    open_ones = sum(each.is_open for each in branches)
    facts = {"count": len(branches), "open": open_ones}
    return _told(6, "branches", facts, holds=not open_ones)


def _of_logs(number: int, said: str, facts: Mapping[str, int]) -> Looked:
    if facts["wrong"]:
        return Looked(number=number, result="failed", said=said, facts=facts)
    looked = facts["count"] - facts["unpinned"]
    return Looked(number=number, result="ok" if looked else "not_checked", said=said, facts=facts)


def _told(number: int, said: str, facts: Mapping[str, Any], *, holds: bool) -> Looked:
    return Looked(number=number, result="ok" if holds else "failed", said=said, facts=facts)
