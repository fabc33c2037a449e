"""Hears what agents and peers publish, counts it, and gives agents their receipts.

A process of its own, so that its CPU is not counted: `python -m benchmarks.listener BROKER
TOPIC COUNTERS [KEY]`. With the line of an agent's key it is a collector that verifies position,
root and signature and answers with its cosignature, but keeps nothing.
"""

import mmap
import os
import struct
import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from evidence.load import read_verifier
from evidence.log.checkpoint import open_checkpoint
from evidence.log.envelope import Wanted, decompress, seal, unseal
from evidence.log.key import Algorithm, generate, keyring
from evidence.log.merkle import Frontier, append, leaf_hash, root
from evidence.log.receipt import cosign

COLLECTOR = generate("collector", b"b" * 32, Algorithm.COSIGNATURE_V1)
_COUNTERS = struct.Struct("<5q")


class Heard(NamedTuple):
    """Totals so far: messages, their bytes, readings or values, misses, gap records."""

    messages: int = 0
    size_bytes: int = 0
    points: int = 0
    missed: int = 0
    gaps: int = 0


class _Stream(msgspec.Struct):
    rows: int
    missed: list[msgspec.Raw] = []


class _Record(msgspec.Struct):
    kind: str


class _Leaf(msgspec.Struct):
    """As much of a leaf as is counted."""

    carbonmeter: str
    streams: list[_Stream] = []
    records: list[_Record] = []


_LEAF = msgspec.json.Decoder(_Leaf)
_ROW = msgspec.json.Decoder()


def read_heard(path: Path) -> Heard:
    """The totals in a listener's counters."""
    return Heard(*_COUNTERS.unpack(path.read_bytes()))


class Listener:
    """Counts messages; receipts are given where there is a key."""

    def __init__(self, client: Client, topic: str, path: Path, key: str) -> None:
        self._client, self._topic, self._path = client, topic, path
        self._known = keyring([read_verifier(key)]) if key else None
        self._frontier, self._epoch, self._total = Frontier(), "", Heard()
        client.on_connect, client.on_subscribe = self._connected, self._subscribed
        client.on_message = self._heard

    def _connected(self, client: Client, *_rest: object) -> None:
        client.subscribe(self._topic, qos=1)

    def _subscribed(self, *_rest: object) -> None:
        new = self._path.with_suffix(".new")
        new.write_bytes(_COUNTERS.pack(*self._total))
        descriptor = os.open(new, os.O_RDWR)
        self._memory = mmap.mmap(descriptor, _COUNTERS.size)
        new.replace(self._path)

    def _heard(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        more = self._admitted(payload) if self._known is not None else _values(payload)
        added = (1, len(payload), *more)
        self._total = Heard(*(a + b for a, b in zip(self._total, added, strict=True)))
        self._memory[:] = _COUNTERS.pack(*self._total)

    def _admitted(self, payload: bytes) -> tuple[int, int, int]:
        assert self._known is not None
        envelope = unseal(payload)
        if envelope.epoch != self._epoch:
            self._epoch, self._frontier = envelope.epoch, Frontier()
        if envelope.sequence != self._frontier.size:
            return 0, 0, 0
        leaf = decompress(envelope.leaf)
        frontier = append(self._frontier, leaf_hash(leaf))
        signed = open_checkpoint(envelope.checkpoint, self._known)
        assert signed.checkpoint.root == root(frontier)
        self._frontier = frontier
        receipt = cosign(signed.text, COLLECTOR, time.time_ns())
        word = Wanted(epoch=self._epoch, want=frontier.size, receipt=receipt)
        self._client.publish(self._topic.replace("/batch", "/receipt"), seal(word), 1, retain=True)
        return _counted(leaf)


def _counted(leaf: bytes) -> tuple[int, int, int]:
    found = _LEAF.decode(leaf)
    rows = sum(stream.rows for stream in found.streams)
    missed = sum(len(stream.missed) for stream in found.streams)
    return rows, missed, sum(record.kind == "gap" for record in found.records)


def _values(payload: bytes) -> tuple[int, int, int]:
    """The numbers in a peer's JSON message."""
    return _numbers(_ROW.decode(payload)), 0, 0


def _numbers(found: object) -> int:
    if isinstance(found, dict):
        return sum(map(_numbers, found.values()))
    if isinstance(found, list):
        return sum(map(_numbers, found))
    return isinstance(found, float)


def main() -> None:
    port, topic, path, *key = sys.argv[1:]
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(1000)
    Listener(client, topic, Path(path), "".join(key))
    client.connect("127.0.0.1", int(port))
    client.loop_forever()


if __name__ == "__main__":
    main()
