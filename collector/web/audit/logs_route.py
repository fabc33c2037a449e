"""Where all logs end, what was looked at, a head from elsewhere against them, one leaf of them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from collector.api.cookies import form_of
from collector.api.parts import Here, Parts
from collector.api.security import Asker, Reader
from collector.api.visitor import require_word
from collector.web.audit.heads import heads_of
from collector.web.audit.leaves import proven_leaf
from collector.web.audit.logs import STANDING_MARKS, log_lines, paged
from collector.web.audit.looking import looked_at
from collector.web.audit.shown_head import LONGEST, LONGEST_KEY, compared, held_log
from collector.web.form_page import form_page
from collector.web.look import look_of
from collector.web.render import page

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
RESULT_MARKS: Final = {"ok": "good", "failed": "bad", "not_checked": "warn"}
_MOST: Final = 2**53
Word = Annotated[str, Path(max_length=64)]


@router.get("/audit/logs", response_model=None)
def logs_page(request: Request, parts: Here, reader: Asker) -> Response:
    """Where journal, ledger and the agents' logs end, and who signed it."""
    return _logs(request, parts, reader, {"note": "", "witness": "", "compared": None})


@router.post("/audit/logs", response_model=None)
async def logs_compared(request: Request, parts: Here, reader: Asker) -> Response:
    """The same, with a head that somebody wrote down against it."""
    await require_word(request, reader.session)
    form = await form_of(request)
    note, witness = form.get("note", "")[:LONGEST], form.get("witness", "").strip()[:LONGEST_KEY]
    return await run_in_threadpool(_compared, request, parts, reader, note, witness)


def _compared(request: Request, parts: Parts, reader: Reader, note: str, witness: str) -> Response:
    with parts.journal() as journal, parts.sources.lease() as sources:
        found = compared(
            note,
            witness,
            lambda origin: held_log(parts, sources, journal, reader, origin),
            look_of(request).language,
        )
    return _logs(request, parts, reader, {"note": note, "witness": witness, "compared": found})


def _logs(request: Request, parts: Parts, reader: Reader, form: dict[str, Any]) -> Response:
    asked = request.query_params.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    with parts.journal() as journal, parts.sources.lease() as sources:
        lines = log_lines(parts, sources, reader)
        branches = [
            each
            for each in sources.ledger.branches()
            if reader.sees(parts.sites.get(each.agent, ""))
        ]
        looked = looked_at(journal, sources, lines, branches)
        heads = heads_of(parts, sources)
    facts = {
        "title": "audit_heads.title",
        "heads": heads,
        "looked": looked,
        "logs": paged(lines, number),
        "branches": branches,
        "marks": STANDING_MARKS,
        "result_marks": RESULT_MARKS,
        "origin": str(request.base_url).rstrip("/"),
        "journal_id": heads.journal_key.partition("/")[0],
        **form,
    }
    return form_page(request, parts, reader, "audit_logs.html", facts)


@router.get("/audit/leaves/{agent}/{epoch}/{sequence}", response_model=None)
def leaf_page(
    request: Request,
    agent: Word,
    epoch: Word,
    sequence: Annotated[int, Path(ge=0, le=_MOST)],
    parts: Here,
    reader: Asker,
) -> Response:
    """One leaf: what was logged, byte for byte, and the proof that it stands in its log."""
    with parts.sources.lease() as sources:
        seen = proven_leaf(parts, sources, reader, agent, epoch, sequence)
    facts = {"title": "audit_heads.leaf_title", "seen": seen}
    return page(request, parts, reader, "audit_leaf.html", facts)
