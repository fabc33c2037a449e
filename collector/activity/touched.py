"""The papers about a certificate, as agents logged them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from calibration.register import CalibrationRegister
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup
from evidence.judging.library import Library
from evidence.log.batch import Document, decode
from evidence.log.leaf import DocumentKind

KINDS: Final[tuple[DocumentKind, ...]] = ("certificate", "confirmation", "event")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document that bears on a certificate, where it was logged."""

    kind: str
    sha256: str
    agent: str
    received_ns: int


def papers_about(
    lookup: Lookup, ledger: LedgerReader, sees: Callable[[str], bool], certificate: str
) -> tuple[list[Found], CalibrationRegister]:
    """The documents about a certificate, in order of arrival, and all certificates and events.

    Args:
        lookup: says where documents are.
        ledger: holds them.
        sees: whether what an agent logged may be seen.
        certificate: its id.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    library, found = Library(), []
    for kind, sha256, place in lookup.documents(KINDS):
        if not sees(place.agent):
            continue
        stored = ledger.leaf(place.agent, place.epoch, place.sequence)
        leaf = decode(stored.leaf)
        if not isinstance(leaf, Document):
            continue
        own = Library().with_document(leaf).register
        library = library.with_document(leaf)
        if _is_about(own, certificate):
            found.append(
                Found(kind=kind, sha256=sha256, agent=place.agent, received_ns=stored.received_ns)
            )
    return found, library.register


def _is_about(register: CalibrationRegister, certificate: str) -> bool:
    """Whether a register of one document is about a certificate."""
    return (
        any(each.id == certificate for each in register.certificates)
        or any(each.certificate == certificate for each in register.confirmations)
        or any(each.certificate == certificate for each in register.events)
    )
