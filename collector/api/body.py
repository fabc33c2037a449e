"""Bodies that are taken: JSON of a frozen type, which no two readers can read otherwise."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec
from fastapi import Request

from collector.api.refusal import JsonBodyError, MediaTypeError
from collector.api.schema import ref
from evidence.errors import LeafError
from evidence.log.keys_once import require_keys_once

JSON: Final = "application/json"
T = TypeVar("T", bound=msgspec.Struct)


def taking(kind: type) -> dict[str, Any]:
    """What a route says of the body it takes, for `openapi_extra`."""
    return {"requestBody": {"required": True, "content": {JSON: {"schema": ref(kind)}}}}


def json_body(kind: type[T]) -> Callable[[Request], Awaitable[T]]:
    """The dependency that gives a request's body as `kind`; its size is limited by the guard.

    It raises MediaTypeError if the body is not called application/json, and JsonBodyError if it
    is not one JSON text in UTF-8 that `kind` can be made of, each key once.
    """

    async def found(request: Request) -> T:
        named = request.headers.get("content-type", "")
        if named.partition(";")[0].strip().lower() != JSON:
            raise MediaTypeError("content-type", found=named[:100] or "-", limit=JSON)
        return decode_body(await request.body(), kind)

    return found


def decode_body(data: bytes, kind: type[T]) -> T:
    """The body as `kind`.

    Raises:
        JsonBodyError: it is none.
    """
    try:
        require_keys_once(data)
        return msgspec.json.decode(data, type=kind)
    except LeafError as wrong:
        raise JsonBodyError("body", what=wrong.facts["what"]) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise JsonBodyError("body", what=str(wrong)) from wrong
