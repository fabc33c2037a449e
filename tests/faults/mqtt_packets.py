"""MQTT 5 control packets, as far as faults need them: where one ends, and what a PUBLISH says.

No code of the product or of its MQTT library is used.
"""

import struct
from dataclasses import dataclass
from typing import Final

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE = 1, 2, 3, 4, 8
KEEPALIVE_S: Final = 60
_LONGEST_LENGTH: Final = 4


class NotMqttError(Exception):
    """Bytes that no MQTT packet begins or goes on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One control packet.

    Attributes:
        first: Its first byte: kind and flags.
        body: What comes after the remaining length.
    """

    first: int
    body: bytes

    @property
    def kind(self) -> int:
        return self.first >> 4

    @property
    def qos(self) -> int:
        """Of a PUBLISH."""
        return self.first >> 1 & 3

    def to_bytes(self) -> bytes:
        return bytes([self.first]) + number(len(self.body)) + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A PUBLISH taken apart.

    Attributes:
        topic: Where to.
        identifier: Of the packet; 0 at QoS 0.
        start: Where in the body the payload begins.
    """

    topic: str
    identifier: int
    start: int


class Splitter:
    """Bytes of one direction, in any pieces -> packets."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that are complete now.

        Raises:
            NotMqttError: a length has more than four bytes.
        """
        self._rest += data
        found = []
        while (packet := self._next()) is not None:
            found.append(packet)
        return found

    def _next(self) -> Packet | None:
        if len(self._rest) < 2:
            return None
        length = read_number(self._rest, 1)
        if length is None or len(self._rest) < length[1] + length[0]:
            return None
        size, start = length
        packet = Packet(first=self._rest[0], body=self._rest[start : start + size])
        self._rest = self._rest[start + size :]
        return packet


def number(value: int) -> bytes:
    """A variable byte integer (MQTT 5, 1.5.5)."""
    found = bytearray()
    while True:
        value, low = divmod(value, 128)
        found.append(low | (128 if value else 0))
        if not value:
            return bytes(found)


def read_number(data: bytes, at: int) -> tuple[int, int] | None:
    """A variable byte integer at a place, and the place behind it; None if it goes on.

    Raises:
        NotMqttError: it has more than four bytes.
    """
    value = 0
    for place in range(_LONGEST_LENGTH):
        if at + place >= len(data):
            return None
        value |= (data[at + place] & 127) << 7 * place
        if data[at + place] < 128:
            return value, at + place + 1
    raise NotMqttError("a length of more than four bytes")


def published(packet: Packet) -> Published:
    """What a PUBLISH says (MQTT 5, 3.3.2).

    Raises:
        NotMqttError: it is cut short, or its topic is no UTF-8.
    """
    try:
        (length,) = struct.unpack_from(">H", packet.body)
        topic, at = packet.body[2 : 2 + length].decode(), 2 + length
        identifier = 0
        if packet.qos:
            (identifier,) = struct.unpack_from(">H", packet.body, at)
            at += 2
    except (struct.error, UnicodeDecodeError) as wrong:
        raise NotMqttError(str(wrong)) from wrong
    properties = read_number(packet.body, at)
    if properties is None or sum(properties) > len(packet.body):
        raise NotMqttError("the properties are cut short")
    return Published(topic=topic, identifier=identifier, start=sum(properties))


def connect(client_id: str) -> bytes:
    """A CONNECT with a clean start and no account (MQTT 5, 3.1)."""
    body = _text("MQTT") + bytes([5, 2]) + struct.pack(">H", KEEPALIVE_S) + b"\x00"
    return Packet(first=CONNECT << 4, body=body + _text(client_id)).to_bytes()


def publish(topic: str, payload: bytes, identifier: int) -> bytes:
    """A PUBLISH at QoS 1 (MQTT 5, 3.3)."""
    body = _text(topic) + struct.pack(">H", identifier) + b"\x00" + payload
    return Packet(first=PUBLISH << 4 | 2, body=body).to_bytes()


def puback(identifier: int) -> bytes:
    """A PUBACK that says success (MQTT 5, 3.4)."""
    return Packet(first=PUBACK << 4, body=struct.pack(">H", identifier)).to_bytes()


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text.encode())) + text.encode()
