"""The journal: what people and the collector did, each entry provable, its head signed."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from collector.api.answer import json_answer
from collector.api.asked import Asked, Plain
from collector.api.listing import PagedAsked, after, cursor_behind, paged
from collector.api.paging import NEXT
from collector.api.parts import Here
from collector.api.schema import answers, ref
from collector.api.security import Asker, Reader
from collector.api.unknown import EntryUnknownError
from collector.journal_read import MAX_PORTION, JournalReader, Recorded
from evidence.log.entry import Action, Entry

router: Final = APIRouter(prefix="/api/v1/journal", tags=["journal"])
_MOST: Final = 2**63 - 1


class JournalAsked(PagedAsked):
    """Which entries."""

    first: int = Field(0, ge=0, le=_MOST, description="Position to begin with.")
    limit: int = Field(100, ge=1, le=MAX_PORTION, description="Entries of a page.")
    action: Action | None = Field(None, description="Of this action only.")
    subject: str | None = Field(None, min_length=1, max_length=500, description="About this only.")


class JournalHeadAsked(Asked):
    """From where on the journal shall be proven."""

    since: int | None = Field(
        None, ge=0, le=_MOST, description="Size from which consistency shall be proven."
    )


class EntrySeen(msgspec.Struct, frozen=True, kw_only=True):
    """An entry where it stands.

    Args:
        position: from 0 on.
        leaf_hash: in the journal's tree (RFC 6962, section 2.1), 64 hexadecimal digits.
        leaf: the exact text that was hashed; null for an entry of a site that the token does
            not extend to, or of all sites where it is limited to some.
        entry: the same, read.
    """

    position: int
    leaf_hash: str
    leaf: str | None
    entry: Entry | None


class JournalPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some entries, in their order.

    Args:
        entries: all of the page, also those whose text is withheld, so that they can be
            hashed to the signed head; of one action or subject, those that are shown.
        next: `first` of the next page; null after the last.
    """

    entries: tuple[EntrySeen, ...]
    next: int | None


class JournalHeadSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Where the journal ends.

    Args:
        size: number of entries.
        checkpoint: origin, size and root as a signed note (c2sp.org/tlog-checkpoint).
        key: the line to pin; compare it with the one that `collector init` printed.
        proof: hashes that lead from `since` to `size` (RFC 6962, section 2.1.2), 64 hexadecimal
            digits each; null where nothing was asked, or the journal is shorter.
    """

    size: int
    checkpoint: str
    key: str
    proof: tuple[str, ...] | None


class EntryProven(msgspec.Struct, frozen=True, kw_only=True):
    """An entry, proven to stand in the journal.

    Args:
        leaf: the exact text.
        entry: the same, read.
        size: of the head that it is proven to stand in.
        checkpoint: that head, signed.
        proof: the audit path (RFC 6962, section 2.1.1), nearest the leaf first.
    """

    position: int
    leaf: str
    entry: Entry
    size: int
    checkpoint: str
    proof: tuple[str, ...]


@router.get("", **paged(ref(JournalPage), "Entries of the journal."))
def journal_entries(
    request: Request, asked: Annotated[JournalAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """What people and the collector did: who, when, why, what it was and what it became."""
    last = after(request, asked, tuple[int])
    first = asked.first if last is None else max(asked.first, last[0] + 1)
    with parts.journal() as journal:
        if asked.action is None and asked.subject is None:
            found = (*journal.entries(first, asked.limit), *journal.entries(first + asked.limit, 1))
            rows = [_seen(each, reader) for each in found]
        else:
            rows = _chosen(journal, asked, reader, first)
    shown, rest = rows[: asked.limit], rows[asked.limit :]
    page = JournalPage(entries=tuple(shown), next=rest[0].position if rest else None)
    more = {NEXT: cursor_behind(request, asked, (shown[-1].position,))} if rest else {}
    return json_answer(request, page, more)


@router.get("/head", **answers(ref(JournalHeadSeen), "The journal's head."))
def journal_head(
    request: Request,
    asked: Annotated[JournalHeadAsked, Query()],
    parts: Here,
    reader: Asker,  # noqa: ARG001 - whoever may read evidence
) -> Response:
    """Where the journal ends, signed, and that it goes on from an older head."""
    with parts.journal() as journal:
        head, proof = journal.head(), None
        if asked.since is not None and asked.since <= head.size:
            found = journal.consistency(asked.since, head.size)
            proof = tuple(each.hex() for each in found)
        key = journal.pinned
    seen = JournalHeadSeen(size=head.size, checkpoint=head.note.decode(), key=key, proof=proof)
    return json_answer(request, seen)


@router.get("/{position}", **answers(ref(EntryProven), "The entry, and its proof."))
def journal_entry(
    request: Request,
    position: Annotated[int, Path(ge=0, le=_MOST)],
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    reader: Asker,
) -> Response:
    """One entry, and the proof that it stands in the journal's latest head."""
    with parts.journal() as journal:
        head = journal.head()
        found = [each for each in journal.entries(position, 1) if each.position == position]
        if not found or position >= head.size or not _shown(found[0].entry, reader):
            raise EntryUnknownError("position", position=position)
        proof = journal.inclusion(position, head.size)
    proven = EntryProven(
        position=position,
        leaf=found[0].leaf.decode(),
        entry=found[0].entry,
        size=head.size,
        checkpoint=head.note.decode(),
        proof=tuple(each.hex() for each in proof),
    )
    return json_answer(request, proven)


def _chosen(
    journal: JournalReader, asked: JournalAsked, reader: Reader, first: int
) -> list[EntrySeen]:
    """One more than a page of those entries that were asked for and may be seen."""
    actions = list(Action) if asked.action is None else [asked.action]
    rows = []
    for each in journal.of(actions, subject=asked.subject, first=first):
        if _shown(each.entry, reader):
            rows.append(_seen(each, reader))
        if len(rows) > asked.limit:
            break
    return rows


def _shown(entry: Entry, reader: Reader) -> bool:
    """Whether an entry is for a reader; the ledger's heads say nothing of any site."""
    return entry.action is Action.LEDGER_HEAD or reader.sees(entry.site)


def _seen(recorded: Recorded, reader: Reader) -> EntrySeen:
    shown = _shown(recorded.entry, reader)
    return EntrySeen(
        position=recorded.position,
        leaf_hash=recorded.leaf_hash.hex(),
        leaf=recorded.leaf.decode() if shown else None,
        entry=recorded.entry if shown else None,
    )
