"""JSON Schemas of what is answered, from the frozen types themselves."""

from typing import Any, Final

import msgspec

from collector.api.problem import MEDIA_TYPE, Problem

_TEMPLATE: Final = "#/components/schemas/{name}"


def ref(kind: type) -> dict[str, Any]:
    """A reference to the schema of a type."""
    return {"$ref": _TEMPLATE.format(name=kind.__name__)}


def list_of(kind: type) -> dict[str, Any]:
    """The schema of a JSON array of a type."""
    return {"type": "array", "items": ref(kind)}


def answers(
    schema: dict[str, Any], description: str, media_type: str = "application/json"
) -> dict[str, Any]:
    """What a route says of its answers: this one, 304, and problems."""
    return described({media_type: {"schema": schema}}, description)


def described(content: dict[str, Any], description: str) -> dict[str, Any]:
    """The same of an answer that has a schema for each of several media types."""
    return {
        "response_model": None,
        "responses": {
            200: {"description": description, "content": content},
            304: {"description": "What If-None-Match names is still current."},
            **PROBLEMS,
        },
    }


def made(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """What a route that enters something says of its answers: 201, and problems."""
    content = {"application/json": {"schema": schema}}
    return {
        "response_model": None,
        "responses": {201: {"description": description, "content": content}, **PROBLEMS},
    }


PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "A problem (RFC 9457); its `code` is stable.",
        "content": {MEDIA_TYPE: {"schema": ref(Problem)}},
    }
}


def components(kinds: tuple[type, ...]) -> dict[str, Any]:
    """The schemas of these types, and of all that they are made of, by name."""
    _, found = msgspec.json.schema_components(kinds, ref_template=_TEMPLATE)
    return dict(found)
