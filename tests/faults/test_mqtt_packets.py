"""The splitter against any cutting of a stream, and against what paho-mqtt says of the bytes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.mqtt_packets import (
    PUBACK,
    PUBLISH,
    NotMqttError,
    Packet,
    Splitter,
    number,
    puback,
    publish,
    published,
    read_number,
)

PACKETS = st.lists(
    st.builds(
        lambda first, body: Packet(first=first, body=body),
        st.integers(0, 255),
        st.binary(max_size=300),
    ),
    max_size=6,
)


@given(PACKETS, st.integers(1, 50))
def test_any_cutting_of_a_stream_gives_the_same_packets(packets: list[Packet], size: int) -> None:
    stream, splitter = b"".join(each.to_bytes() for each in packets), Splitter()
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert list(itertools.chain(*(splitter.feed(piece) for piece in pieces))) == packets


@pytest.mark.parametrize(
    ("value", "coded"),
    [(0, "00"), (127, "7f"), (128, "8001"), (16_383, "ff7f"), (268_435_455, "ffffff7f")],
)
def test_a_length_is_coded_as_table_1_1_of_mqtt_5_says(value: int, coded: str) -> None:
    assert number(value) == bytes.fromhex(coded)
    assert read_number(bytes.fromhex(coded), 0) == (value, len(coded) // 2)


def test_a_length_of_five_bytes_is_no_mqtt() -> None:
    with pytest.raises(NotMqttError):
        Splitter().feed(bytes.fromhex("30ffffffff01"))


@given(st.text(max_size=40), st.binary(max_size=300), st.integers(1, 65_535))
def test_a_publish_says_its_topic_its_number_and_where_its_payload_is(
    topic: str, payload: bytes, identifier: int
) -> None:
    (packet,) = Splitter().feed(publish(topic, payload, identifier))
    found = published(packet)
    assert (packet.kind, packet.qos) == (PUBLISH, 1)
    assert (found.topic, found.identifier) == (topic, identifier)
    assert packet.body[found.start :] == payload


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x05ab", b"\x00\x01\xff\x00\x01\x00", b"\x00\x01a\x00"]
)
def test_a_publish_that_is_cut_short_is_named(body: bytes) -> None:
    with pytest.raises(NotMqttError):
        published(Packet(first=PUBLISH << 4 | 2, body=body))


def test_an_acknowledgement_names_its_packet() -> None:
    (packet,) = Splitter().feed(puback(258))
    assert (packet.kind, packet.body) == (PUBACK, b"\x01\x02")
