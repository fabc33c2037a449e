"""Activity data as files: the same question as the list, in the forms that programs take."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.acting import Acting
from collector.api.answer import json_answer
from collector.api.asked import Plain
from collector.api.listed import ZONE, ActivityAsked, boundary_headers
from collector.api.parts import Here
from collector.api.portions import MAX_STREAMED, Streaming, streaming
from collector.api.refusal import QueryError
from collector.api.row_forms import ROWS, Rows
from collector.api.schema import answers, described, list_of, ref
from collector.api.security import Asker
from collector.api.statement import MAX_STATEMENTS
from collector.api.streamed import streamed, whole
from collector.api.streams import Sending
from evidence.clock import NS_PER_S
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.exports.brightway import BrightwayFile, Shape, brightway_file
from evidence.statement.exports.csv_table import MEDIA_TYPE
from evidence.statement.exports.json_lines import MEDIA_TYPE as JSON_LINES
from evidence.statement.exports.pact import (
    HTTPS,
    DataModelExtension,
    extension,
    extension_schema,
)
from evidence.statement.exports.samples import LARGEST_SEED, MOST_VALUES

STATEMENTS: Final = "Carbonmeter-Statements"
JSON: Final = "application/json"
PARQUET: Final = "application/vnd.apache.parquet"
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_NAME: Final = 60
router: Final = APIRouter(prefix="/api/v1/activity-data/export", tags=["activity data"])


class Format(StrEnum):
    """The forms of a file."""

    CSV = "csv"
    COMPONENTS_CSV = "components-csv"
    JSON = "json"
    JSON_LINES = "json-lines"
    PARQUET = "parquet"
    BRIGHTWAY = "brightway"
    BRIGHTWAY_LOGNORMAL = "brightway-lognormal"
    PACT = "pact"


class ExportAsked(ActivityAsked):
    """Which activity data, and in which form."""

    format: Format = Field(description="The form of the file.")
    samples: int = Field(
        0, ge=0, le=MOST_VALUES, description="Joint draws for each row, for Brightway; 0: none."
    )
    seed: int = Field(0, ge=0, le=LARGEST_SEED, description="Of the draws.")
    data_schema: str | None = Field(
        None,
        pattern=HTTPS,
        description="For PACT, which needs it: where the schema of the extension is published.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a form is written, and which parameters of its own it takes.

    Attributes:
        write: All of it at once; None for rows, which are written as they come.
    """

    media_type: str
    ending: str
    write: Callable[[Sequence[ActivityData], ExportAsked], bytes] | None = None
    takes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()

    @property
    def most(self) -> int:
        """Statements of one file."""
        return MAX_STREAMED if self.write is None else MAX_STATEMENTS


def _brightway(shape: Shape) -> _Form:
    def write(data: Sequence[ActivityData], asked: ExportAsked) -> bytes:
        return msgspec.json.encode(
            brightway_file(data, shape, samples=asked.samples, seed=asked.seed)
        )

    ending = "brightway.json" if shape == "normal" else "brightway-lognormal.json"
    takes = frozenset({"samples", "seed"})
    return _Form(media_type=JSON, ending=ending, write=write, takes=takes)


def _pact(data: Sequence[ActivityData], asked: ExportAsked) -> bytes:
    return msgspec.json.encode(extension(data, asked.data_schema or ""))


_FORMS: Final[Mapping[Format, _Form]] = {
    Format.CSV: _Form(media_type=MEDIA_TYPE, ending="csv"),
    Format.COMPONENTS_CSV: _Form(media_type=MEDIA_TYPE, ending="components.csv"),
    Format.JSON: _Form(media_type=JSON, ending="json"),
    Format.JSON_LINES: _Form(media_type=JSON_LINES, ending="jsonl"),
    Format.PARQUET: _Form(media_type=PARQUET, ending="parquet"),
    Format.BRIGHTWAY: _brightway("normal"),
    Format.BRIGHTWAY_LOGNORMAL: _brightway("lognormal"),
    Format.PACT: _Form(
        media_type=JSON,
        ending="pact.json",
        write=_pact,
        takes=frozenset({"data_schema"}),
        needs=frozenset({"data_schema"}),
    ),
}
_OWN: Final = frozenset().union(*(each.takes for each in _FORMS.values()))
_TEXT: Final = {"schema": {"type": "string"}}
_ANSWERED: Final[dict[str, Any]] = {
    JSON: {
        "schema": {"oneOf": [ref(BrightwayFile), ref(DataModelExtension), list_of(ActivityData)]}
    },
    "text/csv": _TEXT,
    JSON_LINES: _TEXT,
    PARQUET: {"schema": {"type": "string", "contentMediaType": PARQUET}},
}


