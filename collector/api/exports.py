"""Activity data as files: the same question as the list, in the forms that programs take."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.acting import Acting
from collector.api.answer import REVALIDATE, json_answer, tagged
from collector.api.asked import Plain
from collector.api.exports_parquet import statements_parquet
from collector.api.listed import ActivityAsked, Listed, listed
from collector.api.parts import Here
from collector.api.refusal import QueryError
from collector.api.schema import answers, described, ref
from collector.api.security import Asker
from evidence.clock import NS_PER_S
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.exports.brightway import BrightwayFile, Shape, brightway_file
from evidence.statement.exports.csv_table import MEDIA_TYPE, components_csv, statements_csv
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
class _Writer:
    """How a form is written, and which parameters of its own it takes."""

    media_type: str
    ending: str
    write: Callable[[Sequence[ActivityData], ExportAsked], bytes]
    takes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


def _brightway(shape: Shape) -> _Writer:
    def write(data: Sequence[ActivityData], asked: ExportAsked) -> bytes:
        return msgspec.json.encode(
            brightway_file(data, shape, samples=asked.samples, seed=asked.seed)
        )

    ending = "brightway.json" if shape == "normal" else "brightway-lognormal.json"
    takes = frozenset({"samples", "seed"})
    return _Writer(media_type=JSON, ending=ending, write=write, takes=takes)


def _pact(data: Sequence[ActivityData], asked: ExportAsked) -> bytes:
    return msgspec.json.encode(extension(data, asked.data_schema or ""))


_WRITERS: Final[Mapping[Format, _Writer]] = {
    Format.CSV: _Writer(
        media_type=MEDIA_TYPE, ending="csv", write=lambda data, _: statements_csv(data)
    ),
    Format.COMPONENTS_CSV: _Writer(
        media_type=MEDIA_TYPE, ending="components.csv", write=lambda data, _: components_csv(data)
    ),
    Format.PARQUET: _Writer(
        media_type=PARQUET, ending="parquet", write=lambda data, _: statements_parquet(data)
    ),
    Format.BRIGHTWAY: _brightway("normal"),
    Format.BRIGHTWAY_LOGNORMAL: _brightway("lognormal"),
    Format.PACT: _Writer(
        media_type=JSON,
        ending="pact.json",
        write=_pact,
        takes=frozenset({"data_schema"}),
        needs=frozenset({"data_schema"}),
    ),
}
_OWN: Final = frozenset().union(*(each.takes for each in _WRITERS.values()))
_TEXT: Final = {"schema": {"type": "string"}}
_ANSWERED: Final[dict[str, Any]] = {
    JSON: {"schema": {"oneOf": [ref(BrightwayFile), ref(DataModelExtension)]}},
    "text/csv": _TEXT,
    PARQUET: {"schema": {"type": "string", "contentMediaType": PARQUET}},
}


@router.get("", **described(_ANSWERED, "The file, by `format`."))
def activity_export(
    request: Request,
    asked: Annotated[ExportAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """Activity data of a range as a file; every row has the digest of its statement."""
    writer = _WRITERS[asked.format]
    _require_own(asked, writer)
    found = listed(asked, parts, acts, reader)
    data = writer.write(found.data, asked)
    sha256 = hashlib.sha256(data)
    headers = {
        **found.headers,
        "Cache-Control": REVALIDATE,
        "Content-Disposition": f'attachment; filename="{file_name(asked, found, writer.ending)}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(sha256.digest()).decode('ascii')}:",
        STATEMENTS: str(len(found.data)),
    }
    return tagged(request, data, sha256.hexdigest(), headers, writer.media_type)


@router.get(
    "/pact-schema",
    **answers({"type": "object"}, "JSON Schema of the `data` of the PACT extension, to publish."),
)
def activity_pact_schema(request: Request, asked: Plain, reader: Asker) -> Response:  # noqa: ARG001 - refuses unknown parameters
    """The schema that `data_schema` is to lead to."""
    return json_answer(request, extension_schema())


def file_name(asked: ExportAsked, found: Listed, ending: str) -> str:
    """A name for the file, of plain letters and digits: channel, days in the zone, periods."""
    several = None if asked.channels is None else f"{asked.channels.count(',') + 1}-channels"
    named = asked.channel or several or "all"
    channel = _NOT_IN_NAMES.sub("-", named).strip("-")[:_LONGEST_NAME]
    first, last = (
        datetime.fromtimestamp(at_ns // NS_PER_S, tz=found.zone).strftime("%Y%m%d")
        for at_ns in (found.start_ns, found.end_ns)
    )
    parts = ("activity-data", channel, first, last, asked.by.value)
    return "_".join(part for part in parts if part) + f".{ending}"


def _require_own(asked: ExportAsked, writer: _Writer) -> None:
    """Returns if the parameters are those of the form.

    Raises:
        QueryError: one is of another form, or one that the form needs is missing.
    """
    given = asked.model_fields_set & _OWN
    for name in sorted(given - writer.takes):
        other = f"format={asked.format.value}"
        what = Words(f"{other} has no such parameter", f"{other} 没有该参数")
        raise QueryError(f"query {name}", what=what)
    for name in sorted(writer.needs - given):
        what = Words("this format needs it", "该格式需要此参数")
        raise QueryError(f"query {name}", what=what)
