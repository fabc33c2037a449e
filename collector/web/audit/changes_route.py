"""What people and the collector did: who, when, why, what it was and what it became."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from collector.api.parts import Here
from collector.api.security import Asker
from collector.api.unknown import EntryUnknownError
from collector.web.audit.changes import asked_of, changes_of, proven
from collector.web.look import look_of
from collector.web.render import page
from evidence.log.entry import Action

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
_MOST: Final = 2**53


@router.get("/audit/changes", response_model=None)
def changes_page(request: Request, parts: Here, reader: Asker) -> Response:
    """The changes, the last one first."""
    asked = asked_of(dict(request.query_params))
    with parts.journal() as journal:
        seen = changes_of(journal, asked, reader, look_of(request).language)
    facts = {
        "title": "audit_log.changes",
        "asked": asked,
        "seen": seen,
        "actions": tuple(Action),
    }
    return page(request, parts, reader, "audit_changes.html", facts)


@router.get("/audit/changes/{position}", response_model=None)
def change_page(
    request: Request,
    position: Annotated[int, Path(ge=0, le=_MOST)],
    parts: Here,
    reader: Asker,
) -> Response:
    """One entry: what changed, its exact bytes, and the proof that it stands in the journal."""
    with parts.journal() as journal:
        language = look_of(request).language
        found = proven(journal, journal.verifier, position, reader, language)
        key = journal.pinned
    if found is None:
        raise EntryUnknownError("position", position=position)
    facts = {"title": "audit_log.change", "seen": found, "key": key}
    return page(request, parts, reader, "audit_change.html", facts)
