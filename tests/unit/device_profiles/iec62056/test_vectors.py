"""The IEC 62056-21 vectors: messages as found in public material, and definitions."""

import json
from typing import Any

import pytest

from device_profiles.iec62056.frame import decode, encode
from device_profiles.iec62056.told import told
from tests.unit.device_profiles.iec62056.samples import VECTORS
from tests.unit.device_profiles.line import says


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_vector_says_what_it_is_said_to_say(vector: dict[str, Any]) -> None:
    found = told(bytes.fromhex(vector["data"]))
    assert says(found, vector["told"])
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_vector_is_written_again_byte_for_byte(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["data"])
    assert encode(decode(raw)) == raw


def test_every_vector_names_its_source_and_there_are_as_many_as_were_copied() -> None:
    assert all(vector["source"] and vector["kind"] for vector in VECTORS)
    names = ["I1", "I2", "I3", "I4", "I6", "I7", "I8", "I9", "I10"]
    assert [vector["id"] for vector in VECTORS] == names
