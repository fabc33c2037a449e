"""The lake's segments in the journal: what was sealed is signed, so that a changed one is found.

A view writes no evidence into the ledger. That the collector sealed a segment is an act of its
own, and acts stand in the journal: an entry says which segments became part of the lake, with the
SHA-256 of each, and which are no part of it any more.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from collector.journal import Journal
from collector.journal_heads import COLLECTOR
from collector.journal_read import JournalReader
from evidence.errors import Words
from evidence.log.entry import Act, Action

MANIFEST: Final = "manifest.jsonl"
PORTION: Final = 200
"""Segments of an entry: an entry has at most 64 KiB."""
_SEALED: Final = (Action.LAKE_SEALED,)


class _Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as an entry names it; `path` is from the lake's folder."""

    path: str
    sha256: str


class _Entered(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says in `new`."""

    sealed: list[_Segment] = []
    replaced: list[str] = []


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at in a line of the manifest."""

    path: str
    state: str


def sealed(journal: JournalReader) -> dict[str, str]:
    """Path -> SHA-256 of the segments that are the lake, by the journal's entries.

    Raises:
        JournalDamagedError: an entry cannot be read.
    """
    found: dict[str, str] = {}
    for each in journal.of(_SEALED):
        try:
            told = msgspec.convert(each.entry.new, _Entered)
        except msgspec.ValidationError:
            continue  # of a later version: nothing is claimed of its segments
        found.update((one.path, one.sha256) for one in told.sealed)
        for path in told.replaced:
            found.pop(path, None)
    return found


def enter(journal: Journal, current: Mapping[str, str], reason: str) -> int:
    """Enters what the journal does not say of the lake yet; how many segments that were.

    Args:
        journal: of the collector.
        current: path -> SHA-256 of all segments that are the lake now.
        reason: why they are entered, in a word.

    Raises:
        JournalError, LedgerError: it cannot be written; the next call enters it.
    """
    before = sealed(journal)
    fresh = [_Segment(path=p, sha256=s) for p, s in current.items() if before.get(p) != s]
    gone = [path for path in before if path not in current]
    for first in range(0, max(len(fresh), len(gone)), PORTION):
        last = first + PORTION
        told = _Entered(sealed=fresh[first:last], replaced=gone[first:last])
        journal.record(_act(told, reason))
    return len(fresh) + len(gone)


def _act(told: _Entered, reason: str) -> Act:
    return Act(
        who=COLLECTOR,
        role=COLLECTOR,
        action=Action.LAKE_SEALED,
        reason=reason,
        new=msgspec.to_builtins(told),
    )


def listed(folder: Path) -> Sequence[str]:
    """The paths that a lake's manifest names as current; none where there is no such file."""
    try:
        lines = (folder / MANIFEST).read_bytes().splitlines()
        found = [msgspec.json.decode(line, type=_Line) for line in lines]
    except (OSError, msgspec.DecodeError):
        return ()
    return [each.path for each in found if each.state == "current"]


def differing(folder: Path, entered: Mapping[str, str], names: Sequence[str]) -> Iterator[Words]:
    """How a lake's files differ from what was entered; nothing where there is no lake.

    Args:
        folder: of the lake. One that was deleted is made again, and nothing is wrong with that.
        entered: as `sealed` gives it; of none, nothing is claimed.
        names: as `listed` gave it before `entered` was read.
    """
    if not (entered and folder.is_dir()):
        return
    for path, digest in sorted(entered.items()):
        found = _digest(folder / path)
        if not found:
            yield Words(f"the lake's {path} is gone", f"数据湖的 {path} 缺失")
        elif found != digest:
            yield Words(
                f"the lake's {path} is not what was sealed: SHA-256 {found}",
                f"数据湖的 {path} 与封存时不同：SHA-256 为 {found}",
            )
    for path in sorted(set(names) - entered.keys()):
        yield Words(
            f"the lake's {path} is in no entry of the journal",
            f"日志中没有数据湖 {path} 的记录",
        )


def _digest(path: Path) -> str:
    """SHA-256, hexadecimal; empty where there is no such file, or it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
