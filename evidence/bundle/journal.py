"""What a bundle shows of the collector's journal: who did what to that which it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from evidence.audit.said import counted
from evidence.bundle.errors import BundleError
from evidence.bundle.frames import FRAMED, ShownLeaf, tree_of
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.policy import Policy
from evidence.errors import CodedError, Words
from evidence.log.entry import Entry
from evidence.log.excerpt import Excerpt, verified_entries
from evidence.log.key import Verifier
from evidence.log.parts import PartlyShown

CHECKPOINT: Final = "journal/checkpoint.txt"
ENTRIES: Final = "journal/entries.bin"
TREE: Final = "journal/tree.bin"
_MEMBERS: Final = frozenset({CHECKPOINT, ENTRIES, TREE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntries:
    """Entries that were found to stand in the journal's signed head.

    Attributes:
        size: Number of all its entries.
        whole: Those that are shown whole, by position, increasing.
        partly: Those of which something is withheld, likewise.
    """

    size: int = 0
    whole: tuple[tuple[int, Entry], ...] = ()
    partly: tuple[tuple[int, Entry], ...] = ()


def check_journal(bundle: Bundle, policy: Policy, findings: Findings) -> ShownEntries:
    """Notes whether the entries stand in a head that the journal's key signed; those that do."""
    here = _MEMBERS & {*bundle.container.names}
    keys = [each for each in bundle.manifest.keys if each.role == "journal"]
    if not here and not keys:
        findings.skipped(Check.JOURNAL, "no entry of a journal is here", "未含日志记录")
        return ShownEntries()
    try:
        excerpt = _excerpt(bundle)
        entries = verified_entries(excerpt, _keys(bundle, policy))
    except CodedError as wrong:
        findings.wrong(Check.JOURNAL, "journal", wrong.say("en"), wrong.say("zh"))
        return ShownEntries()
    said = Words(counted(len(entries), "entry", "entries"), f"{len(entries)} 条记录")
    if not policy.journals:
        said = Words(f"{said.en}; its key is pinned by nobody", f"{said.zh}；其密钥无人登记")
    findings.held(Check.JOURNAL, *said)
    return _by_position(excerpt, entries)


def _by_position(excerpt: Excerpt, entries: tuple[Entry, ...]) -> ShownEntries:
    pairs = list(zip(excerpt.shown.items(), entries, strict=True))
    return ShownEntries(
        size=excerpt.size,
        whole=tuple((at, entry) for (at, data), entry in pairs if isinstance(data, bytes)),
        partly=tuple((at, entry) for (at, data), entry in pairs if not isinstance(data, bytes)),
    )


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
