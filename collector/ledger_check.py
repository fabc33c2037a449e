"""A walk over the whole ledger: is what is stored what was signed?"""

from collector.errors import LedgerDamagedError, LedgerError
from collector.ledger_read import LedgerReader
from evidence.errors import CodedError, Words
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, origin
from evidence.log.note import parse_note


def first_damage(ledger: LedgerReader) -> LedgerError | None:
    """The first thing found damaged, None if all is as it was admitted.

    Every leaf is hashed again; every log must lead to the root of its signed checkpoint, and
    all leaves together to the ledger's head. Signatures are not checked here.
    """
    try:
        _require_sound_file(ledger)
        _require_sound_order(ledger)
        for agent in ledger.agents():
            for epoch in ledger.epochs(agent):
                _require_sound_log(ledger, agent, epoch)
    except LedgerError as found:
        return found
    return None


def _require_sound_file(ledger: LedgerReader) -> None:
    ((said,),) = ledger.database.rows("PRAGMA integrity_check(1)")
    if said != "ok":
        raise _damaged(ledger, said, said)


def _require_sound_order(ledger: LedgerReader) -> None:
    frontier = merkle.Frontier()
    for leaf in ledger.since(0):
        if leaf.position != frontier.size:
            at = frontier.size
            raise _damaged(ledger, f"leaf {at} in order of admission is gone", f"缺少第 {at} 个叶")
        frontier = merkle.append(frontier, leaf.leaf_hash)
    if frontier != ledger.frontier():
        raise _damaged(ledger, "the leaves do not lead to the head", "叶数据与头部不符")


def _require_sound_log(ledger: LedgerReader, agent: str, epoch: str) -> None:
    frontier, name = merkle.Frontier(), f"{agent}/{epoch}"
    for leaf in ledger.leaves(agent, epoch):
        frontier = merkle.append(frontier, leaf.leaf_hash)
        if leaf.sequence != frontier.size - 1 or leaf.root != merkle.root(frontier):
            at = frontier.size - 1
            raise _damaged(ledger, f"leaf {at} of {name} is not in place", f"{name} 的叶 {at} 错位")
    state = ledger.state(agent, epoch)
    signed = Checkpoint(origin=origin(agent, epoch), size=frontier.size, root=merkle.root(frontier))
    if frontier != state.frontier or not _says(state.note, signed):
        raise _damaged(ledger, f"log {name} is not the signed one", f"日志 {name} 与签名不符")


def _says(note: bytes, signed: Checkpoint) -> bool:
    """Whether a note's text is of this origin, size and root."""
    try:
        found = Checkpoint.from_text(parse_note(note).text)
    except CodedError:
        return False
    return (found.origin, found.size, found.root) == (signed.origin, signed.size, signed.root)


def _damaged(ledger: LedgerReader, en: str, zh: str) -> LedgerDamagedError:
    return LedgerDamagedError(ledger.database.where, what=Words(en, zh))
