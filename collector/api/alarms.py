"""The alarms that are open."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from collector.alarms.course import Open
from collector.api.answer import json_answer
from collector.api.listing import PagedAsked, page_of, paged
from collector.api.parts import Here, Parts
from collector.api.schema import list_of
from collector.api.security import Asker, Reader
from collector.api.stamp import stamp

NS_PER_MS: Final = 1_000_000
router: Final = APIRouter(prefix="/api/v1/alarms", tags=["alarms"])


class AlarmOpen(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong, and was told.

    Args:
        code: what it is about; stable.
        subject: an agent, a device, a serial number, a view, or a part of the collector.
        since: when it was first found.
        over_since: from when on it is not found any more; null while it is.
    """

    code: str
    subject: str
    since: str | None
    over_since: str | None
    en: str
    zh: str


@router.get("", **paged(list_of(AlarmOpen), "Open alarms, by code and subject."))
def alarm_list(
    request: Request, asked: Annotated[PagedAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """All that is wrong now; to a token that is limited to sites, what stands on these."""
    seen = (each for each in parts.alarms() if is_for(each.subject, parts, reader))
    shown = sorted((((each.code, each.subject), each) for each in seen), key=lambda pair: pair[0])
    page = page_of(request, asked, tuple[str, str], shown)
    return json_answer(request, [_open(each) for each in page.rows], page.headers)


def is_for(subject: str, parts: Parts, reader: Reader) -> bool:
    """Whether a subject, an agent or `<site>/<device>`, is the reader's; others need all sites."""
    site = subject.partition("/")[0] if "/" in subject else parts.sites.get(subject, "")
    return reader.sees(site)


def _open(each: Open) -> AlarmOpen:
    return AlarmOpen(
        code=each.code,
        subject=each.subject,
        since=stamp(each.first_ns // NS_PER_MS),
        over_since=None if each.gone_ns is None else stamp(each.gone_ns // NS_PER_MS),
        en=each.en,
        zh=each.zh,
    )
