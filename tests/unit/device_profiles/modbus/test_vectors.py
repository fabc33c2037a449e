"""Every vector is read as its source says, and written again byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from device_profiles.decode import frame_of, told_of
from device_profiles.modbus.answer import ASCII, RTU, TCP
from device_profiles.modbus.pdu import answer_of, answering, asking, request_of, unpacked
from device_profiles.wire_errors import WireError

ROOT = Path(__file__).parents[3]
FRAMES: list[dict[str, Any]] = json.loads(
    (ROOT / "vectors" / "modbus_frames.json").read_text("utf-8")
)["frames"]
SOUND = [frame for frame in FRAMES if "refused" not in frame]
FRAMINGS = {"modbus-rtu": RTU, "modbus-ascii": ASCII, "modbus-tcp": TCP}


def _by_id(vector: dict[str, Any]) -> str:
    return str(vector["id"])


def _frame(vector: dict[str, Any]) -> bytes:
    return frame_of(vector["data"].encode(), vector["protocol"])


@pytest.mark.parametrize("vector", SOUND, ids=_by_id)
def test_a_frame_vector_says_what_its_source_says(vector: dict[str, Any]) -> None:
    told: dict[str, Any] = told_of(_frame(vector), vector["protocol"]).content
    assert {name: told[name] for name in ("unit", "function")} == {
        name: vector[name] for name in ("unit", "function")
    }
    assert told.get("transaction") == vector.get("transaction")
    (reading,) = told["readings"]
    assert reading.items() >= vector["reading"].items()
    if "words" in vector:
        assert [each["hex"] for each in reading["registers"]] == vector["words"]


@pytest.mark.parametrize("vector", SOUND, ids=_by_id)
def test_a_frame_vector_is_written_again_byte_for_byte(vector: dict[str, Any]) -> None:
    framing, frame = FRAMINGS[vector["protocol"]], _frame(vector)
    adu = framing.unframe(frame, "vector")
    assert framing.frame(adu) == frame
    if vector["reading"]["as"] == "request":
        assert asking(request_of(adu.pdu, "vector")) == adu.pdu
    else:
        assert answering(answer_of(adu.pdu, "vector")) == adu.pdu


@pytest.mark.parametrize("vector", [each for each in FRAMES if "refused" in each], ids=_by_id)
def test_a_frame_vector_that_is_wrong_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(WireError) as caught:
        told_of(_frame(vector), vector["protocol"])
    assert caught.value.code == vector["refused"]
    assert "45 C5" in caught.value.say("en")


def test_a_register_vector_holds_its_number() -> None:
    vector = next(each for each in FRAMES if each["id"] == "M7")
    assert unpacked(3, 1, RTU.unframe(_frame(vector), "M7").pdu[2:]) == (1,)


def test_all_vectors_are_here() -> None:
    assert [each["id"] for each in FRAMES] == [
        "M1", "M2", "M3", "M4", "M5", "M7", "M9", "MR1", "M10", "M11", "M12", "M13", "M14",
    ]  # fmt: skip
    assert all(each["src"] and each["kind"] for each in FRAMES)
