"""Codes, keys and certificates of agents, as the journal's entries leave them. Pure.

A registry is what all entries so far come to; each further entry is taken on top of it. It
holds what people did; the agents of collector.toml stand beside it (`registered`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec

from collector.config import Id
from collector.enrolment.acts import CertificateIssued, CodeIssued, KeyRevoked, KeyTaken
from collector.enrolment.authority import Withdrawn
from collector.enrolment.errors import EnrolmentHistoryError
from evidence.clock import NS_PER_S, parse_utc
from evidence.errors import CodedError
from evidence.log.entry import Action, Entry
from evidence.log.key import Algorithm, Verifier, parse_verifier, require_algorithm

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """A one-time code.

    Attributes:
        agent, site: Whose key it shall enrol, and where that agent stands.
        expires_ns: From when on it is refused, POSIX ns.
        used_by: The line of the key that it enrolled; empty while it is open.
    """

    agent: str
    site: str
    expires_ns: int
    used_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledKey:
    """A key that entries of the journal speak of.

    Attributes:
        agent: Whose it is.
        site: Where that agent stands; empty if only its revocation is entered here.
        verifier: Its public half.
        revoked_ns: From when on nothing is taken under it; None while it counts.
    """

    agent: str
    site: str
    verifier: Verifier
    revoked_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A certificate for the broker.

    Attributes:
        agent: Its common name.
        key: The line of the signing key that it stands and falls with.
        serial: Its number.
        not_after_ns: Until when it is valid, POSIX ns.
    """

    agent: str
    key: str
    serial: int
    not_after_ns: int


@dataclass(slots=True, kw_only=True)
class Registry:
    """What the entries so far come to.

    Attributes:
        codes: By the line of the key that the code makes.
        keys: By their lines.
        certificates: By the digest of the certified key.
    """

    codes: dict[str, IssuedCode] = field(default_factory=dict)
    keys: dict[str, EnrolledKey] = field(default_factory=dict)
    certificates: dict[str, Certified] = field(default_factory=dict)

    def take(self, index: int, entry: Entry) -> bool:
        """Whether the entry changed something.

        Args:
            index: Where it stands in the journal.
            entry: Any entry; those that are not of enrolment change nothing.

        Raises:
            EnrolmentHistoryError: It is of enrolment, and what it says cannot be read.
        """
        taken = _TAKEN.get(entry.action)
        if taken is None:
            return False
        try:
            msgspec.convert(entry.subject, Id)
            taken(self, entry)
        except (msgspec.ValidationError, CodedError) as cause:
            raise EnrolmentHistoryError("journal", index=index, what=str(cause)) from cause
        return True

    def open_codes(self, agent: str, now_ns: int) -> tuple[Verifier, ...]:
        """The keys of this agent's codes whose time is not over, used or not."""
        return tuple(
            parse_verifier(line)
            for line, code in self.codes.items()
            if code.agent == agent and now_ns < code.expires_ns
        )

    def withdrawn(self, revoked: Mapping[str, int]) -> tuple[Withdrawn, ...]:
        """The certificates that do not count any more, though their time is not over.

        Args:
            revoked: When each revoked key was revoked, POSIX ns, by its line.
        """
        return tuple(
            Withdrawn(serial=one.serial, at=_utc(revoked[one.key]))
            for one in self.certificates.values()
            if one.key in revoked
        )

    def _code_issued(self, entry: Entry) -> None:
        said = _new(entry, CodeIssued)
        code = IssuedCode(
            agent=entry.subject, site=said.site, expires_ns=parse_utc(said.expires, "expires")
        )
        self.codes[_note_key(said.key).to_text()] = code

    def _key_taken(self, entry: Entry) -> None:
        said = _new(entry, KeyTaken)
        code, verifier = self.codes.get(said.code), _note_key(said.key)
        if code is not None:
            self.codes[said.code] = replace(code, used_by=said.key)
        line = verifier.to_text()
        held = self.keys.get(line)
        self.keys[line] = EnrolledKey(
            agent=entry.subject,
            site=said.site,
            verifier=verifier,
            revoked_ns=None if held is None else held.revoked_ns,  # once revoked, for good
        )

    def _key_revoked(self, entry: Entry) -> None:
        verifier = _note_key(_new(entry, KeyRevoked).key)
        line = verifier.to_text()
        held = self.keys.get(line)
        if held is not None and held.revoked_ns is not None:
            return
        self.keys[line] = EnrolledKey(
            agent=entry.subject,
            site="" if held is None else held.site,
            verifier=verifier,
            revoked_ns=entry.at_ns,
        )

    def _certified(self, entry: Entry) -> None:
        said = _new(entry, CertificateIssued)
        self.certificates[said.public_sha256] = Certified(
            agent=entry.subject,
            key=said.key,
            serial=int(said.serial, 16),
            not_after_ns=parse_utc(said.not_after, "not_after"),
        )


_TAKEN: Final[Mapping[Action, Callable[[Registry, Entry], None]]] = {
    Action.ENROLMENT_CODE_ISSUED: Registry._code_issued,  # noqa: SLF001 - its own table
    Action.AGENT_ENROLLED: Registry._key_taken,  # noqa: SLF001
    Action.KEY_PINNED: Registry._key_taken,  # noqa: SLF001
    Action.KEY_REVOKED: Registry._key_revoked,  # noqa: SLF001
    Action.CERTIFICATE_ISSUED: Registry._certified,  # noqa: SLF001
}

ACTIONS: Final = tuple(_TAKEN)
"""The acts of enrolment."""


def _new(entry: Entry, kind: type[T]) -> T:
    return msgspec.convert(entry.new, kind)


def _note_key(line: str) -> Verifier:
    verifier = parse_verifier(line)
    require_algorithm(verifier, Algorithm.ED25519)
    return verifier


def _utc(at_ns: int) -> datetime:
    return datetime.fromtimestamp(at_ns // NS_PER_S, UTC)
