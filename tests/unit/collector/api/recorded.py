"""Records that are asked for, held against their schema, their digest and their own rules."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema

from collector.record_section import RecordSection
from evidence.statement.record.compose import record_schema
from tests.unit.collector.api.plant import (
    Asked,
    Plant,
    served,
)

WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"
DAY = "start=2026-03-30&end=2026-03-31"
BASE = "/api/v1/activity-data"
GROUPS = [
    "identity",
    "organisation",
    "quantity",
    "method",
    "uncertainty",
    "completeness",
    "substitution",
    "quality",
    "instruments",
    "rating",
    "corroboration",
    "verification",
    "digests",
    "redaction",
    "limitations",
]


def datum_of(asked: Asked, channel: str, query: str = WHOLE) -> dict[str, Any]:
    (found,) = asked.get(f"{BASE}?channel={channel}&{query}").json()
    assert isinstance(found, dict)
    return found


def record_of(asked: Asked, digest: str) -> dict[str, Any]:
    answer = asked.get(f"{BASE}/{digest}/record")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    bare = {name: each for name, each in found.items() if name != "digest"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert found["digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert answer.headers["ETag"] == f'"{found["digest"]}"'
    jsonschema.validate(found, record_schema())
    assert list(found) == ["schema", *GROUPS, "digest"]
    assert_nothing_is_null_without_a_reason(found)
    return found


def asking(plant: Plant, section: RecordSection | None = None) -> Iterator[Asked]:
    parts = replace(plant.parts(), declared=section or RecordSection())
    yield served(parts)
    parts.sources.close()


def assert_nothing_is_null_without_a_reason(part: object) -> None:
    if isinstance(part, dict):
        nulls = {name for name, each in part.items() if each is None}
        assert nulls == set(part.get("absent", ())), part
        for each in part.values():
            assert_nothing_is_null_without_a_reason(each)
    if isinstance(part, list):
        for each in part:
            assert each is not None
            assert_nothing_is_null_without_a_reason(each)
