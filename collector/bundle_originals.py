"""The laboratories' documents that go into a bundle: those its statement's certificates cite."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from calibration.errors import CalibrationError
from calibration.load import parse_certificate
from collector.original_errors import OriginalDamagedError, OriginalUnknownError
from collector.originals import Originals
from evidence.errors import EvidenceError
from evidence.log.batch import Document

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of all together; what no longer fits is left out, and the verifier says so."""


def originals_cited(
    documents: Iterable[Document], named: Collection[str], kept: Originals | None
) -> dict[str, bytes]:
    """The kept originals of certificates, by SHA-256; one that is not kept, or damaged, is not.

    Args:
        documents: that the leaves carry.
        named: ids of the certificates whose originals are wanted.
        kept: where the originals lie; None where none are to be shown.

    Raises:
        OriginalFileError, OriginalNewerError: they cannot be read.
    """
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    if kept is None:
        return found
    for digest in sorted(set(_cited(documents, named))):
        data = _kept(kept, digest)
        if data is not None and len(data) <= left:
            found[digest] = data
            left -= len(data)
    return found


def _cited(documents: Iterable[Document], named: Collection[str]) -> Iterator[str]:
    for each in documents:
        if each.kind != "certificate":
            continue
        try:
            certificate = parse_certificate(each.data(), each.name)
        except (CalibrationError, EvidenceError):
            continue  # it is in the quarantine, and nothing rests on it
        if certificate.id in named and certificate.document_sha256:
            yield certificate.document_sha256


def _kept(kept: Originals, digest: str) -> bytes | None:
    try:
        return kept.data(digest)
    except (OriginalUnknownError, OriginalDamagedError):
        return None
