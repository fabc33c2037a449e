"""What an audit is made from: the ledger, what was derived of it, and who asks when."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from calibration.errors import CalibrationError
from collector.documented import document_read, every
from collector.ledger_read import LedgerReader
from collector.lookup import ChannelRow, Lookup, Place
from collector.originals import Originals
from evidence.audit.papers import Papers, name_of_paper, papers_of
from evidence.audit.said import PointedAt, Pointer
from evidence.audit.stood import Exchanged, Hour
from evidence.errors import EvidenceError
from evidence.log.batch import Record, RecordKind
from evidence.log.leaf import DocumentKind

_KINDS: Final[tuple[DocumentKind, ...]] = (
    "certificate",
    "confirmation",
    "event",
    "setting",
    "derivation",
    "plan",
    "test",
    "profile",
    "configuration",
)
_NAMELESS: Final[Mapping[str, PointedAt]] = {"profile": "profile", "configuration": "configuration"}
"""Kinds of files that are known by their digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where answers come from.

    Attributes:
        lookup: Of what was derived.
        ledger: The exact bytes.
        sites: agent -> site.
        originals: Documents of laboratories; None where none can be kept.
        now_ns: UTC.
        software: Name and version that answers.
    """

    lookup: Lookup
    ledger: LedgerReader
    sites: Mapping[str, str]
    now_ns: int
    software: str
    originals: Originals | None = None


def hours_of(lookup: Lookup, channel: str, span: tuple[int, int]) -> Sequence[Hour]:
    """The hours of a channel within a span: amounts, or means of one that has none."""
    return lookup.windows(channel, *span) or lookup.means(channel, *span)


def leaf_name(place: Place) -> str:
    """A leaf's place in one text."""
    return f"{place.agent}/{place.epoch}/{place.sequence}"


def site_papers(seen: Seen, site: str, counts: Callable[[Place], bool] = every) -> Papers:
    """Where the papers are that the agents of a site logged, in leaves that count."""

    def made() -> Papers:
        return papers_of(_pointers(seen, site, counts))

    key = "papers", site, frozenset(seen.sites.items())
    return seen.lookup.made_of_documents(key, made) if counts is every else made()


def _pointers(seen: Seen, site: str, counts: Callable[[Place], bool]) -> Iterator[Pointer]:
    for kind, sha256, place in seen.lookup.documents(_KINDS):
        if seen.sites.get(place.agent) == site and counts(place):
            leaf = leaf_name(place)
            for of, name in _names(seen, kind, sha256, place):
                yield Pointer(kind=of, id=name, sha256=sha256, leaf=leaf)


def _names(seen: Seen, kind: str, sha256: str, place: Place) -> list[tuple[PointedAt, str]]:
    """Kind and id of a logged paper; the digest of a file that has none."""
    if kind in _NAMELESS:
        return [(_NAMELESS[kind], sha256)]
    try:
        register = document_read(seen.ledger, kind, sha256, place).register
    except (CalibrationError, EvidenceError):
        return []  # it was set aside when it came
    entries = (each for group in msgspec.structs.astuple(register) for each in group)
    return [name_of_paper(each) for each in entries]


def exchanges_of(lookup: Lookup) -> list[Exchanged]:
    """The exchanges that agents recorded, those that say between which instruments."""
    return exchanged(lookup.exchanges())


def exchanged(records: Iterable[Record]) -> list[Exchanged]:
    """The exchanges among records, those that say between which instruments."""
    return [
        Exchanged(
            channel=each.channel,
            at_ns=each.at_ms * 1_000_000,
            old_serial=str(each.facts["old_serial"]),
            new_serial=str(each.facts["new_serial"]),
        )
        for each in records
        if each.kind == RecordKind.EXCHANGE and {"old_serial", "new_serial"} <= each.facts.keys()
    ]


def is_measured(row: ChannelRow) -> bool:
    """Whether an instrument shows a channel; one that is computed has no profile."""
    return bool(row.head.profile)
