"""The JSON Schema of a leaf, for whoever reads logs; the shipped file is this function's output."""

import json
from typing import Final

import msgspec

from evidence.log.leaf import Leaf

SCHEMA_ID: Final = "urn:carbonmeter:schema:batch-v1"


def batch_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of a leaf's JSON: a batch or a document, version 1."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "carbonmeter log leaf, version 1: a batch of results or a document",
        **msgspec.json.schema(Leaf),
    }


def batch_schema_text() -> str:
    """The schema as the text of `batch-v1.schema.json`."""
    return json.dumps(batch_schema(), indent=2, ensure_ascii=False) + "\n"
