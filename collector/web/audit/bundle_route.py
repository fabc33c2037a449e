"""Evidence bundles: of a period in one step, verified on the page, downloaded."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedRandom
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from calibration.errors import CalibrationError
from collector.api.acting import Acting
from collector.api.cookies import form_of
from collector.api.parts import Here, Parts
from collector.api.patterns import SHA256
from collector.api.security import Asker, Reader
from collector.api.streamed import Streamed
from collector.api.streams import Sending
from collector.api.telling import Telling, one
from collector.api.visitor import require_word
from collector.web.activity.due import early_of
from collector.web.audit.asked import asked_of
from collector.web.audit.bundle_depth import depth_of
from collector.web.audit.bundles import bundle_of, statement_of, verified
from collector.web.audit.made_evidence import in_short
from collector.web.audit.outcomes import outcome_lines, tally
from collector.web.form_page import form_page
from collector.web.look import look_of
from collector.web.render import page
from evidence.bundle.policy import Policy, parse_policy
from evidence.errors import CodedError, PeriodError, Words
from evidence.statement.datum import ActivityData

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
Digest = Annotated[str, Path(pattern=SHA256)]
History = Annotated[bool | None, Query()]
"""Whether the readings that rules looked at come too; where nobody chose, if they fit."""
ZIP: Final = "application/zip"
PORTION: Final = 256 * 1024
LONGEST_POLICY: Final = 32 * 1024
_BARE: Final = parse_policy(b"schema = 1\n", "policy")
"""Nothing is pinned and nothing required; a simulated clock proves nothing, here neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Of:
    """Which bundle is verified, and by which text of a policy."""

    digest: str
    history: bool | None
    text: str = ""


def _how(history: bool | None) -> str:  # noqa: FBT001
    """The part of an address that says how far the bundle reaches."""
    return "" if history is None else f"history={str(history).lower()}"


@router.get("/audit/bundle", response_model=None)
def bundle_of_period(request: Request, parts: Here, acts: Acting, reader: Asker) -> Response:
    """States a channel's period, if nobody did, and leads to its evidence.

    Whoever names no channel is led to where one is chosen.
    """
    if not request.query_params.get("channel"):
        return RedirectResponse("/audit", status_code=303)
    zone = look_of(request).zone
    asked = asked_of(dict(request.query_params), zone, parts.clock.now_ns())
    span = asked.span(zone)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, acts.known())
        row = one(telling.rows(reader), asked.channel)
        telling.require_room([row], [span])
        found = telling.settled(telling.follows(row, [span])).data
    if not found:
        what = Words("no hour of it was received", "该时段未收到任何小时数据")
        limit = Words("a period with readings", "有读数的时段")
        raise PeriodError(asked.channel, what=what, limit=limit)
    return RedirectResponse(f"/audit/bundles/{found[0].digest}", status_code=303)


@router.get("/audit/bundles/{digest}", response_model=None)
def bundle_page(
    request: Request, digest: Digest, parts: Here, reader: Asker, history: History = None
) -> Response:
    """A statement and its evidence; the checks are made once the page is there."""
    with parts.sources.lease() as sources:
        datum = statement_of(sources, reader, digest)
        depth = depth_of(parts, sources, datum, asked=history)
        early = early_of(datum, sources.store.lookup.stated_ns(digest))
    facts = {
        "title": "audit_proof.title",
        "stated": in_short(datum),
        "datum": datum,
        "early": early,
        "depth": depth,
        "how": _how(depth.history if depth.is_offered else None),
    }
    return page(request, parts, reader, "audit_bundle.html", facts)


@router.get("/audit/bundles/{digest}/checks", response_model=None)
def bundle_checks(
    request: Request,
    digest: Digest,
    parts: Here,
    reader: Asker,
    sending: Sending,
    history: History = None,
) -> Response:
    """All checks of the bundle, by the keys that it names itself."""
    with sending.take(reader):
        return _checked(request, parts, reader, _Of(digest=digest, history=history))


