"""Whether the leaves of a bundle stand in logs that were signed and receipted."""

from collections.abc import Mapping, Sequence
from typing import Final

from evidence.audit.said import counted
from evidence.bundle.form import Log, log_member
from evidence.bundle.frames import Proof, proofs_of, tree_of
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.policy import Policy
from evidence.errors import CodedError, EvidenceError, ProofError, Words
from evidence.log.checkpoint import Checkpoint, open_checkpoint, origin
from evidence.log.key import Verifier, keyring
from evidence.log.merkle import verify_consistency
from evidence.log.note import parse_note
from evidence.log.partial_tree import Withheld, partial_root
from evidence.log.receipt import Receipt, open_receipt

MAX_NOTE_BYTES: Final = 1_000_000
_OTHER: Final = Words("it is the head of another log", "这是另一日志的头")


class LogChecks:
    """The checks of one log; what is found goes to `findings`."""

    def __init__(
        self,
        bundle: Bundle,
        number: int,
        policy: Policy,
        receipt: Receipt | None,
        shown: Mapping[int, bytes],
        findings: Findings,
    ) -> None:
        self._bundle, self._number, self._policy = bundle, number, policy
        self._log: Log = bundle.manifest.logs[number]
        self._shown, self._findings = shown, findings
        self._where = f"logs/{number:04}"
        self._receipt = receipt

    def run(self, witnessed: Sequence[bytes]) -> None:
        """Makes all checks of the log.

        Args:
            witnessed: notes that witnesses cosigned.

        Raises:
            BundleError: a member cannot be read.
        """
        note = self._read("checkpoint.txt")
        head = self._checkpoint(note)
        size, rest = tree_of(self._read("tree.bin"), f"{self._where}/tree.bin")
        proofs = proofs_of(self._read("consistency.bin"), f"{self._where}/consistency.bin")
        self._inclusion(head, size, rest)
        self._consistency(head, proofs)
        self._remembered(head, proofs)
        self._witnessed(head, proofs, witnessed)

    def _read(self, name: str) -> bytes:
        member = log_member(self._number, name)
        limit = MAX_NOTE_BYTES if name.endswith(".txt") else 64 * 1024 * 1024
        return self._bundle.container.read(member, limit)

    def _checkpoint(self, note: bytes) -> Checkpoint | None:
        """The head that the agent signed; None if it did not, though its text is told."""
        where = f"{self._where}/checkpoint.txt"
        try:
            known = keyring(dict.fromkeys(self._bundle.agent_keys.get(self._log.agent, ())))
            found = open_checkpoint(note, known).checkpoint
            if found.origin != origin(self._log.agent, self._log.epoch):
                self._findings.wrong(Check.CHECKPOINT, where, _OTHER.en, _OTHER.zh)
        except EvidenceError as wrong:
            self._findings.wrong(Check.CHECKPOINT, where, wrong.say("en"), wrong.say("zh"))
            return _unsigned(note)
        return found

    def _inclusion(self, head: Checkpoint | None, size: int, rest: Sequence[Withheld]) -> None:
        if head is None:
            return
        where = f"{self._where}/tree.bin"
        try:
            root = partial_root(size, self._shown, rest)
        except ProofError as wrong:
            self._findings.wrong(Check.INCLUSION, where, wrong.say("en"), wrong.say("zh"))
            return
        if (size, root) != (head.size, head.root):
            self._findings.wrong(
                Check.INCLUSION,
                where,
                "the leaves lead to another root than the signed one",
                "各叶导出的根与已签名的根不同",
            )

    def _consistency(self, head: Checkpoint | None, proofs: Sequence[Proof]) -> None:
        """Whether what was receipted is a beginning of the head, and covers the leaves."""
        if head is None or self._receipt is None:
            return
        where, old = f"{self._where}/consistency.bin", self._receipt.checkpoint
        wrong = _apart(old, head, proofs)
        if wrong is not None:
            self._findings.wrong(Check.CONSISTENCY, where, wrong.en, wrong.zh)
        last = max(self._shown, default=-1)
        if last >= old.size:
            self._findings.wrong(
                Check.CONSISTENCY,
                where,
                f"leaf {last} is beyond the {old.size} leaves that were receipted",
                f"叶 {last} 超出回执所覆盖的 {old.size} 个叶",
            )

    def _remembered(self, head: Checkpoint | None, proofs: Sequence[Proof]) -> None:
        named = origin(self._log.agent, self._log.epoch)
        for each in self._policy.heads:
            if each.origin != named or head is None:
                continue
            old = Checkpoint(origin=named, size=each.size, root=bytes.fromhex(each.root))
            self._going_on(Check.REMEMBERED, old, head, proofs)

    def _witnessed(
        self, head: Checkpoint | None, proofs: Sequence[Proof], witnessed: Sequence[bytes]
    ) -> None:
        """Whether a pinned witness cosigned a head that covers the leaves, and none another one."""
        if not self._policy.witnesses or head is None:
            return
        named = origin(self._log.agent, self._log.epoch)
        seen = [
            each for each in _cosigned(witnessed, self._policy.witness_keys) if each.origin == named
        ]
        covering = _nearest(seen, max(self._shown, default=-1), head.size)
        if covering is None:
            last = max(self._shown, default=-1)
            self._findings.wrong(
                Check.WITNESS,
                self._where,
                f"no witness's head covers leaf {last}; give it with --witnessed",
                f"没有见证者联署的日志头覆盖叶 {last}；请用 --witnessed 提供",
            )
            return
        proven = {head.size, *(each.size for each in proofs)}
        for old in seen:
            if old is covering or old.size in proven:
                self._going_on(Check.WITNESS, old, head, proofs)

    def _going_on(
        self, check: Check, old: Checkpoint, head: Checkpoint, proofs: Sequence[Proof]
    ) -> None:
        wrong = _apart(old, head, proofs)
        if wrong is not None:
            self._findings.wrong(check, f"{self._where} size {old.size}", wrong.en, wrong.zh)


