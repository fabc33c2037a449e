"""Bodies of requests: of a stated kind, and each key of their JSON once."""

from typing import Annotated, Any, Final, TypeVar

import msgspec
from fastapi import Depends, Request, Response

from calibration.errors import CalibrationError
from collector.api.refusal import BodyJsonError, MediaTypeError
from evidence.errors import CodedError, LeafError, Words
from evidence.log.keys_once import require_keys_once

JSON: Final = "application/json"
CSV: Final = "text/csv"
T = TypeVar("T")


async def body_of(request: Request) -> bytes:
    """The body; its size was limited before."""
    return await request.body()


Body = Annotated[bytes, Depends(body_of)]


def media_type(request: Request, *taken: str) -> str:
    """The kind of body that a request brings.

    Raises:
        MediaTypeError: it is none that is taken.
    """
    named = request.headers.get("content-type", "")
    kind = named.partition(";")[0].strip().lower()
    if kind not in taken:
        raise MediaTypeError("content-type", found=named[:64], limit=", ".join(taken))
    return kind


def json_body(data: bytes, kind: type[T]) -> T:
    """What a body of JSON says.

    Raises:
        BodyJsonError: it is not JSON of that form, or names a key twice.
        CodedError, CalibrationError: a value in it cannot be.
    """
    try:
        found = msgspec.json.decode(data, type=kind)
        require_keys_once(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise BodyJsonError("body", what=str(cause)[:300]) from None
    except LeafError as cause:
        what = cause.facts.get("what", "")
        raise BodyJsonError("body", what=what) from None
    except (CodedError, CalibrationError):
        raise
    except ValueError as cause:  # a number that no double holds
        raise BodyJsonError("body", what=Words(str(cause)[:300], str(cause)[:300])) from None
    return found


def written(body: object) -> Response:
    """201 with what became of it."""
    return Response(msgspec.json.encode(body), status_code=201, media_type=JSON)


def takes(*kinds: tuple[str, type | None]) -> dict[str, Any]:
    """What a route says of the bodies that it takes: media types, and the schema of their JSON."""
    content: dict[str, Any] = {}
    for name, kind in kinds:
        schema: dict[str, Any] = {"type": "string"}
        if kind is not None:
            schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
        content[name] = {"schema": schema}
    return {"requestBody": {"required": True, "content": content}}
