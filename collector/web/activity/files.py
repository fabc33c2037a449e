"""Files of activity data, asked for with a form: the file, or the form again and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from calibration.errors import CalibrationError
from collector.api.acting import Acting
from collector.api.exports import ExportAsked, Format, activity_export
from collector.api.listed import MAX_NAMES
from collector.api.parts import Here, Parts
from collector.api.period import By
from collector.api.problem import Problem, problem_of, validation_problem
from collector.api.refusal import QueryError
from collector.api.security import Asker, Reader
from collector.api.streams import Sending
from collector.web.look import look_of
from collector.web.refused import wants_page
from collector.web.render import page
from evidence.errors import CodedError, Words

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
_ASKED: Final = (
    "channel",
    "channels",
    "start",
    "end",
    "by",
    "tz",
    "as_of",
    "under_plan",
    "format",
    "samples",
    "seed",
    "data_schema",
)
_LABELS: Final[Mapping[str, str]] = {
    "channel": "activity.channel",
    "channels": "activity.channels",
    "start": "activity.from",
    "end": "activity.until",
    "by": "activity.divided",
    "as_of": "activity.known_at",
    "under_plan": "activity.plans",
    "format": "activity.format",
    "samples": "activity.samples",
    "data_schema": "activity.data_schema",
}
"""What the form calls a parameter."""
_RANGE: Final = ("start", "end", "by", "as_of")
_WRONG: Final = (CodedError, CalibrationError, RequestValidationError)
Wrong = CodedError | CalibrationError | RequestValidationError


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """What the form of a file shows.

    Attributes:
        channels: That are offered.
        start, end, tz, by, as_of: Of the range.
        format: Of the file; "" for the first one.
        data_schema, samples: As they were filled in.
        under_plan: Whether statements say what is under a plan.
    """

    channels: tuple[str, ...]
    start: str
    end: str
    tz: str
    by: str
    as_of: str = ""
    format: str = ""
    data_schema: str = ""
    samples: str = ""
    under_plan: bool = False


@router.get("/activity/download", response_model=None)
def activity_download(
    request: Request, parts: Here, acts: Acting, reader: Asker, sending: Sending
) -> Response:
    """A file, as programs get it; what a form leaves empty is as if not said."""
    given = _given(request.query_params)
    try:
        return activity_export(request, _asked(given), parts, acts, reader, sending)
    except _WRONG as wrong:
        if not wants_page(request):
            raise
        return _again(request, parts, reader, given, wrong)


def _given(query: Mapping[str, str]) -> dict[str, str]:
    given = {
        name: text for name in _ASKED if (text := query.get(name, "").strip()[: MAX_NAMES + 1])
    }
    if "," in given.get("channel", ""):
        given["channels"] = given.pop("channel")
    return given


def _asked(given: Mapping[str, str]) -> ExportAsked:
    """The question that a form puts.

    Raises:
        RequestValidationError: it is none.
    """
    try:
        return ExportAsked.model_validate(given)
    except ValidationError as wrong:
        found = [{**each, "loc": ("query", *each["loc"])} for each in wrong.errors()]
        raise RequestValidationError(found) from None


def _again(
    request: Request, parts: Parts, reader: Reader, given: Mapping[str, str], wrong: Wrong
) -> Response:
    look = look_of(request)
    problem = _problem(wrong, look.language)
    form = _form(given, look.zone.key)
    back = {name: given[name] for name in _RANGE if name in given}
    facts = {
        "title": "activity.files",
        "problem": problem,
        "said": _said(wrong, problem, look.language),
        "labels": _LABELS,
        "asked": form,
        "back": {"channels": ",".join(form.channels), **back} if form.channels else {},
        "by_all": [each.value for each in By],
        "formats": [each.value for each in Format],
    }
    return page(request, parts, reader, "activity_download.html", facts, status=problem.status)


def _problem(wrong: Wrong, language: str) -> Problem:
    if isinstance(wrong, RequestValidationError):
        return validation_problem(wrong.errors(), language)
    return problem_of(wrong, language)


def _said(wrong: Wrong, problem: Problem, language: str) -> list[tuple[str, str]]:
    """What is wrong with which field; a person is told of fields, not of addresses."""
    if problem.errors:
        return [(_field(each.where), each.detail) for each in problem.errors]
    what = wrong.facts.get("what") if isinstance(wrong, QueryError) else None
    if isinstance(what, Words):
        return [(_field(problem.where), what.zh if language == "zh" else what.en)]
    return [(_field(problem.where), problem.detail)]


def _field(where: str) -> str:
    return where.removeprefix("query ")


def _form(given: Mapping[str, str], zone: str) -> FileForm:
    names = given.get("channels", given.get("channel", "")).split(",")
    return FileForm(
        channels=tuple(dict.fromkeys(each for each in names if each)),
        start=given.get("start", ""),
        end=given.get("end", ""),
        tz=given.get("tz", zone),
        by=given.get("by", By.TOTAL.value),
        as_of=given.get("as_of", ""),
        format=given.get("format", ""),
        data_schema=given.get("data_schema", ""),
        samples=given.get("samples", ""),
        under_plan=given.get("under_plan") == "true",
    )
