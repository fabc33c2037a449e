"""Documents that agents logged: certificates, confirmations, settings, profiles, and more."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Path, Request, Response

from collector.api.answer import IMMUTABLE, tagged
from collector.api.asked import Plain
from collector.api.parts import Here
from collector.api.patterns import SHA256
from collector.api.pool import Sources
from collector.api.schema import answers
from collector.api.security import Asker
from collector.api.unknown import DocumentUnknownError
from collector.errors import LedgerAbsentError
from collector.lookup import Place
from evidence.errors import Words
from evidence.log.batch import Document, decode
from evidence.log.leaf import DocumentKind

KINDS: Final[tuple[str, ...]] = get_args(DocumentKind)
_BYTES: Final = "application/octet-stream"
router: Final = APIRouter(prefix="/api/v1/documents", tags=["documents"])


def logged(sources: Sources, kinds: Sequence[str] = KINDS) -> dict[str, list[Place]]:
    """Where documents of these kinds were logged, by SHA-256, in order of arrival."""
    places: dict[str, list[Place]] = defaultdict(list)
    for _, sha256, place in sources.store.lookup.documents(kinds):
        places[sha256].append(place)
    return places


def document_at(sources: Sources, place: Place) -> Document:
    """The document of a leaf.

    Raises:
        LedgerError: the leaf cannot be read, or is none.
    """
    leaf = decode(sources.ledger.leaf(place.agent, place.epoch, place.sequence).leaf)
    if not isinstance(leaf, Document):
        what = Words("the document", "该文件")
        raise LedgerAbsentError(f"{place.agent}/{place.epoch}/{place.sequence}", what=what)
    return leaf


@router.get(
    "/{sha256}",
    **answers({"type": "string", "format": "binary"}, "The exact bytes that were logged.", _BYTES),
)
def document_bytes(
    request: Request,
    sha256: Annotated[str, Path(pattern=SHA256)],
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    reader: Asker,
) -> Response:
    """A document's exact bytes; their SHA-256 is the one in the address."""
    with parts.sources.lease() as sources:
        places = logged(sources).get(sha256, [])
        seen = [place for place in places if reader.sees(parts.sites.get(place.agent, ""))]
        if not seen:
            raise DocumentUnknownError("sha256", digest=sha256)
        data = document_at(sources, seen[0]).data()
    name = f"{hashlib.sha256(data).hexdigest()}.bin"
    headers = {
        "Cache-Control": IMMUTABLE,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return tagged(request, data, sha256, headers, _BYTES)
