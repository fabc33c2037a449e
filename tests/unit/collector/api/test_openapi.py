"""The description lists every address, is OpenAPI 3.1, and fits what is answered."""

from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi.openapi.models import OpenAPI

from collector.api.error_page import markdown
from collector.api.exposition import NAME
from tests.unit.collector.agent_log import EPOCH
from tests.unit.collector.api.plant import LINE_1, LINE_2, MILL, Asked, Plant, served

ROOT = Path(__file__).resolve().parents[4]
WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"
MONITORED = "/api/v1/monitored-data"
"""Its answer is compared with its schema where there is a plan."""
EXPORT = "/api/v1/activity-data/export"
"""Its files are compared with their schemas where they are tested."""
PATHS = {
    "/api/v1/activity-data": f"?{WHOLE}&by=day",
    "/api/v1/activity-data/combined": f"?channels={LINE_1},{LINE_2}&{WHOLE}",
    "/api/v1/activity-data/corroboration": f"?measured={LINE_1}&calculated={LINE_2}&{WHOLE}",
    "/api/v1/activity-data/ratio": f"?numerator={LINE_1}&denominator={LINE_2}&{WHOLE}",
    "/api/v1/activity-data/touched": "?certificate=E-1",
    "/api/v1/activity-data/locked": "?compare=true",
    "/api/v1/activity-data/{digest}/difference": "",
    "/api/v1/activity-data/{digest}/record": "",
    "/api/v1/activity-data/{digest}/lock": "",
    "/api/v1/activity-data/{digest}/release": "",
    "/api/v1/activity-data/{digest}/unlock": "",
    "/api/v1/entries": "",
    "/api/v1/entries/{entry}/correction": "",
    "/api/v1/boundaries": "",
    "/api/v1/boundaries/{site}/{name}": "",
    "/api/v1/boundaries/{site}/{name}/withdrawal": "",
    "/api/v1/declarations": "",
    "/api/v1/declarations/withdrawal": "",
    EXPORT: "",
    "/api/v1/activity-data/export/pact-schema": "",
    "/api/v1/activity-data/{digest}": "",
    MONITORED: "",
    "/api/v1/readings": f"?channel={LINE_1}&{WHOLE}&limit=200",
    "/api/v1/channels": "",
    "/api/v1/agents": "",
    "/api/v1/heads": f"?agent=gw-1&epoch={EPOCH}&since=3",
    "/api/v1/journal": "",
    "/api/v1/journal/head": "?since=0",
    "/api/v1/journal/{position}": "",
    "/api/v1/ledger/consistency": "?old=3&new=9",
    "/api/v1/certificates": "",
    "/api/v1/documents/{sha256}": "",
    "/api/v1/certificates/dcc": "",
    "/api/v1/originals": "",
    "/api/v1/originals/{sha256}": "",
    "/api/v1/register/instruments": "",
    "/api/v1/register/instruments.csv": "",
    "/api/v1/register/instruments.xlsx": "",
    "/api/v1/register/chain": "?certificate=E-1",
    "/api/v1/register/rests-on": "?id=std:SDIM/E-17",
    "/api/v1/audit": f"?channel={LINE_1}&start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z",
    "/api/v1/quarantine": "",
    "/api/v1/alarms": "",
    "/api/v1/quarantine/releases": "",
    "/api/v1/enrolment": "",
    "/healthz": "",
    "/readyz": "",
    "/metrics": "",
    "/docs/errors": "",
}
WRITTEN = {
    "/api/v1/quarantine/releases": {"post"},
    "/api/v1/activity-data/{digest}/lock": {"post"},
    "/api/v1/activity-data/{digest}/release": {"post"},
    "/api/v1/activity-data/{digest}/unlock": {"post"},
    "/api/v1/entries": {"get", "post"},
    "/api/v1/entries/{entry}/correction": {"post"},
    "/api/v1/boundaries": {"get", "post"},
    "/api/v1/boundaries/{site}/{name}/withdrawal": {"post"},
    "/api/v1/declarations": {"get", "post"},
    "/api/v1/declarations/withdrawal": {"post"},
    "/api/v1/certificates/dcc": {"post"},
    "/api/v1/originals": {"get", "post"},
    "/api/v1/enrolment": {"post"},
}
"""Addresses that are not asked with GET."""
ANSWERED_AS_JSON = [
    path
    for path in PATHS
    if path.startswith("/api")
    and not {"{", "."} & set(path)
    and path not in (MONITORED, EXPORT, *WRITTEN)
]