@router.post("/audit/bundles/{digest}/checks", response_model=None)
async def bundle_checks_pinned(
    request: Request,
    digest: Digest,
    parts: Here,
    reader: Asker,
    sending: Sending,
    history: History = None,
) -> Response:
    """All checks of the bundle, by what somebody wrote down before and requires."""
    await require_word(request, reader.session)
    text = (await form_of(request)).get("policy", "")[:LONGEST_POLICY]
    of = _Of(digest=digest, history=history, text=text)
    try:
        policy = parse_policy(text.replace("\r\n", "\n").encode(errors="replace"), "policy")
    except (CodedError, CalibrationError) as wrong:
        return await run_in_threadpool(_refused, request, parts, reader, of, wrong)
    with sending.take(reader):
        return await run_in_threadpool(_checked, request, parts, reader, of, policy)


@router.get("/audit/bundles/{digest}/bundle.zip", response_model=None)
def bundle_file(
    digest: Digest, parts: Here, reader: Asker, sending: Sending, history: History = None
) -> Response:
    """The bundle as a file, to be verified elsewhere without this collector.

    It is kept on the disk while it is sent; a reader that takes nothing for a while is left.
    """
    with parts.sources.lease() as sources:
        datum = statement_of(sources, reader, digest)
    with ExitStack() as making:
        place = making.enter_context(sending.take(reader))
        file = making.enter_context(bundle_of(parts, reader, digest, history=history))
        size, sha256 = _measured(file)
        opened = making.pop_all()
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{_name(datum)}"',
        "Content-Length": str(size),
        "Repr-Digest": f"sha-256=:{base64.b64encode(sha256).decode('ascii')}:",
    }
    answer = Streamed(_portions(file, opened), media_type=ZIP, headers=headers)
    answer.place = place
    return answer


def _portions(file: BufferedRandom, opened: ExitStack) -> Iterator[bytes]:
    with opened:
        while data := file.read(PORTION):
            yield data


def _measured(file: BufferedRandom) -> tuple[int, bytes]:
    """Length and SHA-256 of a file that is read from its beginning, and is there again after."""
    found = hashlib.file_digest(file, "sha256").digest()
    size = file.tell()
    file.seek(0)
    return size, found


def _name(datum: ActivityData) -> str:
    """A name of plain letters and digits for a bundle."""
    channel = "".join(each if each.isascii() and each.isalnum() else "-" for each in datum.channel)
    return f"evidence_{channel.strip('-')[:60]}_{datum.period.start[:10]}_{datum.digest[:8]}.zip"


def _checked(
    request: Request,
    parts: Parts,
    reader: Reader,
    of: _Of,
    policy: Policy | None = None,
) -> Response:
    found = verified(parts, reader, of.digest, policy or _BARE, history=of.history)
    lines = outcome_lines(found.outcomes, look_of(request).language)
    facts = {
        "title": "audit_proof.checks",
        "stated": in_short(found.bundle.datum),
        "lines": lines,
        "tally": tally(lines),
        "keys": found.bundle.manifest.keys,
        "rows": found.rows,
        "leaves": sum(each.shown for each in found.bundle.manifest.logs),
        "policy": of.text,
        "how": _how(of.history),
        "is_pinned": policy is not None,
        "refused": None,
    }
    return form_page(request, parts, reader, "audit_bundle_checks.html", facts)


def _refused(
    request: Request,
    parts: Parts,
    reader: Reader,
    of: _Of,
    wrong: CodedError | CalibrationError,
) -> Response:
    """The form again, with what is wrong with the policy."""
    with parts.sources.lease() as sources:
        datum = statement_of(sources, reader, of.digest)
    facts = {
        "title": "audit_proof.checks",
        "stated": in_short(datum),
        "lines": [],
        "policy": of.text,
        "how": _how(of.history),
        "refused": wrong,
    }
    return form_page(request, parts, reader, "audit_bundle_checks.html", facts, status=422)