@router.get("", **described(_ANSWERED, "The file, by `format`."))
def activity_export(
    request: Request,
    asked: Annotated[ExportAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
    sending: Sending,
) -> Response:
    """Activity data of a range as a file; every row has the digest of its statement.

    A file of more than 2,000 rows is sent in chunks as it is made. Nobody knows its digest then,
    and where something goes wrong it has no last chunk. So many are sent at a time.
    """
    form = _FORMS[asked.format]
    _require_own(asked, form)
    told = streaming(asked, parts, acts, reader, form.most)
    headers = {
        ZONE: told.zone.key,
        **boundary_headers(told.boundary),
        "Content-Disposition": f'attachment; filename="{file_name(asked, told, form.ending)}"',
    }

    if form.write is None and told.most > MAX_STATEMENTS:
        made = _by_rows(told, ROWS[asked.format]())
        return streamed(sending.take(reader), made, form.media_type, headers)
    data = _at_once(told, form, asked)
    known = {**told.headers(), STATEMENTS: str(told.statements)}
    return whole(request, data, form.media_type, {**headers, **known})


def _at_once(told: Streaming, form: _Form, asked: ExportAsked) -> bytes:
    if form.write is None:
        return b"".join(_by_rows(told, ROWS[asked.format]()))
    data = [each for portion in told.portions() for each in portion]
    if asked.samples:
        told.require_one_thing(data)
    return form.write(data, asked)


def _by_rows(told: Streaming, file: Rows) -> Iterator[bytes]:
    begin = file.begin()
    for portion in told.portions():
        yield begin + file.rows(portion)
        begin = b""
    yield begin + file.end(told.end())


@router.get(
    "/pact-schema",
    **answers({"type": "object"}, "JSON Schema of the `data` of the PACT extension, to publish."),
)
def activity_pact_schema(request: Request, asked: Plain, reader: Asker) -> Response:  # noqa: ARG001 - refuses unknown parameters
    """The schema that `data_schema` is to lead to."""
    return json_answer(request, extension_schema())


def file_name(asked: ExportAsked, told: Streaming, ending: str) -> str:
    """A name for the file, of plain letters and digits: channel, days in the zone, periods."""
    several = None if asked.channels is None else f"{asked.channels.count(',') + 1}-channels"
    named = asked.channel or several or asked.boundary or "all"
    channel = _NOT_IN_NAMES.sub("-", named).strip("-")[:_LONGEST_NAME]
    first, last = (
        datetime.fromtimestamp(at_ns // NS_PER_S, tz=told.zone).strftime("%Y%m%d")
        for at_ns in told.whole
    )
    parts = ("activity-data", channel, first, last, asked.by.value)
    return "_".join(part for part in parts if part) + f".{ending}"


def _require_own(asked: ExportAsked, form: _Form) -> None:
    """Returns if the parameters are those of the form.

    Raises:
        QueryError: one is of another form, or one that the form needs is missing.
    """
    given = asked.model_fields_set & _OWN
    for name in sorted(given - form.takes):
        other = f"format={asked.format.value}"
        what = Words(f"{other} has no such parameter", f"{other} 没有该参数")
        raise QueryError(f"query {name}", what=what)
    for name in sorted(form.needs - given):
        what = Words("this format needs it", "该格式需要此参数")
        raise QueryError(f"query {name}", what=what)
