"""The JSON Schemas of a leaf, for whoever reads logs; what is shipped is this module's output."""

import json
from typing import Any, Final

import msgspec

from evidence.log.leaf import Leaf

SCHEMA_ID: Final = "urn:carbonmeter:schema:batch-v1"
SCHEMA_ID_2: Final = "urn:carbonmeter:schema:batch-v2"
_KINDS: Final = {"batch/1": "batch/2", "document/1": "document/2"}


def batch_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of a leaf's JSON: a batch or a document, version 1."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "carbonmeter log leaf, version 1: a batch of results or a document",
        **msgspec.json.schema(Leaf),
    }


def batch_schema_2() -> dict[str, object]:
    """JSON Schema of a leaf of version 2: the same fields, and the blind.

    In which lines they stand no schema can say.
    """
    schema: dict[str, Any] = batch_schema()
    schema |= {"$id": SCHEMA_ID_2, "title": str(schema["title"]).replace("1", "2")}
    mapping = schema["discriminator"]["mapping"]
    schema["discriminator"]["mapping"] = {_KINDS[kind]: mapping[kind] for kind in mapping}
    for name in ("Batch", "Document"):
        of = schema["$defs"][name]
        kind = of["properties"]["carbonmeter"]
        of["properties"] = {
            "carbonmeter": {**kind, "enum": [_KINDS[each] for each in kind["enum"]]},
            "blind": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            **{key: each for key, each in of["properties"].items() if key != "carbonmeter"},
        }
        of["required"] = [of["required"][0], "blind", *of["required"][1:]]
    return schema


def batch_schema_text() -> str:
    """The schema as the text of `batch-v1.schema.json`."""
    return _text(batch_schema())


def batch_schema_2_text() -> str:
    """The schema as the text of `batch-v2.schema.json`."""
    return _text(batch_schema_2())


def _text(schema: dict[str, object]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
