"""The schema of version 2 is that of version 1 with the blind."""

import json
from pathlib import Path
from typing import Final

import jsonschema
import pytest
from hypothesis import given, settings

import evidence.log
from evidence.log.batch import Leaf, encode
from evidence.log.in_parts import encode_parted
from evidence.log.schema import batch_schema_2, batch_schema_2_text
from tests.unit.evidence.log.examples import BATCH, DOCUMENT, leaves

SHIPPED: Final = Path(evidence.log.__file__).with_name("batch-v2.schema.json")
VALIDATOR: Final = jsonschema.Draft202012Validator(batch_schema_2())
BLIND: Final = b"\xfe" * 32


def test_the_shipped_schema_is_the_one_of_the_structures() -> None:
    assert SHIPPED.read_text("utf-8") == batch_schema_2_text(), (
        "write evidence.log.schema.batch_schema_2_text() to batch-v2.schema.json"
    )
    jsonschema.Draft202012Validator.check_schema(json.loads(batch_schema_2_text()))


@given(leaves)
@settings(max_examples=20, deadline=None)
def test_a_stranger_finds_nothing_wrong_with_a_leaf(leaf: Leaf) -> None:
    VALIDATOR.validate(json.loads(encode_parted(leaf, BLIND)))


def test_a_document_follows_the_schema_too() -> None:
    VALIDATOR.validate(json.loads(encode_parted(DOCUMENT, BLIND)))


@pytest.mark.parametrize(
    "told",
    [
        json.loads(encode(BATCH)),
        json.loads(encode_parted(BATCH, BLIND)) | {"blind": "fe"},
        json.loads(encode_parted(BATCH, BLIND)) | {"carbonmeter": "batch/3"},
        {k: v for k, v in json.loads(encode_parted(BATCH, BLIND)).items() if k != "blind"},
    ],
)
def test_a_stranger_finds_what_the_reader_refuses(told: object) -> None:
    assert not VALIDATOR.is_valid(told)
