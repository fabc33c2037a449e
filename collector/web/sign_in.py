"""Signing in and out."""

import os
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from collector.access import Person
from collector.api.cookies import (
    COOKIE,
    forget_cookie,
    form_of,
    require_csrf,
    set_cookie,
)
from collector.api.parts import Here, Parts
from collector.api.refusal import CsrfError
from collector.api.visitor import require_word
from collector.people.sessions import SECRET_BYTES
from collector.people.users import authenticated
from collector.token_errors import DisabledUserError, PasswordError, SignInWaitError
from collector.web.door import Door, door
from collector.web.kept_forms import kept_forms
from collector.web.typed import local_path, typed_of_text

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/sign-in", response_model=None)
def sign_in_form(request: Request, parts: Here) -> Response:
    """Asks for a name and a password."""
    wanted = local_path(request.query_params.get("next", ""))
    return door(request, parts, Door(next=wanted), 200)


@router.post("/sign-in", response_model=None)
async def sign_in(request: Request, parts: Here) -> Response:
    """Lets somebody in whose password is right, and leads to where they wanted to go."""
    form = await form_of(request)
    name, typed = form.get("name", "")[:64], typed_of_text(form.get("typed", ""))
    wanted = local_path(form.get("next", "")) if typed is None else typed.page
    try:
        await require_word(request, None)
        person = await run_in_threadpool(_let_in, parts, name, form.get("password", ""))
    except (CsrfError, PasswordError, DisabledUserError, SignInWaitError) as refused:
        shown = Door(next=wanted, name=name, refused=refused, typed=typed)
        return door(request, parts, shown, 429 if isinstance(refused, SignInWaitError) else 403)
    response = RedirectResponse(wanted, status_code=303)
    text = parts.sessions.begin(person.name, os.urandom(SECRET_BYTES))
    session = parts.sessions.find(text)
    if typed is not None and session is not None:
        kept_forms(request).put(session, typed)
    set_cookie(request, response, text)
    return response


def _let_in(parts: Parts, name: str, password: str) -> Person:
    """Who comes with a name and a password; too many wrong ones make them wait.

    Raises:
        SignInWaitError: they must wait.
        PasswordError, DisabledUserError: they are not let in.
    """
    parts.sessions.require_patience(name)
    try:
        return authenticated(name, password, parts.users.all())
    except PasswordError:
        parts.sessions.failed(name)
        raise


@router.post("/sign-out", response_model=None)
async def sign_out(request: Request, parts: Here) -> Response:
    """Ends the session of whoever asks."""
    text = request.cookies.get(COOKIE, "")
    session = parts.sessions.find(text)
    if session is not None:
        await require_csrf(request, session)
        parts.sessions.end(text)
    response = RedirectResponse("/sign-in", status_code=303)
    forget_cookie(response)
    return response
