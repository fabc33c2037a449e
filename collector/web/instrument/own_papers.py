"""What the agent of a channel logged: the papers that its readings were judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from calibration.errors import CalibrationError
from calibration.register import CalibrationRegister
from collector.api.documents import document_at
from collector.api.pool import Sources
from collector.audit.seen import leaf_name
from collector.lookup import Place
from evidence.audit.papers import Papers, name_of_paper, papers_of
from evidence.audit.said import Pointer
from evidence.errors import EvidenceError
from evidence.judging.library import Library
from evidence.log.how_read import HowRead, how_read
from evidence.log.leaf import DocumentKind, StreamHead
from evidence.log.reread import DeviceProfile, read_profile

_KINDS: Final[tuple[DocumentKind, ...]] = (
    "certificate",
    "confirmation",
    "event",
    "setting",
    "derivation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPapers:
    """The papers of an agent.

    Attributes:
        register: What they say.
        papers: Where each of them is.
    """

    register: CalibrationRegister
    papers: Papers


def own_papers(sources: Sources, agent: str) -> OwnPapers:
    """The certificates, confirmations, events, settings and derivations of an agent.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    found: dict[str, tuple[Any, ...]] = {}
    pointers: list[Pointer] = []
    for sha256, place in _documents(sources, agent).items():
        for field, entries in _entries(sources, place).items():
            found[field] = (*found.get(field, ()), *entries)
            pointers += [_pointer(each, sha256, place) for each in entries]
    return OwnPapers(register=CalibrationRegister(**found), papers=papers_of(pointers))


def _documents(sources: Sources, agent: str) -> Mapping[str, Place]:
    """Each document once."""
    known: dict[str, Place] = {}
    for _, sha256, place in sources.store.lookup.documents(_KINDS):
        if place.agent == agent:
            known.setdefault(sha256, place)
    return known


def _entries(sources: Sources, place: Place) -> dict[str, tuple[Any, ...]]:
    try:
        register = Library().with_document(document_at(sources, place)).register
    except (CalibrationError, EvidenceError):
        return {}  # it was set aside when it came
    return {name: group for name, group in msgspec.structs.asdict(register).items() if group}


def _pointer(entry: msgspec.Struct, sha256: str, place: Place) -> Pointer:
    kind, name = name_of_paper(entry)
    return Pointer(kind=kind, id=name, sha256=sha256, leaf=leaf_name(place))


def logged_profile(sources: Sources, sha256: str) -> DeviceProfile | None:
    """The device profile of a digest, as an agent logged it; None where none did.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    places = [
        place for _, found, place in sources.store.lookup.documents(("profile",)) if found == sha256
    ]
    for place in places[:1]:
        document = document_at(sources, place)
        try:
            return read_profile(document.data(), document.name)
        except EvidenceError:
            return None  # of a newer version, say: what it says is not known here
    return None


def reading_of(profile: DeviceProfile | None, head: StreamHead) -> HowRead | None:
    """How a stream's channel is read; None where nothing says it."""
    if profile is None:
        return None
    try:
        return how_read(profile, head.channel, head.parameters)
    except EvidenceError:
        return None
