"""The Modbus vectors: numbers as printed, frames as found in public material."""

import json
from pathlib import Path
from typing import Any

import pytest

from device_profiles.formats import NotAvailable
from device_profiles.load import load_profile
from device_profiles.plan import ReadRequest, plan_reads
from device_profiles.readout import readout
from device_profiles.register_model import modbus_of
from device_profiles.registers import decode, encode, wire_bytes
from device_profiles.write import write_words
from tests.unit.device_profiles.examples import channel, profile

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "modbus_registers.json").read_text("utf-8")
)
NUMBERS: list[dict[str, Any]] = VECTORS["numbers"]
FRAMES: list[dict[str, Any]] = VECTORS["frames"]
REQUESTS = [frame for frame in FRAMES if "count" in frame]
REPLIES = [frame for frame in FRAMES if "number" in frame]


def _words(text: str) -> tuple[int, ...]:
    raw = bytes.fromhex(text)
    return tuple(int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))


def _by_id(vector: dict[str, Any]) -> str:
    return str(vector["id"])


@pytest.mark.parametrize("vector", NUMBERS, ids=_by_id)
def test_a_number_vector_decodes_to_the_printed_number(vector: dict[str, Any]) -> None:
    sentinels = [bytes.fromhex(pattern) for pattern in vector["sentinels"]]
    found = decode(
        _words(vector["data"]), vector["format"], vector["word_order"], sentinels=sentinels
    )
    if vector["number"] is None:
        assert isinstance(found, NotAvailable)
    else:
        assert found == vector["number"]
        assert type(found) is type(vector["number"])


@pytest.mark.parametrize("vector", NUMBERS, ids=_by_id)
def test_the_printed_number_encodes_to_the_number_vector(vector: dict[str, Any]) -> None:
    number = NotAvailable() if vector["number"] is None else vector["number"]
    sentinels = [bytes.fromhex(pattern) for pattern in vector["sentinels"]]
    shown = encode(number, vector["format"], vector["word_order"], sentinels=sentinels)
    assert shown == _words(vector["data"])


def test_a_value_and_its_scale_factor_give_the_printed_number_both_ways() -> None:
    (vector,) = VECTORS["scale_factors"]
    source = '{ address = 0, format = "int16", sentinels = ["8000"], scale_factor_address = 1 }'
    device = profile(channel("n22", source))
    (read,) = plan_reads(device)
    shown = _words(vector["data"])
    assert readout(device, {read: wire_bytes(shown)})["n22"].number == vector["number"]
    image = write_words(device, {"n22": vector["number"]})
    finest = readout(device, {read: wire_bytes((image[3, 0], image[3, 1]))})["n22"]
    assert finest.number == vector["number"]


@pytest.mark.parametrize("frame", REQUESTS, ids=_by_id)
def test_a_request_frame_asks_for_what_it_is_said_to_ask(frame: dict[str, Any]) -> None:
    raw = bytes.fromhex(frame["data"])
    read = ReadRequest(function=frame["function"], address=frame["address"], count=frame["count"])
    body = bytes([read.function]) + read.address.to_bytes(2, "big") + read.count.to_bytes(2, "big")
    assert raw[1:-2] == body
    if "profile" in frame:
        device = load_profile(frame["profile"]).profile
        assert plan_reads(device, frame["channels"]) == (read,)
        assert raw[0] == modbus_of(device).modbus.unit_id


@pytest.mark.parametrize("frame", REPLIES, ids=_by_id)
def test_a_reply_frame_holds_the_printed_number(frame: dict[str, Any]) -> None:
    shown = _words(bytes.fromhex(frame["data"])[3:-2].hex())
    found = decode(shown, frame["format"], frame["word_order"])
    assert found == pytest.approx(frame["number"], rel=frame["relative_difference"], abs=0)
    if "profile" in frame:
        device = load_profile(frame["profile"]).profile
        plan = plan_reads(device, frame["channels"])
        indicated = readout(device, {plan[0]: wire_bytes(shown)})[frame["channels"][0]]
        assert indicated.number == found
        assert indicated.raw == bytes.fromhex(frame["data"])[3:-2]


def test_every_vector_names_its_source_and_there_are_as_many_as_were_copied() -> None:
    assert all(vector["src"] and vector["kind"] for vector in [*NUMBERS, *FRAMES])
    assert len(NUMBERS) == 21
    assert [frame["id"] for frame in FRAMES] == ["M1", "M2", "M3", "M5", "M7", "M9"]
