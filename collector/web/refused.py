"""Refusals as pages: what is wrong, where, which limit, what to do; or the way to sign in."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from calibration.errors import CalibrationError
from collector.api.answer import to_come_again
from collector.api.app import refusal_by_status
from collector.api.guard import Telling
from collector.api.parts import Parts
from collector.api.problem import Problem, problem_of, validation_problem
from collector.api.refusal import AnonymousError, RequestError
from collector.api.security import signed_in
from collector.web.door import led_to_the_door
from collector.web.look import look_of
from collector.web.render import page
from evidence.errors import CodedError

Refusing = Callable[[Request, Exception], Awaitable[Response]]
_PROGRAMS: Final = ("/api/", "/openapi.json", "/healthz", "/readyz", "/metrics", "/docs/")
_FACTORY: Final = ("factory", "/")
_BACK: Final[Mapping[str, tuple[str, str]]] = {
    "E_CHANNEL_UNKNOWN": ("channels", "/#instruments"),
    "E_PAPER_UNKNOWN": ("certificates", "/certificates"),
    "E_LOG_UNKNOWN": ("logs", "/audit/logs"),
    "E_BOUNDARY_UNKNOWN": ("boundaries", "/activity"),
    "E_ENTRY_UNKNOWN": ("changes", "/audit/changes"),
}
"""Where what is not found may be looked for, by the code of the refusal."""


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
        if not wants_page(request):
            return await otherwise(request, error)
        if isinstance(error, AnonymousError):
            return await led_to_the_door(request, parts)
        answer = await _page_of(request, parts, error)
        answer.headers.update(_allowed(error))
        return answer

    return refused


def told_as_page(parts: Parts, otherwise: Telling) -> Telling:
    """Tells a person on a page what is refused before every route, and a program as before."""

    async def told(request: Request, error: RequestError) -> Response:
        if not wants_page(request):
            return await otherwise(request, error)
        try:
            return await _page_of(request, parts, error)
        except Exception:  # noqa: BLE001 - what failed before may be what the page needs
            return await otherwise(request, error)

    return told


async def _page_of(request: Request, parts: Parts, error: Exception) -> Response:
    problem = _problem(request, error)
    back = _BACK.get(problem.code, _FACTORY)
    facts = {"problem": problem, "title": "refused.title", "back": back}
    reader = await run_in_threadpool(signed_in, request, parts)
    answer = page(request, parts, reader, "refused.html", facts, status=problem.status)
    answer.headers.update(to_come_again(error))
    return answer


def _problem(request: Request, error: Exception) -> Problem:
    """What is wrong, in the reader's language; what is no refusal is raised again."""
    language = look_of(request).language
    if isinstance(error, RequestValidationError):
        return validation_problem(error.errors(), language)
    if isinstance(error, HTTPException):
        return problem_of(refusal_by_status(request, error), language)
    if not isinstance(error, CodedError | CalibrationError):
        raise error
    return problem_of(error, language)


def _allowed(error: Exception) -> Mapping[str, str]:
    """Which methods are answered, where another one was asked (RFC 9110, 15.5.6)."""
    if not isinstance(error, HTTPException) or error.status_code != 405:
        return {}
    return {"Allow": (error.headers or {}).get("Allow", "GET")}
