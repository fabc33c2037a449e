"""A simulated OPC UA server in a thread of its own, and what its nodes show."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from device_profiles.opcua.datavalue import DataValue, decode
from device_profiles.opcua.delivery import Delivery, split
from device_profiles.opcua.request import NodesRequest
from edge_agent.driver import Reply
from edge_agent.drivers.opcua import OpcUaConnection, OpcUaDriver
from edge_agent.drivers.opcua_settings import NoSecurity, OpcUaEndpoint
from evidence.clock import Clock, SteppedClock, SystemClock
from simulators.servers.opcua import OpcUaServer, OpcUaSettings
from simulators.servers.opcua_image import NodeFunction, Shown

HOST = "127.0.0.1"
START_NS = 1_767_268_800_000_000_000  # 2026-01-01T12:00:00Z
NS_PER_S = 1_000_000_000
NODES = tuple(f"ns=2;s=meter/{number}" for number in range(200))
URI_NODE = "nsu=urn:maker:meter;i=7"
UNCERTAIN, BAD, TEXT, COUNT = "ns=2;s=uncertain", "ns=2;s=bad", "ns=2;s=text", "ns=2;i=42"
FoundT = TypeVar("FoundT")


def numbered(number: int) -> NodeFunction:
    return lambda at_ns: Shown(value=number + at_ns % NS_PER_S / 1e9, source_at_ns=at_ns)


SHOWN: Mapping[str, NodeFunction] = {
    **{node: numbered(number) for number, node in enumerate(NODES)},
    URI_NODE: lambda at_ns: Shown(value=7, type="UInt32", source_at_ns=at_ns),
    UNCERTAIN: lambda at_ns: Shown(value=1.5, status=0x4094_0580, source_at_ns=at_ns),
    BAD: lambda at_ns: Shown(value=1.5, status=0x808C_0000, source_at_ns=at_ns),
    TEXT: lambda _: Shown(value="12.5", type="String"),
    COUNT: lambda at_ns: Shown(value=at_ns // NS_PER_S, type="Int64", source_at_ns=at_ns),
}


class Bench:
    """A server that runs while this is entered; `clock` moves what it shows."""

    def __init__(
        self,
        settings: OpcUaSettings | None = None,
        nodes: Mapping[str, NodeFunction] = SHOWN,
        clock: Clock | None = None,
    ) -> None:
        self.clock = SteppedClock(START_NS) if clock is None else clock
        self.server = OpcUaServer(nodes, self.clock, settings)
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def start(self) -> None:
        """Listens, again on the same port."""
        self.port = self.run(self.server.start(HOST, self.port))

    def stop(self) -> None:
        self.run(self.server.close())

    def run(self, what: Coroutine[Any, Any, FoundT]) -> FoundT:
        """Runs something in the server's loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    def wait_until_left(self) -> None:
        """Returns once the server has noticed that all clients are gone; fails after 10 s."""

        async def left() -> None:
            async with asyncio.timeout(10):
                while self.server.sessions:
                    await asyncio.sleep(0.01)

        self.run(left())

    def endpoint(self, **more: object) -> OpcUaEndpoint:
        settings: dict[str, Any] = {"security": NoSecurity(), **more}
        return OpcUaEndpoint(url=f"opc.tcp://{HOST}:{self.port}/", **settings)

    def connection(self, **more: object) -> OpcUaConnection:
        return OpcUaConnection(self.endpoint(**more), clock=SystemClock())

    def advance(self, seconds: float) -> None:
        assert isinstance(self.clock, SteppedClock)
        self.clock.advance(round(seconds * NS_PER_S))


Meeting = Callable[[OpcUaDriver], Coroutine[Any, Any, FoundT]]


def met(connection: OpcUaConnection, meeting: Meeting[FoundT], timeout_s: float = 5.0) -> FoundT:
    """What comes of a meeting with a driver; the session is closed afterwards."""

    async def run() -> FoundT:
        try:
            return await meeting(OpcUaDriver(connection, "meter", timeout_s=timeout_s))
        finally:
            await connection.close()

    return asyncio.run(run())


async def values(driver: OpcUaDriver, *nodes: str) -> list[DataValue]:
    """The DataValues of one exchange."""
    reply = await driver.exchange(NodesRequest(nodes=nodes))
    return [decode(each.latest) for each in delivered(reply, len(nodes))]


def delivered(reply: Reply, nodes: int) -> tuple[Delivery, ...]:
    return split(reply.raw, nodes)