def _unsigned(note: bytes) -> Checkpoint | None:
    try:
        return Checkpoint.from_text(parse_note(note).text)
    except EvidenceError:
        return None


def _cosigned(notes: Sequence[bytes], keys: Sequence[Verifier]) -> list[Checkpoint]:
    """The heads in notes that one of these keys cosigned."""
    found: list[Checkpoint] = []
    for note in notes:
        for key in keys:
            try:
                found.append(open_receipt(note, key).checkpoint)
            except EvidenceError:
                continue
    return found


def _nearest(seen: Sequence[Checkpoint], last: int, size: int) -> Checkpoint | None:
    """The longest head that covers a leaf and can be compared with one of `size`; else the next."""
    covering = [each for each in seen if each.size > last]
    return min(covering, key=lambda each: (each.size > size, abs(each.size - size)), default=None)


def _apart(old: Checkpoint, head: Checkpoint, proofs: Sequence[Proof]) -> Words | None:
    """Why a head does not go on from an older one; None if it does."""
    if old.size > head.size:
        return Words(
            f"it has {counted(head.size, 'leaf', 'leaves')} where {old.size} were signed",
            f"现有 {head.size} 个叶，而已签名的为 {old.size} 个",
        )
    if old.size == head.size:
        proof: tuple[bytes, ...] | None = ()
    else:
        proof = next((each.hashes for each in proofs if each.size == old.size), None)
    if proof is None:
        return Words(
            f"there is no proof from size {old.size}; make the bundle with --head",
            f"没有自大小 {old.size} 起的证明；请用 --head 制作证据包",
        )
    try:
        verify_consistency(old.size, old.root, head.size, head.root, proof)
    except CodedError as wrong:
        return Words(wrong.say("en"), wrong.say("zh"))
    return None


def receipt_of(bundle: Bundle, number: int, findings: Findings) -> Receipt | None:
    """The receipt of a log that a collector signed; None if none did.

    Raises:
        BundleError: the member cannot be read.
    """
    member, log = log_member(number, "receipt.txt"), bundle.manifest.logs[number]
    note = bundle.container.read(member, MAX_NOTE_BYTES)
    refused: EvidenceError | None = None
    for key in bundle.collector_keys:
        try:
            found = open_receipt(note, key)
        except EvidenceError as wrong:
            refused = wrong
            continue
        if found.checkpoint.origin != origin(log.agent, log.epoch):
            findings.wrong(Check.RECEIPT, member, _OTHER.en, _OTHER.zh)
        return found
    if refused is None:
        findings.wrong(Check.RECEIPT, member, "no collector's key is named", "未给出采集器密钥")
    else:
        findings.wrong(Check.RECEIPT, member, refused.say("en"), refused.say("zh"))
    return None
