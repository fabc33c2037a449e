"""Answers: JSON of frozen types, with an ETag, and 304 to whoever has it already."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

import msgspec
from fastapi import Request, Response

from calibration.errors import CalibrationError
from collector.api.language import language_of
from collector.api.problem import MEDIA_TYPE, Problem, problem_of
from collector.api.refusal import RateError
from collector.api.stream_errors import StreamsError, StreamsFullError
from evidence.errors import CodedError

IMMUTABLE: Final = "private, max-age=31536000, immutable"
REVALIDATE: Final = "private, no-cache"
_TAGS: Final = re.compile(r'(?:W/)?"([^"]*)"')


def json_answer(
    request: Request, body: object, headers: Mapping[str, str] | None = None
) -> Response:
    """200 with `body` as JSON and the digest of its bytes as ETag."""
    data = msgspec.json.encode(body)
    tag = hashlib.sha256(data).hexdigest()
    return tagged(request, data, tag, {"Cache-Control": REVALIDATE, **(headers or {})})


def made_answer(body: object) -> Response:
    """201 with `body` as JSON: something was entered."""
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), 201, media_type="application/json", headers=headers)


def tagged(
    request: Request,
    data: bytes,
    tag: str,
    headers: Mapping[str, str],
    media_type: str = "application/json",
) -> Response:
    """200 with `data`, or 304 if If-None-Match names `tag` (RFC 9110, 13.1.2)."""
    named = {"ETag": f'"{tag}"', **headers}
    asked = request.headers.get("if-none-match", "")
    if asked.strip() == "*" or tag in _TAGS.findall(asked):
        return Response(status_code=304, headers=named)
    return Response(data, media_type=media_type, headers=named)


def problem_answer(
    request: Request, problem: Problem, headers: Mapping[str, str] | None = None
) -> Response:
    """A problem as application/problem+json."""
    named = {"Content-Language": asked_language(request), "Vary": "Accept-Language"}
    if problem.status == 401:
        named["WWW-Authenticate"] = 'Bearer realm="carbonmeter"'
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={**named, **(headers or {})},
    )


def refusal_answer(request: Request, error: CodedError | CalibrationError) -> Response:
    """An error as a problem in the language that was asked for, and when to come again."""
    problem = problem_of(error, asked_language(request))
    return problem_answer(request, problem, to_come_again(error))


def to_come_again(error: Exception) -> dict[str, str]:
    """The header that says when to ask again, of an error that passes by itself."""
    if isinstance(error, RateError | StreamsError | StreamsFullError):
        return {"Retry-After": str(error.facts["wait_s"])}
    return {}


def asked_language(request: Request) -> str:
    """The language of the answer to a request."""
    accepted = request.headers.get("accept-language", "")
    return language_of(request.query_params.get("lang"), accepted)
