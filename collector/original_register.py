"""Which documents were handed in, by whom, and which certificates were taken from them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from calibration.register import CalibrationRegister
from collector.journal import Journal
from collector.journal_read import JournalReader, Recorded
from collector.originals import Originals
from evidence.log.entry import Act, Action
from evidence.statement.cited import cited_documents

_KEPT: Final = (Action.ORIGINAL_KEPT,)


class OriginalSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was handed in.

    Args:
        sha256: of its exact bytes.
        name: of the file, as whoever handed it in called it.
        bytes: its length.
        site: that it concerns.
        by, at, reason: who handed it in, when (RFC 3339, UTC), and why.
        position: of the entry in the journal.
        intact: whether the bytes here still have their digest.
        cited_by: certificates and settings of the site that name it as theirs.
    """

    sha256: str
    name: str
    bytes: int
    site: str
    by: str
    at: str
    reason: str
    position: int
    intact: bool
    cited_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A document and what is said of it.

    Attributes:
        data: Its exact bytes.
        name: Of its file.
        read_as: What was chosen of a DCC of several items or quantities: `item`, `kind`.
    """

    data: bytes
    name: str
    read_as: Mapping[str, str] = field(default_factory=dict)


def hand_in(
    journal: Journal, originals: Originals, document: HandedIn, act: Callable[[str, object], Act]
) -> Recorded:
    """The entry by which a document was handed in; the first one, if it was before for the site.

    Args:
        journal: Gets an entry, unless it has one.
        originals: Keeps the bytes.
        document: What came.
        act: The act of somebody, of the document's digest and what becomes `new`.

    Raises:
        OriginalError: It cannot be kept.
        JournalError, EntryError, LedgerError: It cannot be entered.
    """
    digest = originals.keep(document.data)
    chosen = {"read_as": dict(document.read_as)} if document.read_as else {}
    doing = act(digest, {"name": document.name, "bytes": len(document.data), **chosen})
    known = (each for each in journal.of(_KEPT, subject=digest) if each.entry.site == doing.site)
    found = next(known, None)
    if found is not None:
        return found
    (entered,) = journal.entries(journal.record(doing), 1)
    return entered


def handed_in(
    journal: JournalReader, digest: str | None = None, first: int = 0
) -> Iterator[Recorded]:
    """The entries of documents, from a position of the journal on; of one alone, if asked for."""
    return journal.of(_KEPT, subject=digest, first=first)


def original_seen(
    recorded: Recorded, originals: Originals, register: CalibrationRegister
) -> OriginalSeen:
    """A document, with what cites it.

    Args:
        recorded: The entry.
        originals: Where its bytes are.
        register: Of the entry's site.
    """
    entry = recorded.entry
    told: Mapping[str, object] = entry.new if isinstance(entry.new, dict) else {}
    size = told.get("bytes")
    return OriginalSeen(
        sha256=entry.subject,
        name=str(told.get("name", "")),
        bytes=size if isinstance(size, int) else 0,
        site=entry.site,
        by=entry.who,
        at=entry.at,
        reason=entry.reason,
        position=recorded.position,
        intact=originals.holds(entry.subject),
        cited_by=cited_documents(register).get(entry.subject, ()),
    )


def digests_of(entries: Iterable[Recorded], site: str) -> frozenset[str]:
    """The digests of the documents that were handed in for a site."""
    return frozenset(each.entry.subject for each in entries if each.entry.site == site)


def read_as(recorded: Recorded) -> dict[str, str]:
    """What was chosen of a document as it was handed in; nothing of one that says all itself."""
    told = recorded.entry.new if isinstance(recorded.entry.new, dict) else {}
    chosen = told.get("read_as")
    if not isinstance(chosen, dict):
        return {}
    return {name: text for name in ("item", "kind") if isinstance(text := chosen.get(name), str)}
