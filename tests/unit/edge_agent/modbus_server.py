"""A raw Modbus TCP server whose every register tells where it was read, and that can misbehave.

It writes frames by hand and shares no code with the driver.
"""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Served:
    """One request as it came in, with the means to answer it."""

    frame: bytes
    writer: asyncio.StreamWriter
    server: "Server"

    @property
    def transaction(self) -> int:
        return int.from_bytes(self.frame[:2], "big")

    @property
    def unit(self) -> int:
        return self.frame[6]

    @property
    def function(self) -> int:
        return self.frame[7]

    @property
    def address(self) -> int:
        return int.from_bytes(self.frame[8:10], "big")

    @property
    def count(self) -> int:
        return int.from_bytes(self.frame[10:12], "big")

    def send(self, frame: bytes) -> None:
        self.writer.write(frame)

    def later(self, delay_s: float, send: Callable[[], None]) -> None:
        """Calls `send` after `delay_s`, unless the server is gone by then."""
        self.server.late.append(asyncio.get_running_loop().call_later(delay_s, send))


Behaviour = Callable[[Served], Awaitable[None]]


def truth(unit: int, address: int) -> int:
    """The content of a register: unit (1 to 7) and address (below 8192), recoverable."""
    return unit << 13 | address


def bit(unit: int, address: int) -> int:
    return (unit * 31 + address * address // 3) % 2


def framed(served: Served, pdu: bytes) -> bytes:
    return struct.pack(">HHHB", served.transaction, 0, len(pdu) + 1, served.unit) + pdu


def right_pdu(served: Served) -> bytes:
    places = range(served.address, served.address + served.count)
    if served.function >= 3:
        data = b"".join(struct.pack(">H", truth(served.unit, place)) for place in places)
    else:
        bits = sum(bit(served.unit, place) << n for n, place in enumerate(places))
        data = bits.to_bytes((served.count + 7) // 8, "little")
    return bytes([served.function, len(data)]) + data


def right(served: Served) -> bytes:
    return framed(served, right_pdu(served))


async def answer_right(served: Served) -> None:
    served.send(right(served))


def by_unit(behaviours: Mapping[int, Behaviour]) -> Behaviour:
    """Each unit behaves as stated, all others rightly."""

    async def behave(served: Served) -> None:
        await behaviours.get(served.unit, answer_right)(served)

    return behave


@dataclass
class Server:
    """What a test sees of the server, and may change while it runs."""

    behave: Behaviour
    port: int = 0
    connections: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    served: list[Served] = field(default_factory=list)
    newest: asyncio.StreamWriter | None = None
    late: list[asyncio.TimerHandle] = field(default_factory=list)
    arrivals_s: list[float] = field(default_factory=list)

    def asked(self) -> Counter[int]:
        """How many requests each unit got."""
        return Counter(served.unit for served in self.served)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.newest = writer
        try:
            while frame := await self._request(reader):
                self.arrivals_s.append(asyncio.get_running_loop().time())
                self.served.append(Served(frame, writer, self))
                await self.behave(self.served[-1])
        except OSError:
            pass
        finally:
            self.ended.set()
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        try:
            header = await reader.readexactly(6)
            return header + await reader.readexactly(int.from_bytes(header[4:6], "big"))
        except asyncio.IncompleteReadError:
            return b""


@asynccontextmanager
async def serving(behave: Behaviour = answer_right) -> AsyncIterator[Server]:
    """A running server on a free loopback port; all is closed at the end.

    Whatever reaches the event loop's own handler in the meantime fails the test.
    """
    strays: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: strays.append(context))
    server = Server(behave)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield server
        for late in server.late:
            late.cancel()
        if server.newest is not None:
            server.newest.close()
    await asyncio.sleep(0.005)  # connections end in the loop's next rounds
    assert strays == [], strays
