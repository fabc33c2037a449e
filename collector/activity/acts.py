"""What people entered, released, locked and declared, and their boundaries, from the journal."""

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from calibration.errors import CalibrationError
from collector.errors import LedgerError
from collector.journal_read import JournalReader, Recorded
from evidence.errors import CodedError
from evidence.log.entry import Action, Entry
from evidence.statement.boundary.book import BOUNDED, Boundaries, Version, version_of
from evidence.statement.boundary.errors import BoundaryUnreadError
from evidence.statement.declaration.book import DECLARED, Declarations
from evidence.statement.entered.book import EnteredBook, ManualEntry
from evidence.statement.entered.content import Content
from evidence.statement.entered.errors import EntryUnreadError
from evidence.statement.entered.noted import ENTERED, manual_entry
from evidence.statement.locks import Act, Locks

DECIDED: Final = (Action.RELEASED, Action.LOCKED, Action.UNLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the journal says of activity data, up to an entry.

    Attributes:
        book: What people entered.
        locks: What they released and locked.
        boundaries: Which channels they count together, with all versions.
        declarations: What they declare of sites, devices, channels and statements, likewise.
        unread: Channels and boundaries of which an entry is not understood here, and its number:
            it was written by a newer version, and leaving it out would state another amount.
        next: Number of the entry behind the last one that counted.
    """

    book: EnteredBook = EnteredBook()  # noqa: RUF009 - frozen
    locks: Locks = Locks()  # noqa: RUF009 - frozen
    boundaries: Boundaries = Boundaries()  # noqa: RUF009 - frozen
    declarations: Declarations = Declarations()  # noqa: RUF009 - frozen
    unread: Mapping[str, int] = field(default_factory=dict)
    next: int = 0

    def require_read(self, channel: str) -> None:
        """Returns if all entries of a channel are understood.

        Raises:
            EntryUnreadError: one is not.
        """
        if channel in self.unread:
            raise EntryUnreadError(channel, entry=self.unread[channel])

    def require_boundary_read(self, name: str) -> None:
        """Returns if all entries about a boundary are understood.

        Raises:
            BoundaryUnreadError: one is not.
        """
        if name in self.unread:
            raise BoundaryUnreadError(name, entry=self.unread[name])


def known_in(reader: JournalReader, before: Known | None = None, until: int | None = None) -> Known:
    """What a journal says of activity data.

    Args:
        reader: of the journal.
        before: what was read before; only what came since is read.
        until: number of the first entry that does not count; None for all.

    Raises:
        JournalError: it cannot be read.
    """
    start = before or Known()
    found = reader.of((*ENTERED, *DECIDED, *BOUNDED, *DECLARED), first=start.next)
    return _after(start, [each for each in found if until is None or each.position < until])


def _after(before: Known, recorded: Iterable[Recorded]) -> Known:
    locks, unread, following = before.locks, dict(before.unread), before.next
    versions, entries = list[Version](), list[ManualEntry]()
    declared = list[tuple[int, Entry]]()
    for each in recorded:
        following = each.position + 1
        if each.entry.action in DECIDED:
            locks = _decided(locks, each)
            continue
        if each.entry.action in DECLARED:
            declared.append((each.position, each.entry))
            continue
        try:
            if each.entry.action in BOUNDED:
                versions.append(version_of(each.position, each.entry))
            else:
                entries.append(manual_entry(each.position, each.entry))
        except (msgspec.ValidationError, CodedError, CalibrationError):
            unread.setdefault(each.entry.subject, each.position)
    return Known(
        book=before.book.with_entries(entries),
        locks=locks,
        boundaries=before.boundaries.with_versions(versions) if versions else before.boundaries,
        declarations=before.declarations.with_entries(declared)
        if declared
        else before.declarations,
        unread=unread,
        next=following,
    )


def _decided(locks: Locks, recorded: Recorded) -> Locks:
    entry = recorded.entry
    with suppress(KeyError, TypeError, msgspec.ValidationError):  # of a newer form: not a lock here
        return locks.with_act(
            msgspec.convert(
                {
                    "kind": entry.action.value,
                    "entry": recorded.position,
                    "at_ns": entry.at_ns,
                    "who": entry.who,
                    "role": entry.role,
                    "reason": entry.reason,
                    "digest": entry.subject,
                    **{name: entry.new[name] for name in ("channel", "start", "end")},
                    "under_plan": entry.new.get("under_plan", False),
                },
                Act,
            )
        )
    return locks


def plain(content: Content) -> dict[str, Any]:
    """What is entered, as JSON for the journal."""
    found: dict[str, Any] = msgspec.to_builtins(content)
    return found


class Acts:
    """What the journal of a running collector says; each answer reads what came since.

    Args:
        open_journal: A reader of its own, usable by any thread, one at a time.
    """

    def __init__(self, open_journal: Callable[[], JournalReader]) -> None:
        self._open = open_journal
        self._lock = threading.Lock()
        self._reader: JournalReader | None = None
        self._known = Known()

    def known(self) -> Known:
        """All that it says now.

        Raises:
            JournalError: It cannot be read.
        """
        with self._lock:
            try:
                self._reader = self._reader or self._open()
                self._known = known_in(self._reader, self._known)
            except LedgerError:
                self._drop()
                raise
            return self._known

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            with suppress(LedgerError):
                reader.close()
