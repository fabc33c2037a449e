"""Users and tokens: all of them, added, changed, issued, withdrawn; each with a reason."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from collector.access import SECRET_BYTES, issue
from collector.api.cookies import form_of
from collector.api.parts import Here, Parts
from collector.api.refusal import AnonymousError
from collector.api.security import Asker, Author, Reader, Writer
from collector.people.administration import Administration, Doer
from collector.people.password import SALT_BYTES
from collector.rights import Right, Role
from collector.web.people.forms import (
    Form,
    changed_user,
    days_of,
    new_user,
    require_not_oneself,
    role_of,
    sites_of,
    stated_reason,
)
from collector.web.people.listing import listing
from collector.web.render import page
from evidence.clock import NS_PER_S
from evidence.errors import CodedError

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
_DAY_NS: Final = 86_400 * NS_PER_S


@router.get("/people", response_model=None)
def people_page(request: Request, parts: Here, reader: Asker) -> Response:
    """Who may come in, and which tokens were issued."""
    _require_administrator(reader)
    return _people(request, parts, reader, {})


@router.post("/people/users", response_model=None)
async def user_added(request: Request, parts: Here, author: Writer, reader: Asker) -> Response:
    """Adds somebody."""
    form = await form_of(request)
    return await _done(request, parts, reader, form, lambda: _add(parts, author, form))


@router.post("/people/users/change", response_model=None)
async def user_changed(request: Request, parts: Here, author: Writer, reader: Asker) -> Response:
    """Changes somebody's role, sites or password, or lets them in no more."""
    form = await form_of(request)
    return await _done(request, parts, reader, form, lambda: _change(parts, author, form))


@router.post("/people/tokens", response_model=None)
async def token_issued(request: Request, parts: Here, author: Writer, reader: Asker) -> Response:
    """Issues a token; its text is shown once."""
    form = await form_of(request)
    return await _done(request, parts, reader, form, lambda: _issue(parts, author, form))


@router.post("/people/tokens/withdraw", response_model=None)
async def token_withdrawn(request: Request, parts: Here, author: Writer, reader: Asker) -> Response:
    """Withdraws a token: it is refused from now on."""
    form = await form_of(request)
    return await _done(request, parts, reader, form, lambda: _withdraw(parts, author, form))


async def _done(
    request: Request, parts: Parts, reader: Reader, form: Form, act: Callable[[], object]
) -> Response:
    """Does what was asked; the page again with what is wrong, or with a token that is shown once.

    Args:
        request: That asks for it.
        parts: Of the collector.
        reader: Who asks.
        form: What they filled in.
        act: Does it; returns the text of a token, or nothing.
    """

    def answered() -> Response:
        try:
            text = act()
        except CodedError as wrong:
            return _people(request, parts, reader, {"refused": wrong}, status=422)
        if isinstance(text, str):
            return _people(request, parts, reader, {"text": text, "named": form.get("name", "")})
        return RedirectResponse("/people", status_code=303)

    _require_administrator(reader)
    return await run_in_threadpool(answered)


def _add(parts: Parts, author: Author, form: Form) -> None:
    user = new_user(form, os.urandom(SALT_BYTES), parts.clock.now_ns())
    with _administered(parts) as administration:
        administration.add(user, _doer(author), stated_reason(form))


def _change(parts: Parts, author: Author, form: Form) -> None:
    reason = stated_reason(form)
    with _administered(parts) as administration:
        before = administration.users.named(form.get("name", ""))
        after = changed_user(before, form, os.urandom(SALT_BYTES))
        require_not_oneself(before, after, author.person.name)
        administration.change(after, _doer(author), reason)
    if after.disabled or after.password != before.password:
        parts.sessions.end_all_of(after.name)


def _issue(parts: Parts, author: Author, form: Form) -> str:
    now_ns = parts.clock.now_ns()
    text, token = issue(
        form.get("name", "").strip(),
        role_of(form),
        os.urandom(SECRET_BYTES),
        created_ns=now_ns,
        expires_ns=now_ns + days_of(form) * _DAY_NS,
        sites=sites_of(form),
        user=form.get("user", "").strip(),
    )
    with _administered(parts) as administration:
        administration.issue(token, _doer(author), stated_reason(form))
    return text


def _withdraw(parts: Parts, author: Author, form: Form) -> None:
    with _administered(parts) as administration:
        administration.withdraw(form.get("name", ""), _doer(author), stated_reason(form))


@contextmanager
def _administered(parts: Parts) -> Iterator[Administration]:
    with parts.journal() as journal:
        yield Administration(journal=journal, tokens=parts.tokens, users=parts.users)


def _doer(author: Author) -> Doer:
    return Doer(who=author.person.name, role=author.person.role)


def _require_administrator(reader: Reader) -> None:
    """Returns if somebody who is named may administer, for all sites.

    Raises:
        AnonymousError: nobody is named.
        TokenScopeError: they may not.
    """
    if reader.person is None:
        raise AnonymousError("authorization")
    reader.person.require(Right.ADMINISTER)
    reader.person.require_site("")


def _people(
    request: Request, parts: Parts, reader: Reader, more: dict[str, Any], *, status: int = 200
) -> Response:
    shown = listing(parts.users.all(), parts.tokens.all(), dict(request.query_params))
    facts = {
        "title": "people.title",
        "users": shown.users,
        "tokens": shown.tokens,
        "names": shown.names,
        "is_long": shown.is_long,
        "q": shown.q,
        "turned": shown.turned,
        "known_sites": frozenset(parts.sites.values()),
        "roles": tuple(Role),
        "refused": None,
        "text": None,
        **more,
    }
    return page(request, parts, reader, "people.html", facts, status=status)
