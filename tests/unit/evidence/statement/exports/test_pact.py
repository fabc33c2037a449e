"""The extension of PACT's data model: its frame as PACT has it, its content as its schema says."""

import json
import math
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evidence.statement.datum import ActivityData
from evidence.statement.exports.errors import ExportNumberError
from evidence.statement.exports.pact import decimal, extension, extension_schema
from tests.unit.evidence.statement.exports.rows import EXACT, GAS, METERED, ROWS, UNKNOWN_ROW, A

ROOT = Path(__file__).resolve().parents[5]
PACT = json.loads((ROOT / "tests/vectors/pact_extension.json").read_text("utf-8"))
PUBLISHED = ROOT / "docs/reference/pact-activity-data-1.0.0.schema.json"
SCHEMA = "https://example.org/activity-data/1.0.0/schema.json"


def written(*data: ActivityData) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(extension(data, SCHEMA)))
    return found


def row(datum: ActivityData) -> dict[str, Any]:
    (found,) = written(datum)["data"]["activityData"]
    return dict(found)


def test_the_frame_is_that_of_pact() -> None:
    jsonschema.validate(written(*ROWS), PACT["extension"])


@pytest.mark.parametrize(
    "change",
    [
        {"specVersion": "1.0.0"},
        {"dataSchema": "urn:x:y"},
        {"dataSchema": "http://example.org/schema.json"},
        {"data": []},
    ],
)
def test_another_frame_is_not(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written(A) | change, PACT["extension"])


def test_the_content_fits_the_schema_that_is_to_be_published() -> None:
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written(*ROWS)["data"], schema)


@pytest.mark.parametrize(
    ("name", "wrong"), [("value", 1000.0), ("value", "1e3"), ("statementDigest", "ab")]
)
def test_a_number_in_place_of_a_decimal_text_does_not_fit(name: str, wrong: object) -> None:
    found = written(A)
    found["data"]["activityData"][0][name] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found["data"], extension_schema())


def test_the_published_schema_is_the_one_of_the_types() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == json.loads(json.dumps(extension_schema()))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_is_a_decimal_of_pact_and_reads_back_as_itself(number: float) -> None:
    text = decimal(number, "value")
    jsonschema.validate(text, PACT["decimal"])
    assert float(text) == number
    assert math.copysign(1.0, float(text)) == math.copysign(1.0, number)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ExportNumberError, match="E_EXPORT_NUMBER"):
        extension([replace(A, value=number)], SCHEMA)


def test_every_number_of_a_row_is_a_text_but_counts() -> None:
    for each in map(row, ROWS):
        numbers = {name: value for name, value in each.items() if isinstance(value, float)}
        assert numbers == {}
        assert all(
            re.fullmatch(PACT["decimal"]["pattern"], part["contribution"])
            for part in each.get("components", ())
        )


def test_what_is_not_known_is_left_out_and_not_made_up() -> None:
    unknown = row(UNKNOWN_ROW)
    assert "uncertainty" not in unknown
    assert unknown["uncertaintyBasis"] == "unknown"
    assert row(EXACT)["uncertainty"]["standardUncertainty"] == "0.0"
    assert "null" not in json.dumps(written(*ROWS))
    names = json.dumps(written(*ROWS)).lower()
    assert not any(word in names for word in ("dqr", "dqi", "primarydatashare", 'verification"'))


def test_a_row_says_what_was_measured_and_how_well() -> None:
    found = row(METERED)
    assert found["value"] == repr(METERED.value)
    assert found["referencePeriodStart"] == "2026-01-01T00:00:00Z"
    assert found["coverage"]["missing"] == {"not_received": 120}
    assert found["statementDigest"] == METERED.digest
    u = float(found["uncertainty"]["standardUncertainty"])
    assert u == METERED.standard_uncertainty
    parts = [float(each["contribution"]) for each in found["components"]]
    assert math.sqrt(math.fsum(part * part for part in parts)) == pytest.approx(u, rel=1e-12)


def test_a_gas_says_for_which_state() -> None:
    found = row(GAS)
    assert found["referenceConditions"] == {
        "temperatureKelvin": "293.15",
        "pressurePascal": "101325.0",
        "wet": False,
    }
    assert found["supersedes"] == GAS.supersedes
