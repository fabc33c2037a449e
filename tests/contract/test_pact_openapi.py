"""The extension against PACT's own OpenAPI file, where it is at hand.

Its licence lets it be passed on as a whole and without commerce alone, so it is not here: name
the file in CARBONMETER_PACT_OPENAPI. What is restated of it for the tests that always run is
compared with it.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml  # type: ignore[import-untyped]

from evidence.statement.exports.pact import extension
from tests.conftest import Require
from tests.unit.evidence.statement.exports.rows import ROWS
from tests.unit.evidence.statement.exports.test_pact import PACT, SCHEMA

FOOTPRINT: dict[str, Any] = {
    "id": "5e5a3a2c-5b5e-4d35-9c2e-6f0f4b0b7a10",
    "specVersion": "3.0.0",
    "created": "2026-02-01T00:00:00Z",
    "status": "Active",
    "companyName": "Works",
    "companyIds": ["urn:example:company:works"],
    "productDescription": "compressed air",
    "productIds": ["urn:example:product:air"],
    "productNameCompany": "air",
    "pcf": {
        "declaredUnitOfMeasurement": "cubic meter",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "1.2",
        "referencePeriodStart": "2026-01-01T00:00:00Z",
        "referencePeriodEnd": "2026-02-01T00:00:00Z",
        "pcfExcludingBiogenicUptake": "0.1",
        "pcfIncludingBiogenicUptake": "0.1",
        "fossilGhgEmissions": "0.1",
        "fossilCarbonContent": "0",
        "ipccCharacterizationFactors": ["AR6"],
        "crossSectoralStandards": ["ISO14067"],
        "exemptedEmissionsPercent": "0",
    },
}
"""Made up: a collector knows no product. It is there to carry the extension."""


@pytest.fixture(scope="module")
def official(require: Require) -> dict[str, Any]:
    path = os.environ.get("CARBONMETER_PACT_OPENAPI", "")
    if not path:
        require("pact-openapi", "CARBONMETER_PACT_OPENAPI names no file")
    data = Path(path).read_bytes()
    assert hashlib.sha256(data).hexdigest() == PACT["source"]["sha256"], PACT["source"]["file"]
    found: dict[str, Any] = yaml.safe_load(data)
    return found


def fits(official: dict[str, Any], name: str, instance: object) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": official["components"]}
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(instance)


def written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(extension(ROWS, SCHEMA)))
    return found


def decimals(found: object) -> list[str]:
    """All texts of a row that stand for numbers."""
    if isinstance(found, dict):
        return [text for each in found.values() for text in decimals(each)]
    if isinstance(found, list):
        return [text for each in found for text in decimals(each)]
    digits = found.lstrip("+-").replace(".", "") if isinstance(found, str) else ""
    return [str(found)] if digits.isdigit() else []


def test_a_footprint_with_the_extension_fits(official: dict[str, Any]) -> None:
    fits(official, "ProductFootprint", {**FOOTPRINT, "extensions": [written()]})
    found = decimals(written()["data"])
    assert len(found) > 50
    for each in found:
        fits(official, "Decimal", each)


@pytest.mark.parametrize(
    "change", [{"specVersion": 2.0}, {"dataSchema": None}, {"data": []}, {"documentation": 7}]
)
def test_another_extension_does_not_fit(official: dict[str, Any], change: dict[str, Any]) -> None:
    wrong = {**FOOTPRINT, "extensions": [written() | change]}
    with pytest.raises(jsonschema.ValidationError):
        fits(official, "ProductFootprint", wrong)


@pytest.mark.parametrize("name", ["fossilGhgEmissions", "declaredUnitAmount"])
def test_a_number_in_place_of_a_decimal_text_does_not_fit(
    official: dict[str, Any], name: str
) -> None:
    pcf = {**FOOTPRINT["pcf"], name: 0.1}
    for instance, schema in ((pcf, "CarbonFootprint"), (0.1, "Decimal"), ("1e-1", "Decimal")):
        with pytest.raises(jsonschema.ValidationError):
            fits(official, schema, instance)


def test_what_is_restated_is_what_it_says(official: dict[str, Any]) -> None:
    schemas = official["components"]["schemas"]
    theirs, ours = schemas["DataModelExtension"], PACT["extension"]
    assert sorted(ours["required"]) == sorted(theirs["required"])
    kinds = {name: each["type"] for name, each in theirs["properties"].items()}
    restated = {name: each.get("type", "string") for name, each in ours["properties"].items()}
    assert restated == kinds
    assert {each: schemas["Decimal"][each] for each in ("type", "pattern")} == PACT["decimal"]
    assert official["info"]["version"] in PACT["source"]["specification"]
