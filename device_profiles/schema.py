"""The JSON Schema of a profile, for editors; the shipped file is this function's output."""

import json

import msgspec

from device_profiles.dialects import DIALECTS

SCHEMA_ID = "urn:carbonmeter:schema:profile-v1"


def profile_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of a device profile, version 1: of one of the protocols."""
    kinds = [dialect.profile for dialect in DIALECTS.values()]
    shapes, parts = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "carbonmeter device profile, version 1",
        "anyOf": list(shapes),
        "$defs": parts,
    }


def profile_schema_text() -> str:
    """The schema as the text of `profile-v1.schema.json`."""
    return json.dumps(profile_schema(), indent=2, ensure_ascii=False) + "\n"
