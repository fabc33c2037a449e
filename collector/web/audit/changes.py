"""Changes as the journal tells them, the last one first; and one of them with its proof."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from collector.api.security import Reader
from collector.journal_read import JournalHead, JournalReader, Recorded
from collector.web.audit.fields import Field, fields_in
from evidence.errors import EvidenceError
from evidence.log import merkle
from evidence.log.checkpoint import open_checkpoint
from evidence.log.entry import Action, Entry
from evidence.log.key import Verifier, keyring

ON_A_PAGE: Final = 50
MOST_SCANNED: Final = 5_000
"""For a page of somebody who may see few of them."""
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which changes; what is not usable asks for nothing.

    Attributes:
        action: One alone; None for all that people do, without the ledger's heads.
        subject: One alone; "" for all.
        before: Only those before this position; None for the last ones.
    """

    action: Action | None = None
    subject: str = ""
    before: int | None = None

    @property
    def actions(self) -> Sequence[Action]:
        """All actions that count."""
        if self.action is not None:
            return (self.action,)
        return tuple(each for each in Action if each is not Action.LEDGER_HEAD)


def asked_of(query: Mapping[str, str]) -> Asked:
    """What the parameters of an address ask for."""
    said, before = query.get("action", ""), query.get("before", "")
    return Asked(
        action=Action(said) if said in set(Action) else None,
        subject=query.get("subject", "").strip()[:_LONGEST],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry in a line: `fields` are those that changed, or all that is new."""

    position: int
    entry: Entry
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of changes.

    Attributes:
        size: Of the journal.
        before: Where the next page begins; None after the last.
    """

    changes: Sequence[Change]
    size: int
    before: int | None


def is_shown(entry: Entry, reader: Reader) -> bool:
    """Whether an entry is for a reader; the ledger's heads say nothing of any site."""
    return entry.action is Action.LEDGER_HEAD or reader.sees(entry.site)


def changes_of(
    journal: JournalReader, asked: Asked, reader: Reader, language: str = "en"
) -> Changes:
    """A page of the changes that were asked for and may be seen.

    Raises:
        JournalError: The journal cannot be read.
    """
    rows: list[Recorded] = []
    before: int | None = None
    found = journal.latest(asked.actions, subject=asked.subject or None, before=asked.before)
    for number, each in enumerate(found):
        if len(rows) == ON_A_PAGE or number == MOST_SCANNED:
            before = each.position + 1
            break
        rows += [each] if is_shown(each.entry, reader) else []
    return Changes(
        changes=[_change(each, language) for each in rows], size=journal.head().size, before=before
    )


def _change(recorded: Recorded, language: str) -> Change:
    entry = recorded.entry
    fields = [each for each in fields_in(entry, language) if each.is_changed]
    return Change(position=recorded.position, entry=entry, fields=fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """An entry, with what proves that it stands in the journal.

    Attributes:
        head: That it is proven to stand in.
        proof: Hashes from the leaf to the root, hexadecimal.
        holds: Whether they lead there, and the head is signed; found out here and now.
    """

    recorded: Recorded
    fields: Sequence[Field]
    head: JournalHead
    proof: Sequence[str]
    holds: bool


def proven(
    journal: JournalReader, key: Verifier, position: int, reader: Reader, language: str = "en"
) -> Proven | None:
    """An entry of the journal; None where there is none that the reader may see.

    Raises:
        JournalError: The journal cannot be read.
    """
    head = journal.head()
    found: Iterable[Recorded] = journal.entries(position, 1) if position < head.size else ()
    for each in found:
        if each.position == position and is_shown(each.entry, reader):
            proof = journal.inclusion(position, head.size)
            return Proven(
                recorded=each,
                fields=fields_in(each.entry, language),
                head=head,
                proof=[step.hex() for step in proof],
                holds=_holds(each, head, proof, key),
            )
    return None


def _holds(recorded: Recorded, head: JournalHead, proof: Sequence[bytes], key: Verifier) -> bool:
    try:
        signed = open_checkpoint(head.note, keyring([key])).checkpoint
        merkle.verify_inclusion(
            merkle.leaf_hash(recorded.leaf), recorded.position, signed.size, proof, signed.root
        )
    except EvidenceError:
        return False
    return True
