"""The papers about a certificate, as agents logged them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from calibration.register import CalibrationRegister
from collector.documented import document_read
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup, Place
from evidence.judging.library import Library, joined
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
    libraries: list[Library] = []
    found: list[Found] = []
    for kind, sha256, place in lookup.documents(KINDS):
        if sees(place.agent):
            library = document_read(ledger, kind, sha256, place)
            libraries.append(library)
            if _is_about(library.register, certificate):
                found.append(_found(ledger, kind, sha256, place))
    return found, joined(libraries).register


def _found(ledger: LedgerReader, kind: str, sha256: str, place: Place) -> Found:
    received_ns = ledger.leaf(place.agent, place.epoch, place.sequence).received_ns
    return Found(kind=kind, sha256=sha256, agent=place.agent, received_ns=received_ns)


def _is_about(register: CalibrationRegister, certificate: str) -> bool:
    """Whether a register of one document is about a certificate."""
    return (
        any(each.id == certificate for each in register.certificates)
        or any(each.certificate == certificate for each in register.confirmations)
        or any(each.certificate == certificate for each in register.events)
    )
