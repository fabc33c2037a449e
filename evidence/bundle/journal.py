"""What a bundle shows of the collector's journal: who did what to that which it holds."""

from collections.abc import Iterator
from typing import Final

from evidence.bundle.errors import BundleError
from evidence.bundle.frames import FRAMED, ShownLeaf, tree_of
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.policy import Policy
from evidence.errors import CodedError, Words
from evidence.log.excerpt import Excerpt, verified_entries
from evidence.log.key import Verifier
from evidence.log.parts import PartlyShown

CHECKPOINT: Final = "journal/checkpoint.txt"
ENTRIES: Final = "journal/entries.bin"
TREE: Final = "journal/tree.bin"
_MEMBERS: Final = frozenset({CHECKPOINT, ENTRIES, TREE})


def check_journal(bundle: Bundle, policy: Policy, findings: Findings) -> None:
    """Notes whether the entries stand in a head that the journal's key signed."""
    here = _MEMBERS & {*bundle.container.names}
    keys = [each for each in bundle.manifest.keys if each.role == "journal"]
    if not here and not keys:
        findings.skipped(Check.JOURNAL, "no entry of a journal is here", "未含日志记录")
        return
    try:
        entries = verified_entries(_excerpt(bundle), _keys(bundle, policy))
    except CodedError as wrong:
        findings.wrong(Check.JOURNAL, "journal", wrong.say("en"), wrong.say("zh"))
        return
    said = Words(f"{len(entries)} entries", f"{len(entries)} 条记录")
    if not policy.journals:
        said = Words(f"{said.en}; its key is pinned by nobody", f"{said.zh}；其密钥无人登记")
    findings.held(Check.JOURNAL, *said)


def _excerpt(bundle: Bundle) -> Excerpt:
    """What is shown.

    Raises:
        BundleError: a member is not here, or cannot be read.
    """
    container = bundle.container
    collectors = {each.of for each in bundle.manifest.keys if each.role == "journal"}
    if len(collectors) != 1 or not {*container.names} >= _MEMBERS:
        what = Words("not all of it is here", "内容不全")
        raise BundleError("journal", what=what)
    size, rest = tree_of(container.read(TREE), TREE)
    return Excerpt(
        collector=collectors.pop(),
        note=container.read(CHECKPOINT),
        size=size,
        shown=_shown(FRAMED[bundle.manifest.version](container.read(ENTRIES), ENTRIES)),
        rest=rest,
    )


def _shown(entries: Iterator[ShownLeaf]) -> dict[int, bytes | PartlyShown]:
    found: dict[int, bytes | PartlyShown] = {}
    for each in entries:
        if each.log or each.received_ns or each.sequence <= max(found, default=-1):
            what = Words("an entry is said to stand where none can", "某记录所述位置不可能")
            raise BundleError(ENTRIES, what=what)
        found[each.sequence] = each.data
    return found


def _keys(bundle: Bundle, policy: Policy) -> tuple[Verifier, ...]:
    """The keys of the journal: those that are pinned, else the bundle's own."""
    return policy.journal_keys or bundle.journal_keys
