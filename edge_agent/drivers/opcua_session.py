"""One session with an OPC UA server, from its connection to its end; never used again after that.

asyncua carries bytes, secure channel and session. Its own reading of answers is not used: it
reads picoseconds from the wrong place, and a value that it cannot decode spoils the whole answer.
Its supervisor, watchdogs and subscriptions are not started either: a session has no tasks of its
own but the one that fetches messages of subscriptions, and whoever asks decides about reconnection.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

from asyncua import Client, ua
from asyncua.ua.ua_binary import struct_from_binary

from device_profiles.opcua.datavalue import of_status
from device_profiles.opcua.node import Node, index_in, parse, text_of
from device_profiles.opcua.services import Publication, publication, read_results
from device_profiles.opcua.status import BAD_NODE_ID_UNKNOWN, name
from edge_agent.drivers.opcua_faults import TOO_MUCH
from edge_agent.drivers.opcua_guard import Guard

# What asyncua logs is raised here as coded errors; twice said is once too often.
logging.getLogger("asyncua").setLevel(logging.CRITICAL)

CLOSING_S = 1.0
"""Longest time for a farewell; the server forgets a silent session by itself."""
_RENEW_AT = 0.75  # of the token's lifetime: OPC 10000-4, 5.6.2.1
_NAMESPACES, _MOST_NODES = 2255, 11705
_MOST_CACHED = 64

Listener = Callable[[Publication | None], None]
"""Takes a message of a subscription; None when the session has ended."""


class Session:
    """An activated session.

    Args:
        client: Connected and activated.
        guard: Watches its connection.
        where: The server, for errors.
        most_nodes: Nodes of one Read, where the server tells no limit.
    """

    def __init__(self, client: Client, guard: Guard, where: str, most_nodes: int) -> None:
        self._client, self._guard, self._where = client, guard, where
        self._most = most_nodes
        self._namespaces: Sequence[str] = ()
        self._wanted: dict[tuple[str, ...], list[Any | None]] = {}
        self._listeners: dict[int, Listener] = {}
        self._publishing: asyncio.Task[None] | None = None
        self._renewing = asyncio.Lock()
        self._renew_at_s = self._time_s() + self._lifetime_s()
        self.expires_s = self._time_s()
        self._touch()

    @property
    def alive(self) -> bool:
        """Whether it can be asked: connected, and not silent for so long that it is forgotten."""
        return self._guard.open and (self._publishes or self._time_s() < self.expires_s)

    @property
    def _publishes(self) -> bool:
        return self._publishing is not None and not self._publishing.done()

    async def learn(self) -> None:
        """Reads which namespaces the server has, and how many nodes one Read may name."""
        wanted = [
            ua.ReadValueId(ua.NodeId(node), ua.AttributeIds.Value)
            for node in (_NAMESPACES, _MOST_NODES)
        ]
        namespaces, most = await self._client.uaclient.read(ua.ReadParameters(NodesToRead=wanted))
        found = namespaces.Value.Value if namespaces.Value is not None else None
        self._namespaces = [str(uri) for uri in found] if isinstance(found, list) else []
        limit = most.Value.Value if most.Value is not None else None
        if isinstance(limit, int) and limit > 0:
            self._most = min(self._most, limit)

    async def read(self, nodes: tuple[str, ...]) -> list[bytes]:
        """The DataValue of each node, as it came; one that the server cannot have says so.

        Raises:
            Exception: what asyncua, the network and the codec raise; see `opcua_faults.fault`.
        """
        wanted = self._resolved(nodes)
        results = [b""] * len(nodes)
        there = [place for place, value_id in enumerate(wanted) if value_id is not None]
        at = 0
        while at < len(there):
            part = there[at : at + self._most]
            values = await self._read_part([wanted[place] for place in part])
            if values is None:
                self._most = max(1, len(part) // 2)
                continue
            for place, value in zip(part, values, strict=True):
                results[place] = value
            at += len(part)
        return [value or of_status(BAD_NODE_ID_UNKNOWN) for value in results]

    async def ask(self, request: Any, *, waits: bool = True) -> Any:  # noqa: ANN401 - asyncua's
        """The answer's bytes to any request of a session, as asyncua's buffer.

        Args:
            request: asyncua's.
            waits: whether its answer comes at once; else it is waited for without an end.
        """
        await self._keep_channel()
        protocol = self._client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("the session has ended")
        answer = await protocol.send_request(request, None if waits else 0)
        self._touch()
        return answer

    def node_id(self, text: str) -> Any | None:  # noqa: ANN401 - asyncua's
        """The node id as this server numbers it; None if it has no such namespace."""
        node = parse(text)
        index = index_in(node, self._namespaces)
        if index is None:
            return None
        return ua.NodeId.from_string(text_of(Node(namespace=index, identifier=node.identifier)))

    def lasting(self, text: str) -> str:
        """A node id by the URI of its namespace, which outlasts restarts; as it is without one."""
        node = parse(text)
        index = node.namespace
        if not isinstance(index, int) or not 0 < index < len(self._namespaces):
            return text
        return text_of(Node(namespace=self._namespaces[index], identifier=node.identifier))

    def listen(self, subscription: int, listener: Listener) -> None:
        """From now on messages of a subscription are fetched, and handed over in their order."""
        self._listeners[subscription] = listener
        if not self._publishes:
            self._publishing = asyncio.create_task(self._publish())

    def forget(self, subscription: int) -> None:
        """Messages of this subscription are of no interest any more."""
        self._listeners.pop(subscription, None)
        if not self._listeners and self._publishing is not None:
            # What it still waits for would be "no subscription", and end the next one.
            self._publishing.cancel()
            self._publishing = None

    async def close(self) -> None:
        """Returns once nothing of the session is left here; the server is told if it listens."""
        if self._publishing is not None:
            self._publishing.cancel()
            await asyncio.gather(self._publishing, return_exceptions=True)
        await farewell(self._client, self._guard)
        self._tell_end()

    def _resolved(self, nodes: tuple[str, ...]) -> list[Any | None]:
        found = self._wanted.get(nodes)
        if found is None:
            if len(self._wanted) >= _MOST_CACHED:
                self._wanted.clear()
            ids = [self.node_id(text) for text in nodes]
            found = [
                None if each is None else ua.ReadValueId(each, ua.AttributeIds.Value)
                for each in ids
            ]
            self._wanted[nodes] = found
        return found

    async def _read_part(self, wanted: list[Any]) -> tuple[bytes, ...] | None:
        """The DataValues; None if the server finds them too many, and fewer can be asked."""
        request = ua.ReadRequest()
        request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
        request.Parameters.NodesToRead = wanted
        try:
            answer = await self.ask(request)
        except ua.UaStatusCodeError as wrong:
            if name(wrong.code) in TOO_MUCH and len(wanted) > 1:
                return None
            raise
        return read_results(bytes(answer), len(wanted), self._where)

    async def _publish(self) -> None:
        acknowledged: list[Any] = []
        with contextlib.suppress(Exception):  # whatever ends it: listeners are told so
            while True:
                request = ua.PublishRequest()
                request.Parameters.SubscriptionAcknowledgements = acknowledged
                told = publication(bytes(await self.ask(request, waits=False)), self._where)
                acknowledged = []
                if told.carries:
                    number = ua.SubscriptionAcknowledgement(told.subscription, told.sequence)
                    acknowledged = [number]
                if (listener := self._listeners.get(told.subscription)) is not None:
                    listener(told)
        self._tell_end()

    def _tell_end(self) -> None:
        listeners, self._listeners = self._listeners, {}
        for listener in listeners.values():
            listener(None)

    async def _keep_channel(self) -> None:
        """Renews the channel's keys in time."""
        if self._time_s() < self._renew_at_s:
            return
        async with self._renewing:
            if self._time_s() >= self._renew_at_s:
                await self._client.open_secure_channel(renew=True)
                self._renew_at_s = self._time_s() + self._lifetime_s()

    def _lifetime_s(self) -> float:
        return float(self._client.secure_channel_timeout) / 1000 * _RENEW_AT

    def _touch(self) -> None:
        self.expires_s = self._time_s() + float(self._client.session_timeout) / 1000 * _RENEW_AT

    @staticmethod
    def _time_s() -> float:
        # Time-outs of the network are physical, whatever the clock of the agent shows.
        return asyncio.get_running_loop().time()


async def farewell(client: Client, guard: Guard | None) -> None:
    """Ends session and connection; takes no longer than `CLOSING_S`, whatever the server does."""
    if guard is not None and guard.open:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSING_S):
                await client.close_session()
                await client.close_secure_channel()
    with contextlib.suppress(Exception):
        client.disconnect_socket()
    if guard is not None:
        guard.abort()
    await asyncio.sleep(0)  # the loop frees the socket in its next round


def decoded(kind: Any, answer: Any) -> Any:  # noqa: ANN401 - asyncua's
    """An answer without measured values in it, as asyncua reads it."""
    return struct_from_binary(kind, answer)
