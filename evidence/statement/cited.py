"""Which documents of laboratories the papers of a register name as theirs (pure)."""

from collections.abc import Iterator, Mapping

from calibration.certificate import CalibrationCertificate
from calibration.register import CalibrationRegister
from calibration.setting import Setting


def cited_documents(register: CalibrationRegister) -> Mapping[str, tuple[str, ...]]:
    """Digest of a document -> ids of the certificates and settings that were taken from it."""
    found: dict[str, dict[str, None]] = {}
    for digest, name in _citing(register):
        found.setdefault(digest, {})[name] = None
    return {digest: tuple(names) for digest, names in found.items()}


def _citing(register: CalibrationRegister) -> Iterator[tuple[str, str]]:
    papers: tuple[CalibrationCertificate | Setting, ...] = (
        *register.certificates,
        *register.settings,
    )
    for each in papers:
        if each.document_sha256:
            yield each.document_sha256, each.id
