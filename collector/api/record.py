"""The record of a statement over HTTP: all that is known of it, in 15 groups."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Path, Request, Response

from collector.api.acting import Acting
from collector.api.answer import REVALIDATE, tagged
from collector.api.asked import Plain
from collector.api.parts import Here
from collector.api.patterns import SHA256
from collector.api.register import seen_by
from collector.api.schema import answers, ref
from collector.api.security import Asker
from collector.api.unknown import StatementUnknownError
from collector.recording import Behind, known_of
from evidence.statement.record.compose import record
from evidence.statement.record.form_behind import ActivityRecord

router: Final = APIRouter(prefix="/api/v1/activity-data", tags=["activity data"])


@router.get("/{digest}/record", **answers(ref(ActivityRecord), "The record, with its digest."))
def activity_record(
    request: Request,
    digest: Annotated[str, Path(pattern=SHA256)],
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """A statement with its method, instruments, certificates, rules, digests and limitations.

    What nothing here says is null, with the reason beside it.
    """
    with parts.sources.lease() as sources:
        datum = sources.store.lookup.activity(digest)
        if datum is None or not reader.sees_channel(datum.channel):
            raise StatementUnknownError("digest", digest=digest)
        known = acts.known()
        behind = Behind(
            seen=seen_by(sources, parts),
            acts=known,
            declared=parts.declared.with_journal(known.declarations),
            key=parts.collector_key,
        )
        made = record(known_of(behind, datum))
    return tagged(request, msgspec.json.encode(made), made.digest, {"Cache-Control": REVALIDATE})
