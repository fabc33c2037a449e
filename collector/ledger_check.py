"""A walk over the whole ledger: is what is stored what was admitted, and what was signed?"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.agents import Agents
from collector.errors import LedgerDamagedError, LedgerError
from collector.ledger_read import LedgerReader
from collector.ledger_rows import StoredLeaf
from evidence.errors import CodedError, EvidenceError, Words
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, open_checkpoint, origin
from evidence.log.key import Keyring, Verifier, keyring
from evidence.log.note import parse_note
from evidence.log.receipt import open_receipt

NS_PER_S = 1_000_000_000
Log = tuple[str, str]
"""Agent and epoch."""


@dataclass(slots=True, kw_only=True)
class Course:
    """A log as it was met so far.

    Attributes:
        opened_ns: When its first leaf was committed.
        receipt_size: How many leaves its receipt is for.
        receipted_root: Its root over those.
    """

    opened_ns: int
    receipt_size: int
    frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    receipted_root: bytes = merkle.EMPTY_ROOT

    def take(self, leaf: StoredLeaf) -> None:
        """Goes on by a leaf."""
        self.frontier = merkle.append(self.frontier, leaf.leaf_hash)
        if self.frontier.size == self.receipt_size:
            self.receipted_root = leaf.root


def first_damage(ledger: LedgerReader) -> LedgerError | None:
    """The first thing found damaged, None if all is as it was admitted.

    Every leaf is hashed again; every log must lead to the root of its signed checkpoint, and
    all leaves together to the ledger's head. Signatures are not checked here.
    """
    try:
        _walked(ledger)
    except LedgerError as found:
        return found
    return None


def first_unsigned(ledger: LedgerReader, agents: Agents, collector: Verifier) -> LedgerError | None:
    """The first log whose checkpoint or receipt is not signed by whom it names; None if all are.

    Whoever may write the file may compute every hash anew. An agent's key is not on this machine.

    Args:
        ledger: In which `first_damage` finds nothing.
        agents: The pinned keys, revoked ones too; logs of others are passed over.
        collector: Of the key that signs receipts.
    """
    try:
        for log, course in _walked(ledger).items():
            known = _keys_of(agents, log[0])
            if known is not None:
                _require_signed(ledger, log, known)
            _require_receipted(ledger, log, course, collector)
    except LedgerError as found:
        return found
    return None


def first_step_back(ledger: LedgerReader, collector: Verifier) -> Words | None:
    """Where the instants of commit go back, and no hash covers them; None if nowhere.

    The collector's clock was set back there, or somebody changed an instant.

    Args:
        ledger: In which `first_unsigned` finds nothing.
        collector: Of the key that signs receipts.
    """
    before_ns = 0
    for position, received_ns in ledger.received(0):
        if received_ns < before_ns:
            return Words(
                f"leaf {position} in order of admission was committed before the one before it",
                f"第 {position} 个叶的提交时刻早于其前一叶",
            )
        before_ns = received_ns
    return _first_late(ledger, collector)


def _first_late(ledger: LedgerReader, collector: Verifier) -> Words | None:
    """A log whose receipt was signed before the last leaf that it is for was committed."""
    rows = ledger.database.rows(
        "SELECT agent, epoch, receipt, received_ns FROM logs JOIN leaves"
        " ON log = id AND sequence = receipt_size - 1 ORDER BY id"
    )
    for agent, epoch, receipt, received_ns in rows:
        if received_ns >= (open_receipt(receipt, collector).at_s + 1) * NS_PER_S:
            name = f"{agent}/{epoch}"
            return Words(
                f"the receipt of {name} was signed before its last leaf was committed",
                f"{name} 的回执早于其最后一叶的提交时刻",
            )
    return None


def unpinned(ledger: LedgerReader, agents: Agents) -> Sequence[str]:
    """The agents of whom leaves are held and no key is pinned."""
    return [agent for agent in ledger.agents() if _keys_of(agents, agent) is None]


def _walked(ledger: LedgerReader) -> dict[Log, Course]:
    """All logs, once each leaf is found to stand where it was admitted."""
    _require_sound_file(ledger)
    logs, before = _logs(ledger), merkle.Frontier()
    for leaf in ledger.since(0):
        after = merkle.append(before, leaf.leaf_hash)
        _require_in_order(ledger, leaf, before, after)
        _require_in_log(ledger, leaf, logs)
        before = after
    if before != ledger.frontier():
        raise _damaged(ledger, "the leaves do not lead to the head", "叶数据与头部不符")
    for log, course in logs.items():
        _require_end(ledger, log, course)
    return logs


def _require_sound_file(ledger: LedgerReader) -> None:
    ((said,),) = ledger.database.rows("PRAGMA integrity_check(1)")
    if said != "ok":
        raise _damaged(ledger, said, said)


def _logs(ledger: LedgerReader) -> dict[Log, Course]:
    rows = ledger.database.rows("SELECT agent, epoch, opened_ns, receipt_size FROM logs")
    return {
        (agent, epoch): Course(opened_ns=opened_ns, receipt_size=receipt_size)
        for agent, epoch, opened_ns, receipt_size in rows
    }


def _require_in_order(
    ledger: LedgerReader, leaf: StoredLeaf, before: merkle.Frontier, after: merkle.Frontier
) -> None:
    """That it comes next among all leaves, and that they lead to the root beside it."""
    at = before.size
    if leaf.position != at:
        raise _damaged(ledger, f"leaf {at} in order of admission is gone", f"缺少第 {at} 个叶")
    if ledger.root_at(at + 1) != merkle.root(after):
        place = f"{leaf.sequence} of {leaf.agent}/{leaf.epoch}"
        what = f"the ledger's root at leaf {place} is another"
        raise _damaged(ledger, what, f"叶 {place} 处的账本根不符")


def _require_in_log(ledger: LedgerReader, leaf: StoredLeaf, logs: dict[Log, Course]) -> None:
    """That it comes next in its log, which it leads to the root beside it."""
    course = logs[leaf.agent, leaf.epoch]  # read with it: their tables are joined
    at, name = course.frontier.size, f"{leaf.agent}/{leaf.epoch}"
    course.take(leaf)
    if leaf.sequence != at or leaf.root != merkle.root(course.frontier):
        raise _damaged(ledger, f"leaf {at} of {name} is not in place", f"{name} 的叶 {at} 错位")
    if at == 0 and leaf.received_ns != course.opened_ns:
        what = f"leaf 0 of {name} was not committed when its log was opened"
        raise _damaged(ledger, what, f"{name} 的叶 0 与日志开启时刻不符")


def _require_end(ledger: LedgerReader, log: Log, course: Course) -> None:
    agent, epoch = log
    state, frontier, name = ledger.state(agent, epoch), course.frontier, f"{agent}/{epoch}"
    ((size,),) = ledger.database.rows(
        "SELECT size FROM logs WHERE agent = ? AND epoch = ?", agent, epoch
    )
    signed = Checkpoint(origin=origin(agent, epoch), size=size, root=merkle.root(frontier))
    if frontier.size != size or frontier != state.frontier or not _says(state.note, signed):
        raise _damaged(ledger, f"log {name} is not the signed one", f"日志 {name} 与签名不符")


def _says(note: bytes, signed: Checkpoint) -> bool:
    """Whether a note's text is of this origin, size and root."""
    try:
        found = Checkpoint.from_text(parse_note(note).text)
    except CodedError:
        return False
    return (found.origin, found.size, found.root) == (signed.origin, signed.size, signed.root)


