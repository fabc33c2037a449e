"""Files whose exact bytes travel before the first batch that cites them. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from calibration.load import (
    SourceFile,
    kind_of,
    parse_certificate,
    parse_confirmation,
    parse_derivation,
    parse_event,
    parse_plan,
    parse_setting,
    parse_test,
)
from calibration.register import CalibrationRegister
from evidence.log.batch import Document, document
from evidence.log.leaf import DocumentKind

_PARSERS: Final[Mapping[str, Callable[[bytes, str], msgspec.Struct]]] = {
    "certificate": parse_certificate,
    "confirmation": parse_confirmation,
    "event": parse_event,
    "setting": parse_setting,
    "derivation": parse_derivation,
    "plan": parse_plan,
    "test": parse_test,
}


class DocumentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file's exact bytes, its name without folders, and what it is."""

    kind: DocumentKind
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest by which batches cite it."""
        return hashlib.sha256(self.content).hexdigest()


def document_leaf(file: DocumentFile, agent: str, epoch: str, sequence: int) -> Document:
    """The leaf that carries a file."""
    return document((agent, epoch, sequence), file.kind, file.name, file.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What an agent speaks for.

    Attributes:
        site: First part of its channels' ids.
        serials: Of its instruments.
        channels: That it reads.
    """

    site: str
    serials: frozenset[str]
    channels: frozenset[str]


def calibration_documents(
    files: Iterable[SourceFile], register: CalibrationRegister, own: Own
) -> tuple[DocumentFile, ...]:
    """What bears on an agent's instruments and on its site: files of all kinds.

    Certificates first, since others cite them. Of the site are a setting that belongs to no
    instrument, as a stack's area, how a channel is computed, and by which rules one is monitored;
    each travels with the certificates that it rests on, a plan with those of its cylinders. So do
    the certificates of the standards behind all these, as far up as the register has them: whoever
    asks what a number is traced to reads it from the log.
    """
    bearing = _bearing(register, own)
    found = [
        DocumentFile(kind=kind, name=file.name, content=file.data)
        for file in files
        for kind in [kind_of(file.data, file.name)]
        if _PARSERS[kind](file.data, file.name) in bearing
    ]
    return tuple(sorted(found, key=lambda each: each.kind))


def _bearing(register: CalibrationRegister, own: Own) -> list[msgspec.Struct]:
    """The documents of a register that bear on what an agent speaks for."""
    decided = [each for each in register.confirmations if each.serial in own.serials]
    declared = [each for each in register.settings if each.serial in {"", *own.serials}]
    plans = [each for each in register.plans if each.plan.startswith(f"{own.site}/")]
    tests = [
        each
        for each in register.tests
        if each.serial in own.serials or each.channel in own.channels
    ]
    cited = {each.certificate for each in decided} | {each.document for each in declared}
    cited |= {each.document for each in tests}.union(*(each.certificates for each in plans))
    cited = _with_standards(register, cited)
    certificates = [each for each in register.certificates if each.id in cited]
    events = [
        each for each in register.events if each.serial in own.serials or each.certificate in cited
    ]
    derivations = register.derivations
    return [*certificates, *decided, *events, *declared, *derivations, *plans, *tests]


def _with_standards(register: CalibrationRegister, cited: Iterable[str]) -> set[str]:
    """Certificates and those of the standards behind them, level by level."""
    used: dict[str, set[str]] = {}
    for each in register.certificates:
        used.setdefault(each.id, set()).update(one.certificate for one in each.standards)
    found, waiting = set(cited), list(cited)
    while waiting:
        above = used.get(waiting.pop(), set()) - found
        found |= above
        waiting += above
    return found
