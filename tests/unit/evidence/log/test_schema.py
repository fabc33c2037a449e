import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings

import evidence.log
from evidence.log.batch import Leaf, encode
from evidence.log.schema import batch_schema, batch_schema_text
from tests.unit.evidence.log.examples import BATCH, DOCUMENT, leaves

SHIPPED = Path(evidence.log.__file__).with_name("batch-v1.schema.json")
VALIDATOR = jsonschema.Draft202012Validator(batch_schema())


def test_the_shipped_schema_is_the_one_of_the_structures() -> None:
    assert SHIPPED.read_text("utf-8") == batch_schema_text(), (
        "write evidence.log.schema.batch_schema_text() to batch-v1.schema.json"
    )


def test_the_schema_is_itself_valid_and_named() -> None:
    schema = json.loads(SHIPPED.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:carbonmeter:schema:batch-v1"
    assert "version 1" in schema["title"]


@given(leaves)
@settings(max_examples=50, deadline=None)
def test_a_stranger_finds_nothing_wrong_with_a_leaf(leaf: Leaf) -> None:
    VALIDATOR.validate(json.loads(encode(leaf)))


def test_a_document_follows_the_schema_too() -> None:
    VALIDATOR.validate(json.loads(encode(DOCUMENT)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("batch/1", "batch/2"),
        ('"rows":3', '"rows":1001'),
        ('"rows":3', '"rows":-1'),
        ('"period_ms":1000', '"period_ms":0'),
        ('"fresh":0.005', '"fresh":-1'),
        ('"timeout"', '"tired"'),
        ('"serial":"2301-8812",', ""),
        ('"kind_of_quantity"', '"kind"'),
    ],
)
def test_a_stranger_finds_what_the_reader_refuses(old: str, new: str) -> None:
    text = encode(BATCH).decode()
    assert old in text
    assert not VALIDATOR.is_valid(json.loads(text.replace(old, new, 1)))


def test_fields_of_a_later_writer_do_not_break_the_schema() -> None:
    later = json.loads(encode(BATCH)) | {"later": 1}
    later["streams"][0]["later"] = {"deep": []}
    VALIDATOR.validate(later)


def test_every_field_of_a_leaf_is_described_in_the_reference() -> None:
    page = (Path(__file__).parents[4] / "docs/reference/batch-v1.md").read_text("utf-8")
    definitions = msgspec.json.schema(Leaf)["$defs"]
    fields = {name for each in definitions.values() for name in each.get("properties", {})}
    assert {name for name in fields if f"`{name}`" not in page} == set()
    words = {str(word) for each in definitions.values() for word in each.get("enum", [])}
    assert {word for word in words if f"`{word}`" not in page} == set()
