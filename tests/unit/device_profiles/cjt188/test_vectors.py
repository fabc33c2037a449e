"""The CJ/T 188 vectors: every byte of them, and what becomes of them when one byte changes."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from device_profiles.cjt188.frame import cut_reply, decode, encode
from device_profiles.cjt188.told import told
from device_profiles.conversation import Whole
from device_profiles.wire_errors import WireError

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "cjt188.json").read_text("utf-8"))
FRAMES: list[dict[str, Any]] = VECTORS["frames"]
SOUND = [frame for frame in FRAMES if frame["kind"] != "REJECT"]
REJECTED = [frame for frame in FRAMES if frame["kind"] == "REJECT"]


def _raw(vector: dict[str, Any]) -> bytes:
    return bytes.fromhex(vector["data"])


def _by_id(vector: dict[str, Any]) -> str:
    return str(vector["id"])


@pytest.mark.parametrize("vector", SOUND, ids=_by_id)
def test_a_frame_says_what_it_is_said_to_say(vector: dict[str, Any]) -> None:
    said: Any = told(_raw(vector))
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    expected = dict(vector["told"])
    assert said["meter_type"]["code"] == expected.pop("meter_type")
    values = {each["name"]: [each["value"], each.get("unit")] for each in said.get("values", [])}
    for name, pair in expected.pop("values", {}).items():
        assert values[name] == pair
    assert {key: said[key] for key in expected} == expected


@pytest.mark.parametrize("vector", SOUND, ids=_by_id)
def test_a_frame_is_cut_decoded_and_encoded_to_the_same_bytes(vector: dict[str, Any]) -> None:
    raw = _raw(vector)
    bare = raw.lstrip(b"\xfe")
    assert cut_reply(raw) == Whole(frame=bare, rest=b"")
    assert encode(decode(raw), preamble=len(raw) - len(bare)) == raw


@pytest.mark.parametrize("vector", REJECTED, ids=_by_id)
def test_a_wrong_frame_is_refused_for_what_is_wrong(vector: dict[str, Any]) -> None:
    for reader in (decode, told):
        with pytest.raises(WireError) as refused:
            reader(_raw(vector))
        assert refused.value.code == vector["code"]


@pytest.mark.parametrize("vector", SOUND, ids=_by_id)
def test_any_change_of_any_byte_is_refused_or_leaves_the_same_frame(vector: dict[str, Any]) -> None:
    raw = _raw(vector)
    sound = decode(raw)
    for place in range(len(raw)):
        for value in range(256):
            changed = raw[:place] + bytes([value]) + raw[place + 1 :]
            try:
                assert decode(changed) == sound
            except WireError:
                continue
            assert value == raw[place]


def test_every_vector_names_its_source_and_there_are_as_many_as_were_copied() -> None:
    assert all(vector["src"] and vector["kind"] for vector in FRAMES)
    assert Counter(vector["kind"] for vector in FRAMES) == {"REAL": 5, "SYNTH": 3, "REJECT": 2}
    assert len({vector["id"] for vector in FRAMES}) == len(FRAMES)
