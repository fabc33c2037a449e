"""All of a journal against itself and its signed head: which entry is the first that is wrong."""

from typing import Final

from collector.journal_errors import JournalDamagedError
from collector.journal_read import JournalHead, JournalReader, Recorded
from evidence.errors import EvidenceError, Words
from evidence.log import merkle
from evidence.log.checkpoint import open_checkpoint
from evidence.log.key import Verifier, keyring

_QUICK: Final = "PRAGMA quick_check(1)"


def require_sound(journal: JournalReader, key: Verifier) -> JournalHead:
    """The journal's head, if its key signed it and all entries lead to it.

    Raises:
        JournalDamagedError: They do not; it names the first entry that is wrong.
    """
    ((said,),) = journal.database.rows(_QUICK)
    if said != "ok":
        raise _damaged(journal, f"the file itself is damaged ({said})", f"文件已损坏（{said}）")
    head = journal.head()
    _require_signed(journal, head, key)
    frontier = merkle.Frontier()
    while found := journal.entries(frontier.size):
        for each in found:
            frontier = merkle.append(frontier, each.leaf_hash)
            _require_placed(journal, each, frontier)
    if (frontier.size, merkle.root(frontier)) != (head.size, head.root):
        raise _damaged(
            journal,
            f"its {frontier.size} entries do not lead to its head",
            f"其 {frontier.size} 条记录与日志头不符",
        )
    return head


def _require_placed(journal: JournalReader, each: Recorded, frontier: merkle.Frontier) -> None:
    """Returns if an entry stands where it should, and is found by what it says."""
    entry, at = each.entry, frontier.size - 1
    facts = journal.facts(each.position)
    if each.position != at or journal.root_at(frontier.size) != merkle.root(frontier):
        raise _damaged(journal, f"entry {at} has another root", f"记录 {at} 的根不同")
    if facts != (entry.action, entry.site, entry.subject):
        raise _damaged(journal, f"entry {at} is listed otherwise", f"记录 {at} 的索引不同")


def _require_signed(journal: JournalReader, head: JournalHead, key: Verifier) -> None:
    try:
        signed = open_checkpoint(head.note, keyring([key])).checkpoint
    except EvidenceError as wrong:
        raise _damaged(journal, wrong.say("en"), wrong.say("zh")) from wrong
    if (signed.origin, signed.size, signed.root) != (journal.origin, head.size, head.root):
        raise _damaged(journal, "its signed head is another", "其签名的日志头不同")


def _damaged(journal: JournalReader, en: str, zh: str) -> JournalDamagedError:
    return JournalDamagedError(journal.database.where, what=Words(en, zh))
