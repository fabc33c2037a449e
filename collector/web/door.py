"""The page at which people sign in, and the way there and back."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from collector.api.cookies import FIELD, form_of, is_surely_own_page
from collector.api.guard import MAX_BODY_BYTES
from collector.api.parts import Parts
from collector.api.refusal import FormError
from collector.web.certificates.dcc_view import refusal_words
from collector.web.form_page import form_page
from collector.web.look import look_of
from collector.web.typed import Typed, text_of, typed
from collector.web.way_back import address_of, sent_to
from evidence.errors import CodedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the page shows.

    Attributes:
        next: Where whoever is let in wants to go.
        name: That was given.
        refused: Why they are not let in.
        typed: A form that came when nobody was signed in any more.
    """

    next: str
    name: str = ""
    refused: CodedError | None = None
    typed: Typed | None = None


def door(request: Request, parts: Parts, shown: Door, status: int) -> Response:
    """Asks for a name and a password; what was typed elsewhere goes along."""
    facts = {
        "title": "sign_in.title",
        "name": shown.name,
        "refused": shown.refused and refusal_words(shown.refused, look_of(request).language),
        "next": shown.next,
        "typed_text": text_of(shown.typed),
        "typist": "" if shown.typed is None else shown.typed.user,
    }
    return form_page(request, parts, None, "sign_in.html", facts, status=status)


async def led_to_the_door(request: Request, parts: Parts) -> Response:
    """The door, with what was sent in vain; the way there, if nothing was."""
    found = await _typed(request, parts)
    if found is None:
        return RedirectResponse(f"/sign-in?{urlencode({'next': address_of(request)})}", 303)
    return door(request, parts, Door(next=found.page, name=found.user, typed=found), 401)


async def _typed(request: Request, parts: Parts) -> Typed | None:
    """The form that somebody sent from a page of ours: no other page may fill in a form here.

    Of somebody who is not known no more is read than a form without a file has.
    """
    length = int(request.headers.get("content-length", "0"))
    is_form = request.method == "POST" and length <= MAX_BODY_BYTES
    if not is_form or not is_surely_own_page(request):
        return None
    try:
        form = await form_of(request)
    except FormError:
        return None
    return typed(sent_to(request), form, parts.sessions.user_of(form.get(FIELD, "")))
