"""What the agent of a channel logged: the papers that its readings were judged by."""

from dataclasses import dataclass
from typing import Final

import msgspec

from calibration.errors import CalibrationError
from calibration.register import CalibrationRegister
from collector.api.pool import Sources
from collector.audit.seen import leaf_name
from collector.documented import document_read
from collector.lookup import Place
from evidence.audit.papers import Papers, name_of_paper, papers_of
from evidence.audit.said import Pointer
from evidence.errors import EvidenceError
from evidence.judging.library import Library, joined
from evidence.log.how_read import HowRead, how_read
from evidence.log.leaf import DocumentKind, StreamHead
from evidence.log.reread import DeviceProfile

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
    known, pointers = dict[str, Library](), list[Pointer]()
    for kind, sha256, place in sources.store.lookup.documents_of(agent, _KINDS):
        if sha256 not in known:
            known[sha256] = _read(sources, kind, sha256, place)
            groups = msgspec.structs.astuple(known[sha256].register)
            pointers += [_pointer(each, sha256, place) for group in groups for each in group]
    return OwnPapers(register=joined(known.values()).register, papers=papers_of(pointers))


def _read(sources: Sources, kind: str, sha256: str, place: Place) -> Library:
    try:
        return document_read(sources.ledger, kind, sha256, place)
    except (CalibrationError, EvidenceError):
        return Library()  # it was set aside when it came


def _pointer(entry: msgspec.Struct, sha256: str, place: Place) -> Pointer:
    kind, name = name_of_paper(entry)
    return Pointer(kind=kind, id=name, sha256=sha256, leaf=leaf_name(place))


def logged_profile(sources: Sources, sha256: str) -> DeviceProfile | None:
    """The device profile of a digest, as an agent logged it; None where none did.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    for kind, found, place in sources.store.lookup.documents(("profile",)):
        if found == sha256:
            try:
                return document_read(sources.ledger, kind, sha256, place).profiles.get(sha256)
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
