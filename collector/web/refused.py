"""Refusals as pages: what is wrong, where, which limit, what to do; or the way to sign in."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from calibration.errors import CalibrationError
from collector.api.parts import Parts
from collector.api.problem import problem_of
from collector.api.refusal import AnonymousError
from collector.web.look import look_of
from collector.web.render import page
from evidence.errors import CodedError

Refusing = Callable[[Request, Exception], Awaitable[Response]]
_PROGRAMS: Final = ("/api/", "/openapi.json", "/healthz", "/readyz", "/metrics", "/docs/")


def wants_page(request: Request) -> bool:
    """Whether a person with a browser asks, and not a program."""
    is_page = not request.url.path.startswith(_PROGRAMS)
    return is_page and "text/html" in request.headers.get("accept", "")


def require_person(request: Request, refused: CodedError | CalibrationError | None) -> None:
    """Returns if nothing was refused, or a person asks, who is told of it on the page itself.

    Raises:
        CodedError, CalibrationError: what was refused, to be told to a program.
    """
    if refused is not None and not wants_page(request):
        raise refused


def as_page(parts: Parts, otherwise: Refusing) -> Refusing:
    """Answers a person with a page, and a program as before."""

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, CodedError | CalibrationError) or not wants_page(request):
            return await otherwise(request, error)
        if isinstance(error, AnonymousError):
            return RedirectResponse(f"/sign-in?{urlencode({'next': _wanted(request)})}", 303)
        problem = problem_of(error, look_of(request).language)
        facts = {"problem": problem, "title": "refused.title"}
        return page(request, parts, None, "refused.html", facts, status=problem.status)

    return refused


def _wanted(request: Request) -> str:
    query = request.url.query
    if request.method != "GET":
        return "/"
    return f"{request.url.path}?{query}" if query else request.url.path
