"""Files whose exact bytes travel before the first batch that cites them. Pure."""

import hashlib
from collections.abc import Iterable

import msgspec

from calibration.confirmation import MetrologicalConfirmation
from calibration.load import (
    SourceFile,
    kind_of,
    parse_certificate,
    parse_confirmation,
    parse_event,
    parse_setting,
)
from calibration.register import CalibrationRegister
from calibration.setting import Setting
from evidence.log.batch import Document, document
from evidence.log.leaf import DocumentKind


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


def calibration_documents(
    files: Iterable[SourceFile], register: CalibrationRegister, serials: Iterable[str]
) -> tuple[DocumentFile, ...]:
    """What bears on the instruments with these serial numbers: files of all kinds.

    Certificates first, since a confirmation cites one. A setting that belongs to no instrument,
    as a stack's area, is the site's and travels too with the certificate that it rests on, and so
    is how a channel is computed. A standard's own certificate is of no instrument here: it stays
    with the register that it is kept in.
    """
    wanted = set(serials)
    own = [each for each in register.confirmations if each.serial in wanted]
    declared = [each for each in register.settings if each.serial in {"", *wanted}]
    cited = {each.certificate for each in own} | {each.document for each in declared}
    found = [_document(file, own, declared, cited, wanted) for file in files]
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.kind))


def _document(
    file: SourceFile,
    confirmations: list[MetrologicalConfirmation],
    settings: list[Setting],
    cited: set[str],
    serials: set[str],
) -> DocumentFile | None:
    kind = kind_of(file.data, file.name)
    if kind == "confirmation":
        used = parse_confirmation(file.data, file.name) in confirmations
    elif kind == "certificate":
        used = parse_certificate(file.data, file.name).id in cited
    elif kind == "setting":
        used = parse_setting(file.data, file.name) in settings
    elif kind == "derivation":
        used = True
    else:
        event = parse_event(file.data, file.name)
        used = event.serial in serials or event.certificate in cited
    return DocumentFile(kind=kind, name=file.name, content=file.data) if used else None
