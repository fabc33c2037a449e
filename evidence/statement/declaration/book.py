"""Declarations and their versions, from what people did, in the order of the journal. Pure.

Of the versions of one thing, the last one whose `effective_from` has come at a period's start
counts for that period. A withdrawal ends all versions before it. Nothing here depends on the
instant of a question: what was entered counts for earlier statements too, and says when that was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from evidence.errors import CodedError, Words
from evidence.log.entry import Action, Entry
from evidence.statement.declaration.content import Declaration, is_digest
from evidence.statement.declaration.errors import DeclarationUnreadError, DeclarationValueError

DECLARED = (Action.DECLARATION_SET, Action.DECLARATION_WITHDRAWN)
"""What is done about declarations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry about a declaration.

    Attributes:
        of: What it is said of.
        site: Whose that is.
        entry: Its number in the journal.
        at_ns: When it was entered, UTC ns.
        who, role, reason: By whom and why.
        told: What was declared; None where it was withdrawn.
    """

    of: str
    site: str
    entry: int
    at_ns: int
    who: str
    role: str
    reason: str
    told: Declaration | None


def version_of(position: int, entry: Entry) -> Version:
    """A version, of an entry of the journal.

    Args:
        position: its number there.
        entry: one of an action of `DECLARED`.

    Raises:
        ValidationError, CodedError: it is not understood here: a newer version wrote it.
    """
    told = None if entry.new is None else msgspec.convert(entry.new, Declaration)
    own = entry.site if is_digest(entry.subject) else entry.subject.partition("/")[0]
    if entry.site != own or (told is not None and told.of != entry.subject):
        what = Words(f"the entry is about '{entry.subject}'", f"记录的对象为 '{entry.subject}'")
        raise DeclarationValueError("of", what=what, limit=Words("the same", "相同"))
    return Version(
        of=entry.subject,
        site=entry.site,
        entry=position,
        at_ns=entry.at_ns,
        who=entry.who,
        role=entry.role,
        reason=entry.reason,
        told=told,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """All declarations with their versions, by what they are of and in the order of the journal.

    Attributes:
        versions: Of each thing.
        unread: Things of which an entry is not understood here, and its number.
    """

    versions: Mapping[str, Sequence[Version]] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)

    def with_entries(self, later: Iterable[tuple[int, Entry]]) -> "Declarations":
        """The same after more entries with their numbers, in the order of the journal."""
        found = {name: list(each) for name, each in self.versions.items()}
        unread = dict(self.unread)
        for position, entry in later:
            try:
                version = version_of(position, entry)
            except (msgspec.ValidationError, CodedError):
                unread.setdefault(entry.subject, position)
            else:
                found.setdefault(version.of, []).append(version)
        return Declarations(versions=found, unread=unread)

    def last(self, of: str) -> Version | None:
        """The last version of one; None where there is none.

        Raises:
            DeclarationUnreadError: an entry about it is not understood here.
        """
        self.require_read(of)
        found = self.versions.get(of, ())
        return found[-1] if found else None

    def require_read(self, of: str) -> None:
        """Returns if all entries about one thing are understood.

        Raises:
            DeclarationUnreadError: one is not.
        """
        if of in self.unread:
            raise DeclarationUnreadError(of, entry=self.unread[of])

    def standing(self) -> Iterator[Version]:
        """The last version of each that is not withdrawn, by what it is of."""
        for name in sorted(self.versions):
            if self.versions[name][-1].told is not None:
                yield self.versions[name][-1]

    def in_force(self, of: str, at_ns: int) -> Version | None:
        """The version that counts for a period that starts at an instant, UTC ns."""
        found = [each for each in self._standing_of(of) if _begins(each) <= at_ns]
        return found[-1] if found else None

    def is_withdrawn(self, of: str) -> bool:
        """Whether a declaration of it was ever withdrawn."""
        return any(each.told is None for each in self.versions.get(of, ()))

    def changes(self, of: str, span: tuple[int, int]) -> Iterator[int]:
        """Instants within a period, UTC ns, from which on another version would count."""
        start, end = span
        counts = self.in_force(of, start)
        for at_ns in sorted({_begins(each) for each in self._standing_of(of)}):
            if start < at_ns < end and self.in_force(of, at_ns) != counts:
                counts = self.in_force(of, at_ns)
                yield at_ns

    def _standing_of(self, of: str) -> list[Version]:
        """The versions after the last withdrawal."""
        found: list[Version] = []
        for each in self.versions.get(of, ()):
            found = [] if each.told is None else [*found, each]
        return found


def _begins(version: Version) -> int:
    return 0 if version.told is None else version.told.from_ns or 0
