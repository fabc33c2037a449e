"""A page with a form that needs nobody to be signed in: its word, and the cookie behind it."""

import os
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from collector.api.parts import Parts
from collector.api.security import Reader
from collector.api.visitor import keep_visitor, visitor_word
from collector.people.sessions import SECRET_BYTES
from collector.web.render import page


def form_page(
    request: Request,
    parts: Parts,
    reader: Reader | None,
    template: str,
    facts: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    """A page whose forms carry the word of a session, or of a visitor's cookie.

    Args:
        request: That asks for it.
        parts: Of the collector.
        reader: Who asks; None for somebody who is not known.
        template: Name of its file.
        facts: For the template.
        status: Of HTTP.
    """
    told = {**facts, "word": _word(request, reader)}
    made = page(request, parts, reader, template, told, status=status)
    keep_visitor(request, made)
    return made


def _word(request: Request, reader: Reader | None) -> str:
    """A program that shows a token needs none."""
    if reader is not None and reader.session is not None:
        return reader.session.csrf
    if "authorization" in request.headers:
        return ""
    return visitor_word(request, os.urandom(SECRET_BYTES))
