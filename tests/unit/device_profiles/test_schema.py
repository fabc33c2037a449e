import json

import jsonschema
import pytest

from device_profiles.load import SCHEMA, catalogue, path_of
from device_profiles.schema import profile_schema, profile_schema_text
from tests.unit.device_profiles.examples import channel, document, table

VALIDATOR = jsonschema.Draft202012Validator(profile_schema())


def test_the_shipped_schema_is_the_one_of_the_model() -> None:
    assert SCHEMA.read_text("utf-8") == profile_schema_text(), (
        "write device_profiles.schema.profile_schema_text() to profile-v1.schema.json"
    )


def test_the_schema_is_itself_valid_and_named() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:carbonmeter:schema:profile-v1"
    assert "version 1" in schema["title"]


@pytest.mark.parametrize("profile_id", catalogue())
def test_an_editor_finds_nothing_wrong_with_a_shipped_profile(profile_id: str) -> None:
    VALIDATOR.validate(table(path_of(profile_id).read_text("utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("uint16", "uint17"),
        ("address = 0", "address = 70000"),
        ("address = 0", "adress = 0"),
        ('grade = "A"', 'grade = "D"'),
        ("schema = 1", "schema = 2"),
        ("kW.h", "kW h"),
        ("kW.h", "kW.h\\n"),
    ],
)
def test_an_editor_finds_what_lint_finds(old: str, new: str) -> None:
    text = document(channel("x", '{ address = 0, format = "uint16" }'))
    VALIDATOR.validate(table(text))
    assert old in text
    assert not VALIDATOR.is_valid(table(text.replace(old, new)))
