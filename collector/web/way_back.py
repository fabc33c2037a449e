"""The address of the page that somebody looks at, also where a form of it was sent elsewhere."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from collector.web.typed import local_path, page_of

DOOR: Final = "/sign-in"


def sent_to(request: Request) -> str:
    """Path and query of a request."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def address_of(request: Request) -> str:
    """The address of the page; where a form was sent, of the page on which that stands."""
    return sent_to(request) if request.method == "GET" else page_of(sent_to(request))


def door_of(request: Request) -> str:
    """The address of the door, by which whoever signs in comes back to this page."""
    if request.url.path == DOOR:
        wanted = local_path(request.query_params.get("next", ""))
    else:
        wanted = local_path(address_of(request))
    return DOOR if wanted == "/" else f"{DOOR}?{urlencode({'next': wanted})}"
