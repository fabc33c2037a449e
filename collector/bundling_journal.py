"""Which of the journal's entries go into a bundle: those that concern what it holds."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from collector.config import CollectorConfig
from collector.journal import KEY
from collector.journal_read import JOURNAL, JournalReader, Recorded, read_journal
from evidence.bundle.form import Key
from evidence.bundle.writing import Choice, ChosenEntries
from evidence.load import read_signing_key
from evidence.log.entry import Entry
from evidence.log.layout import ENTRY_FIELDS
from evidence.log.parts import PartlyShown, parted, partly_shown
from evidence.statement.entered.channel import is_entered

MOST: Final = 5_000
"""Entries of a bundle; the latest, where there are more."""


@contextmanager
def journal_of(config: CollectorConfig) -> Iterator[tuple[JournalReader, Key] | None]:
    """The journal of a collector, and its public key; None where there is none yet.

    Raises:
        JournalError: It cannot be read.
        KeyMaterialError: Its key cannot.
    """
    if not (config.state_dir / JOURNAL).exists():
        yield None
        return
    collector = config.collector.id
    line = read_signing_key(config.state_dir / KEY).verifier.to_text()
    with read_journal(config.state_dir, collector) as journal:
        yield journal, Key(role="journal", of=collector, line=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """How much of the journal a bundle shows.

    Attributes:
        sees: Whether entries of a site, or with "" of all sites, may be shown.
        persons: Whether it is shown who did what and why; entries of version 1 are whole, and so
            are those of which the statement is made.
        every: Whether all entries are shown where the statement is made of entries, so that
            nobody can wonder whether another one corrects them.
    """

    sees: Callable[[str], bool] = lambda _site: True
    persons: bool = True
    every: bool = False


ALL_OF_IT: Final = Disclosure()


def with_entries(
    choice: Choice, journal: JournalReader, key: Key, disclosure: Disclosure = ALL_OF_IT
) -> Choice:
    """The choice with the journal's entries that concern it, and the journal's key.

    Args:
        choice: what else goes into the bundle.
        journal: of the collector.
        key: its public key.
        disclosure: how much of it is shown.

    Raises:
        JournalError: The journal cannot be read.
    """
    head = journal.head()
    made_of = choice.datum.channel if is_entered(choice.datum.channel) else ""
    every = disclosure.every and bool(made_of)
    seen = (each for each in _all(journal, head.size) if disclosure.sees(each.entry.site))
    found = [each for each in seen if every or concerns(each, choice)]
    if not found:
        return choice
    shown = {
        each.position: _shown(each, disclosure, made_of)
        for each in (found if made_of else found[-MOST:])
    }
    chosen = ChosenEntries(note=head.note, hashes=journal.hashes(head.size), shown=shown)
    return replace(
        choice,
        journal=chosen,
        keys=(*choice.keys, key),
        known_until_ns=max(choice.known_until_ns, *_counted_ns(choice, found)),
    )


def _counted_ns(choice: Choice, found: Iterable[Recorded]) -> list[int]:
    """When that was entered of which the statement is made: it was known, whatever clocks say.

    A command may have another clock than the collector, and each may be set.
    """
    counted = () if choice.datum.entered is msgspec.UNSET else choice.datum.entered.entries
    return [0, *(each.entry.at_ns for each in found if each.position in counted)]


def _shown(recorded: Recorded, disclosure: Disclosure, made_of: str) -> bytes | PartlyShown:
    """What is shown of an entry; of those of the channel that the statement is made of, all."""
    is_data = made_of != "" and recorded.entry.subject == made_of
    if disclosure.persons or is_data:
        return recorded.leaf
    return without_persons(recorded)


def without_persons(recorded: Recorded) -> bytes | PartlyShown:
    """An entry without who did it, why, and what was said; and whom it was done to, if anyone."""
    found = parted(recorded.leaf)
    if found is None:
        return recorded.leaf
    lines = {2 + ENTRY_FIELDS.index(name) for name in _persons(recorded.entry)}
    return partly_shown(found, lambda number: number not in lines)


def _persons(entry: Entry) -> tuple[str, ...]:
    """The fields of an entry that may name a person."""
    fields = ("who", "reason", "old", "new")
    of_people = entry.action.value.startswith(("user-", "token-"))
    return (*fields, "subject") if of_people else fields


def concerns(recorded: Recorded, choice: Choice) -> bool:
    """Whether an entry is about the statement, a channel, an agent or a leaf of a bundle."""
    named = (choice.datum.digest, *choice.channels)
    if any(each.encode() in recorded.leaf for each in named):
        return True
    whose = recorded.entry.subject.partition("/")[0]
    return whose in {log.agent for log in choice.logs}


def _all(journal: JournalReader, size: int) -> Iterator[Recorded]:
    first = 0
    while first < size and (found := journal.entries(first, size - first)):
        yield from found
        first = found[-1].position + 1
