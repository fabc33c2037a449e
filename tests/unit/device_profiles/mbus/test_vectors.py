"""The M-Bus vectors: frames as found in public material."""

import json
from typing import Any

import pytest

from device_profiles.mbus.frame import LongFrame, decode, encode
from device_profiles.mbus.record import compose
from device_profiles.mbus.told import told
from device_profiles.mbus.variable import telegram_of, telegrams, user_data
from tests.unit.device_profiles.line import says
from tests.unit.device_profiles.mbus.samples import FRAMES, VECTORS

RESPONSES = ["B1", "B2", "B5"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_vector_says_what_it_is_said_to_say(vector: dict[str, Any]) -> None:
    expected = dict(vector["told"])
    first = expected.pop("first_records", None)
    found = told(bytes.fromhex(vector["data"]))
    assert says(found, expected)
    if first is not None:
        records = found["records"]
        assert isinstance(records, list)
        assert says(records[: len(first)], first)
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_vector_is_written_again_byte_for_byte(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["data"])
    assert encode(decode(raw)) == raw


@pytest.mark.parametrize("name", RESPONSES)
def test_a_telegram_and_its_records_are_written_again_byte_for_byte(name: str) -> None:
    frame = decode(FRAMES[name])
    assert isinstance(frame, LongFrame)
    telegram = telegram_of(frame)
    assert user_data(telegram) == frame.data
    assert all(compose(record.head, record.coded) == record for record in telegram.records)


def test_temperatures_of_a_calec_are_the_printed_ones() -> None:
    (telegram,) = telegrams(FRAMES["B2"])
    flow, returned = (record.value for record in telegram.records[-2:])
    assert isinstance(flow, float)
    assert isinstance(returned, float)
    assert (round(flow, 6), round(returned, 6)) == (41.737434, 35.46365)


def test_energies_of_a_multical_keep_tariff_and_subunit_apart() -> None:
    (telegram,) = telegrams(FRAMES["B5"])
    named = {
        (r.what.quantity, r.which.storage, r.which.tariff, r.which.subunit, r.which.function)
        for r in telegram.records
        if r.what.quantity in {"energy", "volume"}
    }
    assert ("energy", 0, 0, 0, "instantaneous") in named
    assert ("energy", 0, 1, 0, "instantaneous") in named
    assert ("volume", 0, 0, 1, "instantaneous") in named
    assert ("energy", 1, 0, 0, "instantaneous") in named
    assert len(telegram.manufacturer_data) == 57
    assert not telegram.more_follows


def test_every_vector_names_its_source_and_there_are_as_many_as_were_copied() -> None:
    assert all(vector["source"] and vector["kind"] for vector in VECTORS)
    assert [vector["id"] for vector in VECTORS] == ["B1", "B2", "B5", "B6", "B7"]
