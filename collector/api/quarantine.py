"""What was set aside: contents that are wrong, and histories that contradict each other."""

from typing import Annotated, Final, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.answer import json_answer
from collector.api.asked import Asked
from collector.api.parts import Here, Parts
from collector.api.pool import Sources
from collector.api.schema import answers, list_of
from collector.api.security import Asker
from collector.errors import EquivocationError, LogRootError

MAX_ROWS: Final = 1_000
_MEANING: Final = {kind.code: kind for kind in (EquivocationError, LogRootError)}
router: Final = APIRouter(prefix="/api/v1/quarantine", tags=["quarantine"])


class QuarantineAsked(Asked):
    """How much of it."""

    limit: int = Field(100, ge=1, le=MAX_ROWS, description="Rows of each kind, latest first.")


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is kept and receipted, but not counted.

    Args:
        kind: "content": a stream or document of a leaf is wrong; "branch": the position
            was signed with another history too; "view": a view does not take it, or differs.
        agent, epoch, leaf: where it stands.
        subject: the channel or document; "log" for a branch; view, channel and poll or hour.
        code, message: what is wrong.
    """

    kind: Literal["content", "branch", "view"]
    agent: str
    epoch: str
    leaf: int
    subject: str
    code: str
    message: str


@router.get("", **answers(list_of(SetAside), "What was set aside, by name."))
def quarantine_list(
    request: Request, asked: Annotated[QuarantineAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """What was found wrong and set aside; it holds up nothing else."""
    with parts.sources.lease() as sources:
        found = [*_contents(sources, asked.limit), *_branches(sources, asked.limit)]
    seen = [each for each in found if reader.sees(parts.sites.get(each.agent, ""))]
    seen += [each for site, each in _views(parts, asked.limit) if reader.sees(site)]
    return json_answer(request, seen)


def _contents(sources: Sources, limit: int) -> list[SetAside]:
    return [
        SetAside(
            kind="content",
            agent=place.agent,
            epoch=place.epoch,
            leaf=place.sequence,
            subject=fault.subject,
            code=fault.code,
            message=fault.message,
        )
        for place, fault in sources.store.lookup.faults(limit)
    ]


def _views(parts: Parts, limit: int) -> list[tuple[str, SetAside]]:
    """What views set aside, with the site of each."""
    return [
        (
            each.site,
            SetAside(
                kind="view",
                agent=each.agent,
                epoch=each.epoch,
                leaf=each.leaf,
                subject=each.subject,
                code=each.code,
                message=each.message,
            ),
        )
        for view in parts.views
        for each in view.set_aside(limit)
    ]


def _branches(sources: Sources, limit: int) -> list[SetAside]:
    found = (branch for branch in sources.ledger.branches() if branch.is_open)
    latest = sorted(found, key=lambda each: -each.last_ns)
    return [
        SetAside(
            kind="branch",
            agent=branch.agent,
            epoch=branch.epoch,
            leaf=branch.sequence,
            subject="log",
            code=branch.code,
            message=_words(branch.code, f"{branch.agent}/{branch.epoch}", branch.sequence),
        )
        for branch in latest[:limit]
    ]


def _words(code: str, where: str, sequence: int) -> str:
    kind = _MEANING.get(code)
    return code if kind is None else str(kind(where, sequence=sequence))