def _keys_of(agents: Agents, agent: str) -> Keyring | None:
    keys = [owner.verifier for owner in agents.owners.values() if owner.agent == agent]
    return keyring(keys) if keys else None


def _require_signed(ledger: LedgerReader, log: Log, known: Keyring) -> None:
    """That the agent signed what `_require_end` found in its checkpoint."""
    try:
        open_checkpoint(ledger.state(*log).note, known)
    except EvidenceError as wrong:
        raise _unsigned(ledger, log, "checkpoint", wrong) from wrong


def _require_receipted(ledger: LedgerReader, log: Log, course: Course, collector: Verifier) -> None:
    """That its receipt is the collector's, and for leaves that it has."""
    size, receipt = course.receipt_size, ledger.state(*log).receipt
    if size == 0 and not receipt:
        return
    try:
        said = open_receipt(receipt, collector)
    except EvidenceError as wrong:
        raise _unsigned(ledger, log, "receipt", wrong) from wrong
    if said.checkpoint != Checkpoint(origin=origin(*log), size=size, root=course.receipted_root):
        name = "/".join(log)
        raise _damaged(
            ledger, f"the receipt of {name} is for other leaves", f"{name} 的回执对应其他叶"
        )


def _unsigned(
    ledger: LedgerReader, log: Log, what: str, wrong: EvidenceError
) -> LedgerDamagedError:
    name, zh = "/".join(log), {"checkpoint": "检查点", "receipt": "回执"}[what]
    return _damaged(
        ledger, f"the {what} of {name}: {wrong.say('en')}", f"{name} 的{zh}：{wrong.say('zh')}"
    )


def _damaged(ledger: LedgerReader, en: str, zh: str) -> LedgerDamagedError:
    return LedgerDamagedError(ledger.database.where, what=Words(en, zh))
