"""A bad line, or a broker that lies, between a client and a real broker.

A TCP proxy on a thread of its own. What it does is drawn from a seed; what it did is counted.
"""

import asyncio
import random
import struct
import threading
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tests.faults.mqtt_packets import (
    PUBLISH,
    NotMqttError,
    Packet,
    Published,
    Splitter,
    puback,
    published,
)

Way = Literal["up", "down"]
"""Towards the broker, or from it."""
_CHUNK: Final = 65_536
_LINGER: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What happens on one way; chances from 0 to 1.

    Attributes:
        delay_s: Longest wait of what is passed on, in order.
        cut: Chance of a piece of the stream to be lost, with the connection.
        flip: Chance of a piece to have one bit of it changed.
        drop: Chance of a PUBLISH to be lost.
        keep: Chance of a PUBLISH to be acknowledged, and thrown away.
        double: Chance of a PUBLISH to be passed on twice.
        late: Chance of a PUBLISH to be passed on up to `late_s` after what follows it.
        spoil: Chance of one bit of a payload to be changed.
    """

    delay_s: float = 0.0
    cut: float = 0.0
    flip: float = 0.0
    drop: float = 0.0
    keep: float = 0.0
    double: float = 0.0
    late: float = 0.0
    late_s: float = 0.3
    spoil: float = 0.0

    @property
    def of_packets(self) -> bool:
        """Whether the stream must be split into packets."""
        return any((self.drop, self.keep, self.double, self.late, self.spoil))


FINE: Final = Faults()


@dataclass(slots=True, kw_only=True)
class _Side:
    """One connection's one way."""

    way: Way
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    back: asyncio.StreamWriter
    splitter: Splitter = field(default_factory=Splitter)
    split: bool = True


class Proxy:
    """Listens on a port of its own from the start, and passes on to the broker's.

    Args:
        broker_port: On loopback.
        seed: Of everything that is drawn.

    Attributes:
        port: Where clients connect.
        up, down: The faults of each way; may be replaced at any time, for what comes then.
        happened: How often what was done, by the fault's name; also passed and accepted.
        kept: The payloads that were acknowledged and thrown away.
    """

    def __init__(self, broker_port: int, seed: int) -> None:
        self.up, self.down = FINE, FINE
        self.happened: Counter[str] = Counter()
        self.kept: list[bytes] = []
        self._broker_port, self._rng = broker_port, random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._flows: dict[Way, asyncio.Event] = {"up": asyncio.Event(), "down": asyncio.Event()}
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._accepted, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.hold()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _call(self, what: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - of any coroutine
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    def hold(self, *ways: Way) -> None:
        """From now on nothing passes on these ways, and no connection ends for it."""

        async def change() -> None:
            for way, flows in self._flows.items():
                if way in ways:
                    flows.clear()
                else:
                    flows.set()

        self._call(change())

    def cut(self) -> None:
        """Resets every connection now."""

        async def reset() -> None:
            self._reset()

        self._call(reset())

    def close(self) -> None:
        """Ends every connection, the thread, and what they had open."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _end(self) -> None:
        self._server.close()
        self._reset()
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _reset(self) -> None:
        for writer in list(self._writers):
            _abort(writer)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.happened["accepted"] += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        with suppress(OSError, asyncio.CancelledError):
            await self._joined(reader, writer)
        _abort(writer)
        self._writers.discard(writer)
        self._tasks.discard(task)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Passes on both ways until one ends."""
        far_reader, far = await asyncio.open_connection("127.0.0.1", self._broker_port)
        self._writers.add(far)
        sides = (
            _Side(way="up", reader=reader, writer=far, back=writer),
            _Side(way="down", reader=far_reader, writer=writer, back=far),
        )
        passing = [asyncio.ensure_future(self._pass(side)) for side in sides]
        try:
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in passing:
                each.cancel()
            await asyncio.gather(*passing, return_exceptions=True)
            _abort(far)
            self._writers.discard(far)

    async def _pass(self, side: _Side) -> None:
        while data := await side.reader.read(_CHUNK):
            await self._flows[side.way].wait()
            faults = self.up if side.way == "up" else self.down
            if faults.delay_s:
                await asyncio.sleep(self._rng.uniform(0, faults.delay_s))
            if self._draws("cut", faults.cut):
                return
            for piece in self._pieces(side, data, faults):
                side.writer.write(self._flipped(piece, faults))
            await side.writer.drain()

    def _pieces(self, side: _Side, data: bytes, faults: Faults) -> list[bytes]:
        """What of this data is passed on now; whole packets, as long as it is MQTT."""
        if not side.split:
            return [data]
        try:
            packets = side.splitter.feed(data)
        except NotMqttError:  # it was damaged on its way here; it may go on so
            side.split = False
            return [data]
        return [piece for each in packets for piece in self._packet(side, each, faults)]

    def _packet(self, side: _Side, packet: Packet, faults: Faults) -> list[bytes]:
        if packet.kind != PUBLISH or not packet.qos or not faults.of_packets:
            return [packet.to_bytes()]
        try:
            what = published(packet)
        except NotMqttError:
            return [packet.to_bytes()]
        self.happened["passed"] += 1
        return self._publish(side, packet, what, faults)

    def _publish(self, side: _Side, packet: Packet, what: Published, faults: Faults) -> list[bytes]:
        if self._draws("drop", faults.drop):
            return []
        if self._draws("keep", faults.keep):
            self.kept.append(packet.body[what.start :])
            side.back.write(puback(what.identifier))
            return []
        data = self._spoiled(packet, what, faults).to_bytes()
        if self._draws("late", faults.late):
            wait_s = self._rng.uniform(0, faults.late_s)
            self._loop.call_later(wait_s, _write, side.writer, data)
            return []
        return [data, data] if self._draws("double", faults.double) else [data]

    def _spoiled(self, packet: Packet, what: Published, faults: Faults) -> Packet:
        if len(packet.body) == what.start or not self._draws("spoil", faults.spoil):
            return packet
        body = bytearray(packet.body)
        self._change(body, what.start)
        return Packet(first=packet.first, body=bytes(body))

    def _flipped(self, data: bytes, faults: Faults) -> bytes:
        if not data or not self._draws("flip", faults.flip):
            return data
        changed = bytearray(data)
        self._change(changed, 0)
        return bytes(changed)

    def _change(self, data: bytearray, start: int) -> None:
        data[self._rng.randrange(start, len(data))] ^= 1 << self._rng.randrange(8)

    def _draws(self, name: str, chance: float) -> bool:
        if not chance or self._rng.random() >= chance:
            return False
        self.happened[name] += 1
        return True


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)


def _abort(writer: asyncio.StreamWriter) -> None:
    """Resets a connection; what was not sent is lost."""
    writer.transport.abort()
