"""An OPC UA server over simulated nodes: asyncua carries it, their functions say what they show.

A shell around `opcua_image`. Reads are answered from the instant they come in; monitored items
are sampled on a grid of real time, as a controller does.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import Server, ua
from asyncua.common.callback import CallbackType
from asyncua.common.utils import ServiceError

from device_profiles.opcua.node import Node, parse, text_of
from evidence.clock import Clock
from simulators.fault import active_faults
from simulators.servers.opcua_image import (
    AnyOpcUaFault,
    NodeFunction,
    Shown,
    delay_s,
    is_down,
    most_sessions,
    shown,
)
from simulators.servers.opcua_security import ServerSecurity, SimulatedInternalServer, secure

# It logs each broken connection as a failure of its own; here they are what is simulated.
logging.getLogger("asyncua").setLevel(logging.CRITICAL)

NAMESPACE = "urn:carbonmeter:simulator"
"""The namespace of nodes that are given by index 2."""

BUILD_INFO = ("urn:carbonmeter", "carbonmeter", "simulated OPC UA server", "1.0")
"""Product URI, maker, product and version that the server states."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURRENT_TIME = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)
_MOST_NODES = ua.NodeId(ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpcUaSettings:
    """How the simulated server is set up.

    Attributes:
        faults: What goes wrong, and when; requests are counted from the start of the server.
        sampling_s: Real seconds between samples of monitored items, > 0.
        most_nodes: Nodes that one Read may name; None without a limit.
        tells_limit: Whether the server says so beforehand.
        security: Certificate, users; None for an open server.
    """

    faults: Sequence[AnyOpcUaFault] = ()
    sampling_s: float = 0.1
    most_nodes: int | None = None
    tells_limit: bool = True
    security: ServerSecurity | None = None


@dataclass(slots=True)
class _Running:
    server: Server
    nodes: dict[ua.NodeId, str] = field(default_factory=dict)


class OpcUaServer:
    """Serves nodes by the text of their ids; what they show is worked out when they are asked.

    Args:
        nodes: `ns=2;...`, or `nsu=<uri>;...` for a namespace of its own.
        clock: The instant of what is shown; also the server's CurrentTime.
        settings: Faults, limits, security.
    """

    def __init__(
        self, nodes: Mapping[str, NodeFunction], clock: Clock, settings: OpcUaSettings | None = None
    ) -> None:
        self._functions, self._clock = dict(nodes), clock
        self._settings = settings or OpcUaSettings()
        self._running: _Running | None = None
        self._former: _Running | None = None
        self._tending: asyncio.Task[None] | None = None
        self._address = ("127.0.0.1", 0)
        self._reads: list[int] = []

    @property
    def reads(self) -> tuple[int, ...]:
        """Nodes of each Read that a client sent since the start, in their order."""
        return tuple(self._reads)

    def set_up(self, settings: OpcUaSettings) -> OpcUaSettings:
        """Faults and limits from now on, security from the next start on; returns the former."""
        former, self._settings = self._settings, settings
        return former

    @property
    def sessions(self) -> int:
        """How many sessions clients have now."""
        return 0 if self._running is None else self._running.server.iserver.sessions

    async def end_sessions(self) -> None:
        """Forgets all sessions; the connections stay."""
        if self._running is not None:
            await self._running.server.iserver.end_sessions()

    async def start(self, host: str, port: int) -> int:
        """Begins to listen and returns the port; `port` 0 lets the machine choose.

        Raises:
            OSError: the address cannot be listened on.
        """
        self._address = (host, port)
        await self._open()
        self._tending = asyncio.create_task(self._tend())
        return self._address[1]

    async def close(self) -> None:
        """Stops listening and closes all connections; `start` begins anew."""
        if self._tending is not None:
            self._tending.cancel()
            await asyncio.gather(self._tending, return_exceptions=True)
            self._tending = None
        await self._stop()

    def _active(self) -> tuple[AnyOpcUaFault, ...]:
        return active_faults(self._settings.faults, len(self._reads), self._clock.now_ns())

    async def _open(self) -> None:
        host, port = self._address
        former = self._former.server.iserver.aspace if self._former else None
        iserver = SimulatedInternalServer(lambda: most_sessions(self._active()), former)
        server = Server(iserver=iserver)
        await server.init()
        await server.set_application_uri("urn:carbonmeter:simulated-server")
        server.set_endpoint(f"opc.tcp://{host}:{port}/")
        server.disable_clock()
        await server.set_build_info(*BUILD_INFO, "0", _time(self._clock.now_ns()))
        await secure(server, self._settings.security)
        self._running = _Running(server, self._former.nodes if self._former else {})
        await self._populate(self._running)
        iserver.subscribe_server_callback(CallbackType.PreRead, self._on_read)
        await server.start()
        self._address = (host, server.bserver.port)

    async def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.server.iserver.end_sessions()
            await running.server.stop()
            self._former = running

    async def _populate(self, running: _Running) -> None:
        """Numbers the namespaces, adds the nodes where they are not there yet, and shows them."""
        wanted = {text: parse(text) for text in self._functions}
        named = {each.namespace for each in wanted.values() if isinstance(each.namespace, str)}
        uris = [NAMESPACE, *sorted(named)]
        indices = {uri: await running.server.register_namespace(uri) for uri in uris}
        for text, node in () if running.nodes else wanted.items():
            await self._add(running, text, node, indices)
        running.nodes |= {_CURRENT_TIME: "", _MOST_NODES: ""}
        for node_id in running.nodes:
            running.server.iserver.set_attribute_value_callback(node_id, self._on_value)

    async def _add(
        self, running: _Running, text: str, node: Node, indices: Mapping[str, int]
    ) -> None:
        index = node.namespace if isinstance(node.namespace, int) else indices[node.namespace]
        plain = text_of(Node(namespace=index, identifier=node.identifier))
        node_id = ua.NodeId.from_string(plain)
        first = self._functions[text](self._clock.now_ns())
        initial = _foreign(first, self._clock.now_ns()).Value
        name = ua.QualifiedName(str(node.identifier), index)
        await running.server.nodes.objects.add_variable(node_id, name, initial)
        running.nodes[node_id] = text

    def _on_value(self, node_id: Any, _attribute: object = None) -> Any:  # noqa: ANN401 - asyncua's
        """The DataValue of a node, now."""
        now_ns = self._clock.now_ns()
        text = self._running.nodes[node_id] if self._running else ""
        if node_id == _MOST_NODES:
            told = self._settings.most_nodes if self._settings.tells_limit else 0
            return ua.DataValue(ua.Variant(told or 0, ua.VariantType.UInt32))
        if not text:
            return ua.DataValue(ua.Variant(_time(now_ns)), ServerTimestamp=_time(now_ns))
        return _foreign(shown(text, self._functions[text], self._active(), now_ns), now_ns)

    async def _on_read(self, event: Any, _service: object) -> None:  # noqa: ANN401 - asyncua's
        """Counts a client's Read, refuses one that is too long, and lets it wait."""
        if not event.is_external:
            return
        active, count = self._active(), len(event.request_params.NodesToRead)
        self._reads.append(count)
        if self._settings.most_nodes and count > self._settings.most_nodes:
            raise ServiceError(ua.StatusCodes.BadTooManyOperations)
        if (wait_s := delay_s(active)) > 0:
            await asyncio.sleep(wait_s)

    async def _tend(self) -> None:
        """Samples monitored items; lets the server be away where a fault says so."""
        while True:
            await asyncio.sleep(self._settings.sampling_s)
            down = is_down(self._active())
            if down and self._running is not None:
                await self._stop()
            elif not down and self._running is None:
                await self._open()
            elif self._running is not None:
                await self._sample(self._running)

    async def _sample(self, running: _Running) -> None:
        for node_id in running.nodes:
            attribute = running.server.iserver.aspace[node_id].attributes[ua.AttributeIds.Value]
            if attribute.datachange_callbacks:
                value = self._on_value(node_id)
                for handle, tell in list(attribute.datachange_callbacks.items()):
                    await tell(handle, value)


def _foreign(told: Shown, now_ns: int) -> Any:  # noqa: ANN401 - asyncua's
    """In asyncua's form; without picoseconds, which it would write in the wrong place."""
    kind = ua.VariantType.Null if told.value is None else ua.VariantType[told.type]
    return ua.DataValue(
        ua.Variant(told.value, kind),
        ua.StatusCode(told.status),
        None if told.source_at_ns is None else _time(told.source_at_ns),
        _time(now_ns),
    )


def _time(at_ns: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_ns // 1000)
