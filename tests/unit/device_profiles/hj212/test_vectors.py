"""Packets of public material, and the CRC's properties."""

import random
from typing import Any

import pytest

from device_profiles.hj212.content import DataFlag
from device_profiles.hj212.crc import TABLE, crc, modbus_crc
from device_profiles.hj212.packet import packet_of, segment_of
from device_profiles.hj212.received import read_packet
from device_profiles.hj212.segment import read_segment, write_segment
from device_profiles.hj212.stream import cut, cut_last
from device_profiles.wire_errors import WireAlgorithmError, WireError
from tests.unit.device_profiles.hj212.vectors import (
    BY_ID,
    PACKETS,
    REJECTED,
    SEGMENTS,
    SOUND,
    by_id,
    data,
)


@pytest.mark.parametrize("vector", SOUND, ids=by_id)
def test_a_packet_says_what_it_is_said_to_say(vector: dict[str, Any]) -> None:
    read = read_packet(vector["data"].encode())
    assert read.segment.cn == vector["cn"]
    assert len(read.content.factors) == vector["factors"]
    parameters = vector.get("parameters", {})
    assert parameters.items() <= read.content.parameters.items()
    factors = {each.code: each for each in read.content.factors}
    for code, values in vector.get("values", {}).items():
        assert {name: factors[code].values[name].number for name in values} == values
    assert all(each.flag is DataFlag.NORMAL for each in read.content.factors)


@pytest.mark.parametrize("vector", SOUND, ids=by_id)
def test_a_packet_deviates_where_it_is_said_to_and_nowhere_else(vector: dict[str, Any]) -> None:
    codes = [each.code for each in read_packet(vector["data"].encode()).findings]
    assert codes == ["packet_end", *vector["findings"]]
    with_end = read_packet(vector["data"].encode() + b"\r\n")
    assert [each.code for each in with_end.findings] == vector["findings"]


@pytest.mark.parametrize("vector", SOUND, ids=by_id)
def test_a_packet_is_written_back_to_its_bytes(vector: dict[str, Any]) -> None:
    raw = vector["data"].encode()
    envelope = segment_of(raw)
    assert packet_of(envelope.segment) == raw[:-4] + raw[-4:].upper() + b"\r\n"
    segment = read_segment(envelope.segment)
    if segment.qn is not None:
        assert write_segment(segment) == envelope.segment


@pytest.mark.parametrize("vector", SOUND, ids=by_id)
def test_a_packet_is_cut_whole_at_the_end_of_input(vector: dict[str, Any]) -> None:
    raw = vector["data"].encode()
    assert cut(raw) is None
    whole = cut_last(b"noise" + raw)
    assert whole is not None
    assert (whole.frame, whole.rest) == (raw, b"")


@pytest.mark.parametrize("vector", REJECTED, ids=by_id)
def test_a_packet_that_must_be_refused_is_refused_with_its_cause(vector: dict[str, Any]) -> None:
    with pytest.raises(WireError) as caught:
        read_packet(vector["data"].encode())
    wrong = caught.value
    assert wrong.code == vector["code"]
    assert (wrong.facts["found"], wrong.facts.get("expected")) == (
        vector["found"],
        vector.get("expected"),
    )
    if "limit" in vector:
        assert str(wrong.facts["limit"]) == vector["limit"]
        assert vector["crc"] in "".join(wrong.__notes__)


@pytest.mark.parametrize("vector", REJECTED, ids=by_id)
def test_both_checks_of_a_refused_packet_are_as_computed_elsewhere(vector: dict[str, Any]) -> None:
    segment = vector["data"].encode()[6:-4]
    assert f"{crc(segment):04X}" == vector["crc"]
    assert f"{modbus_crc(segment):04X}" == vector["modbus_crc"]


def test_a_sender_of_the_plain_modbus_crc_is_told_so_in_both_languages() -> None:
    with pytest.raises(WireAlgorithmError) as caught:
        read_packet(data("R2"))
    assert "plain Modbus CRC-16" in caught.value.say("en")
    assert "普通 Modbus CRC-16" in caught.value.say("zh")
    assert "D581" in caught.value.say("zh")
    assert caught.value.miss_reason == "checksum"


def test_the_check_value_is_that_of_annex_a() -> None:
    vector = BY_ID["CRCCHK"]
    assert f"{crc(vector['ascii'].encode()):04X}" == vector["crc"]
    assert f"{modbus_crc(vector['ascii'].encode()):04X}" == vector["modbus_crc"]


def test_the_crc_is_an_eight_bit_check_in_sixteen_bit_clothes() -> None:
    vector, source = BY_ID["CRCPROP"], random.Random(212)
    texts = [source.randbytes(40) for _ in range(20_000)]
    assert len({crc(text) for text in texts}) == vector["distinct"]
    assert len({modbus_crc(text) for text in texts}) > 17_000
    assert {crc(text) for text in texts} == set(TABLE)


def test_no_change_of_one_byte_keeps_the_crc() -> None:
    assert len({value >> 8 for value in TABLE}) == 256
    assert len(set(TABLE)) == 256


def test_of_changes_of_three_bytes_one_in_256_passes() -> None:
    source, segment = random.Random(3), data("H1")[6:-4]
    right, passed, trials = crc(segment), 0, 20_000
    for _ in range(trials):
        changed = bytearray(segment)
        for at in source.sample(range(len(segment)), 3):
            changed[at] ^= source.randrange(1, 256)
        passed += crc(bytes(changed)) == right
    assert 0.0025 < passed / trials < 0.0055


def test_every_vector_names_its_source_and_there_are_as_many_as_were_copied() -> None:
    assert all(vector["src"] and vector["kind"] for vector in PACKETS)
    assert [each["id"] for each in REJECTED] == ["R1", "R2"]
    assert (len(SOUND), len(PACKETS), len(SEGMENTS)) == (12, 16, 19)


@pytest.mark.parametrize("name", SEGMENTS)
def test_a_segment_of_annex_c_reads_without_a_finding_and_writes_back(name: str) -> None:
    segment = read_segment(SEGMENTS[name])
    assert segment.findings == ()
    assert write_segment(segment) == SEGMENTS[name]
