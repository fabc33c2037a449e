"""What is said of a stated datum, out of the journal and of a configuration. Pure.

What a configuration says of a thing counts as if it had been entered before all entries of the
journal: a later version stands in its place, and a withdrawal ends it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from evidence.clock import utc_text
from evidence.statement.declaration.book import Declarations, Version
from evidence.statement.record.declared import About, Told, Verification, Verified, speaks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody said of a site, a device, a channel or a statement.

    Attributes:
        told: What.
        by, on: Who, and the day in UTC or the one that a configuration names.
        version: The entry; None of a configuration.
    """

    told: Told
    by: str
    on: dt.date
    version: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifying:
    """A verifier's statement, who entered it, and the entry; None of a configuration."""

    told: Verified
    by: str
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that people declare.

    Attributes:
        journal: What they entered.
        about, verifications: What a configuration says, by what it is of.
    """

    journal: Declarations = Declarations()  # noqa: RUF009 - frozen
    about: Mapping[str, About] = field(default_factory=dict)
    verifications: Mapping[str, Verification] = field(default_factory=dict)

    def of(self, channel: str, digest: str, start_ns: int) -> tuple[Saying, ...]:
        """What is said of a stated datum: of the site first, of the statement itself last.

        Args:
            channel: that it is of.
            digest: of the statement.
            start_ns: when its period starts, UTC ns.

        Raises:
            DeclarationUnreadError: an entry about one of them is not understood here.
        """
        found = (self._said(name, start_ns) for name in self._names(channel, digest))
        return tuple(each for each in found if each is not None)

    def verification_of(self, digest: str) -> Verifying | None:
        """What a verifier stated of a statement.

        Raises:
            DeclarationUnreadError: an entry about it is not understood here.
        """
        last = self.journal.last(digest)
        if last is not None:
            told = None if last.told is None else last.told.verification
            return None if told is None else Verifying(told=told, by=last.who, entry=last.entry)
        own = self.verifications.get(digest)
        return None if own is None else Verifying(told=own, by=own.declared_by)

    def changes(
        self, channel: str, digest: str, span: tuple[int, int]
    ) -> tuple[tuple[str, str], ...]:
        """What something else is said of from an instant within the period on, and that instant."""
        return tuple(
            (name, utc_text(at_ns))
            for name in self._names(channel, digest)
            for at_ns in self.journal.changes(name, span)
        )

    def _names(self, channel: str, digest: str) -> list[str]:
        """What something was ever said of, the least first."""
        every = {*self.journal.versions, *self.journal.unread, *self.about}
        places = sorted((each for each in every if speaks_of(each, channel)), key=len)
        return [*places, digest]

    def _said(self, name: str, start_ns: int) -> Saying | None:
        self.journal.require_read(name)
        version = self.journal.in_force(name, start_ns)
        if version is not None and version.told is not None:
            on = dt.date.fromisoformat(utc_text(version.at_ns)[:10])
            return Saying(told=version.told, by=version.who, on=on, version=version)
        own = None if self.journal.is_withdrawn(name) else self.about.get(name)
        return None if own is None else Saying(told=own, by=own.declared_by, on=own.declared_on)
