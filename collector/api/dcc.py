"""A laboratory's DCC over HTTP: what it says, before anything is taken from it."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from calibration.measurand import KindOfQuantity
from collector.api.answer import json_answer
from collector.api.asked import Asked
from collector.api.parts import Here
from collector.api.schema import PROBLEMS, ref
from collector.api.security import Asker
from collector.dcc_reading import DccRead, asked_at, read_with_limits

_XML: Final = "application/xml"
router: Final = APIRouter(prefix="/api/v1/certificates", tags=["certificates"])


class DccGiven(Asked):
    """What the document does not say itself."""

    item: str = Field(
        "", max_length=200, description="Serial number, where several were calibrated."
    )
    kind: KindOfQuantity | None = Field(None, description="Of quantity, where a unit has several.")
    prefer: Literal["en", "zh"] = Field("en", description="Language of texts that are taken.")


@router.post(
    "/dcc",
    response_model=None,
    responses={
        200: {
            "description": "What the document says, and what must be weighed.",
            "content": {"application/json": {"schema": ref(DccRead)}},
        },
        **PROBLEMS,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_XML: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def certificate_of_dcc(
    request: Request,
    given: Annotated[DccGiven, Query()],
    parts: Here,
    reader: Asker,  # noqa: ARG001 - asks for the right
) -> Response:
    """Reads a digital calibration certificate (PTB's DCC); the body is its exact bytes.

    Nothing is kept. `toml` is the file for the agent's folder of certificates, once the findings
    are weighed; hand the document itself in at /api/v1/originals.
    """
    asked = asked_at(parts.clock.now_ns(), given.item, given.kind, given.prefer)
    read = await run_in_threadpool(read_with_limits, await request.body(), asked)
    return json_answer(request, read)