def described(asked: Asked) -> dict[str, Any]:
    answer = asked.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [each for value in part.values() for each in references(value)]
    if isinstance(part, list):
        return [each for value in part for each in references(value)]
    return []


def schema_of(document: dict[str, Any], path: str, status: str = "200") -> dict[str, Any]:
    content = document["paths"][path]["get"]["responses"][status]["content"]
    (media,) = content.values()
    return {**media["schema"], "components": document["components"]}


def test_the_description_is_openapi_and_lists_every_address(asked: Asked) -> None:
    document = described(asked)
    assert document["openapi"].startswith("3.1")
    OpenAPI.model_validate(document)
    assert set(document["paths"]) == set(PATHS)
    methods = {path: set(operations) for path, operations in document["paths"].items()}
    assert {path: found for path, found in methods.items() if found != {"get"}} == WRITTEN


def test_every_reference_in_the_description_leads_somewhere(asked: Asked) -> None:
    document = described(asked)
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= names
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_operation_has_its_own_name_and_says_how_problems_look(asked: Asked) -> None:
    paths = described(asked)["paths"].values()
    operations = [each for operations in paths for each in operations.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for each in operations:
        problems = each["responses"]["default"]["content"]
        assert list(problems) == ["application/problem+json"]
        assert "HTTPValidationError" not in str(each)


def test_protected_addresses_say_that_they_take_a_token(asked: Asked) -> None:
    document = described(asked)
    assert list(document["components"]["securitySchemes"]) == ["HTTPBearer"]
    for path, operations in document["paths"].items():
        open_to_all = path in ("/healthz", "/readyz", "/docs/errors", "/api/v1/enrolment")
        assert all(("security" in each) != open_to_all for each in operations.values())


@pytest.fixture(scope="module")
def document(plant: Plant) -> dict[str, Any]:
    """The description, which takes a tenth of a second to make."""
    parts = plant.parts()
    found = described(served(parts))
    parts.sources.close()
    return found


@pytest.mark.parametrize("path", ANSWERED_AS_JSON)
def test_what_is_answered_fits_its_schema(
    asked: Asked, document: dict[str, Any], path: str
) -> None:
    answer = asked.get(path + PATHS[path])
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), schema_of(document, path))


@pytest.mark.parametrize(
    "answer_to",
    [f"/api/v1/readings?channel={MILL}", "/nothing", "/api/v1/activity-data?start=x&end=y"],
)
def test_problems_fit_their_schema(asked: Asked, document: dict[str, Any], answer_to: str) -> None:
    answer: httpx.Response = asked.get(answer_to)
    jsonschema.validate(answer.json(), schema_of(document, "/api/v1/readings", "default"))


def test_metrics_have_names_and_units_by_convention(asked: Asked) -> None:
    lines = asked.get("/metrics").text.splitlines()
    kinds = dict(line.split()[2:4] for line in lines if line.startswith("# TYPE"))
    assert kinds
    for name, kind in kinds.items():
        assert NAME.fullmatch(name)
        assert name.endswith("_total") == (kind == "counter")
        assert not name.endswith(("_ms", "_minutes", "_kb"))
    named = {line.split("{")[0].split()[0] for line in lines if not line.startswith("#")}
    assert named == set(kinds)


def test_the_page_of_problem_types_in_the_documentation_is_the_generated_one() -> None:
    assert (ROOT / "docs/reference/errors.md").read_text("utf-8") == markdown()


def test_the_reference_page_names_every_address(asked: Asked) -> None:
    text = (ROOT / "docs/reference/http-api.md").read_text("utf-8")
    for path, operations in described(asked)["paths"].items():
        assert all(f"`{method.upper()} {path}" in text for method in operations)
