"""A device whose nodes a server watches for us; a cycle fetches what came since the last one.

The line's cycle stays the only owner: nothing reconnects in the background, nothing is handed
on but by `exchange`. See docs/adr/0015.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from asyncua import ua

from device_profiles.errors import ProfileError
from device_profiles.opcua.datavalue import of_status
from device_profiles.opcua.delivery import Delivery, Gap, join
from device_profiles.opcua.node import parse
from device_profiles.opcua.request import NodesRequest
from device_profiles.opcua.services import Publication
from device_profiles.opcua.status import BAD_NODE_ID_UNKNOWN, Severity, severity
from edge_agent.driver import Identification, Reply
from edge_agent.drivers.opcua import OpcUaConnection, checked, identified, illegal
from edge_agent.drivers.opcua_faults import fault
from edge_agent.drivers.opcua_inbox import SERVER_TIME_HANDLE, Inbox
from edge_agent.drivers.opcua_session import Session, decoded
from edge_agent.drivers.opcua_settings import IdentityNodes, Sampling
from edge_agent.errors import AnswerTimeoutError

LOG = logging.getLogger("carbonmeter.agent")
_SERVER_TIME = "i=2258"
_SERVER_TIME_MS = 1000.0
_ITEMS_A_CALL = 500
_LIFETIMES = 10  # of keep-alives, after which the server forgets a subscription; at least 3


class _Subscription:
    """One subscription of one session."""

    def __init__(self, session: Session, number: int, inbox: Inbox) -> None:
        self.session, self.number, self.inbox = session, number, inbox
        self.news = asyncio.Event()

    def hear(self, told: Publication | None) -> None:
        """A message came, or the session ended."""
        if told is not None:
            self.inbox.take(told, _now_s())
        elif self.inbox.ended is None:
            self.inbox.ended = Gap.CONNECTION
        self.news.set()


class OpcUaSubscriptionDriver:
    """One device behind a server, its nodes watched; a `Driver` of `NodesRequest`.

    `exchange` returns what came since the last one. Its first exchange, and the one after a
    loss, waits until something is known of every node.

    Args:
        connection: Shared by all devices of the server.
        device: Its name, for errors.
        sampling: How often the server looks and sends.
        timeout_s: Longest time for each service, and for the first values, > 0.
        identity: Nodes in which the device says what it is.
    """

    def __init__(
        self,
        connection: OpcUaConnection,
        device: str,
        sampling: Sampling,
        *,
        timeout_s: float = 5.0,
        identity: IdentityNodes | None = None,
    ) -> None:
        self._connection, self._device, self._sampling = connection, device, sampling
        self._timeout_s, self._identity = timeout_s, identity or IdentityNodes()
        self._nodes: tuple[str, ...] = ()
        self._current: _Subscription | None = None
        self._gap = Gap.NONE

    async def open(self) -> None:
        """Returns once a session stands."""
        await self._connection.session()

    async def exchange(self, request: NodesRequest) -> Reply:
        """All DataValues of each node since the last exchange, and what was lost before them.

        Raises:
            AgentError: nothing came, and no subscription can be made; see `Driver.exchange`.
        """
        checked(request, self._device)
        asked_at_ns = self._connection.clock.now_ns()
        deliveries = await self._fetched(request.nodes)
        if self._current is None and not any(each.values for each in deliveries):
            deliveries = await self._fetched(request.nodes)
        content = join(deliveries)
        return Reply(
            content=content,
            raw=content,
            requested_at_ns=asked_at_ns,
            answered_at_ns=self._connection.clock.now_ns(),
        )

    async def identify(self) -> Identification:
        """What the configured nodes say; else maker, product and version of the server."""
        return await identified(
            self._connection, self._identity, device=self._device, timeout_s=self._timeout_s
        )

    async def close(self) -> None:
        """Returns once the session is gone; values that come afterwards are missing."""
        if self._current is not None:
            await self._end(Gap.CONNECTION)
        await self._connection.close()

    async def _fetched(self, nodes: tuple[str, ...]) -> tuple[Delivery, ...]:
        """What the subscription holds; it is begun where there is none, and dropped if it ended."""
        if self._current is not None and self._nodes != nodes:
            await self._end(Gap.NONE)
        current = self._current or await self._begun(nodes)
        current.inbox.look(_now_s())
        deliveries = current.inbox.drain()
        if current.inbox.ended is not None:
            await self._end(current.inbox.ended)
        return deliveries

    async def _begun(self, nodes: tuple[str, ...]) -> _Subscription:
        """A new subscription, in which something is known of every node."""
        self._check(nodes)
        session = await self._connection.session()
        try:
            async with asyncio.timeout(self._timeout_s):
                current = await self._subscribed(session, nodes)
        except Exception as wrong:  # noqa: BLE001 - asyncua raises many kinds on foreign bytes
            await self._connection.give_up(session)
            raise fault(wrong, self._device, self._timeout_s) from None
        self._current, self._nodes, self._gap = current, nodes, Gap.NONE
        await self._first(current)
        return current

    def _check(self, nodes: tuple[str, ...]) -> None:
        try:
            for text in nodes:
                parse(text)
        except ProfileError as wrong:
            raise illegal(self._device, wrong) from None

    async def _first(self, current: _Subscription) -> None:
        """Waits for the first values; those that came in time are enough."""
        try:
            async with asyncio.timeout(self._timeout_s):
                while not current.inbox.complete and current.inbox.ended is None:
                    current.news.clear()
                    await current.news.wait()
        except TimeoutError:
            if current.inbox.messages:
                return
            await self._end(Gap.CONNECTION)
            raise AnswerTimeoutError(self._device, timeout_s=self._timeout_s) from None

    async def _end(self, why: Gap) -> None:
        """Gives the subscription up; the next one says why values before it are missing."""
        current, self._current, self._gap = self._current, None, why
        if current is None:
            return
        current.session.forget(current.number)
        request = ua.DeleteSubscriptionsRequest()
        request.Parameters.SubscriptionIds = [current.number]
        try:
            if why is not Gap.CONNECTION:
                async with asyncio.timeout(self._timeout_s):
                    await current.session.ask(request)
                return
        except Exception as wrong:  # noqa: BLE001 - asyncua raises many kinds on foreign bytes
            LOG.debug("subscription not deleted: %r", wrong)
        await self._connection.give_up(current.session)

    async def _subscribed(self, session: Session, nodes: tuple[str, ...]) -> _Subscription:
        number, queue_size = await self._created(session)
        inbox = Inbox(
            nodes=len(nodes),
            most=self._sampling.most_waiting,
            silence_s=self._sampling.silence_s,
            heard_s=_now_s(),
            gap=self._gap,
        )
        current = _Subscription(session, number, inbox)
        session.listen(number, current.hear)
        own = self._sampling.sampling_s * 1000, queue_size
        items = {
            place + 1: _item(session.node_id(text), place + 1, *own)
            for place, text in enumerate(nodes)
        }
        items[SERVER_TIME_HANDLE] = _item(
            session.node_id(_SERVER_TIME), SERVER_TIME_HANDLE, _SERVER_TIME_MS, 1
        )
        await self._monitored(session, number, items, inbox)
        return current

    async def _created(self, session: Session) -> tuple[int, int]:
        """Number of a new subscription, and how many values of a node the server is to keep."""
        request = ua.CreateSubscriptionRequest()
        wanted = request.Parameters
        wanted.RequestedPublishingInterval = self._sampling.publishing_s * 1000
        wanted.RequestedMaxKeepAliveCount = self._sampling.keep_alive_count
        wanted.RequestedLifetimeCount = self._sampling.keep_alive_count * _LIFETIMES
        wanted.PublishingEnabled = True
        found = decoded(ua.CreateSubscriptionResponse, await session.ask(request))
        granted_s = float(found.Parameters.RevisedPublishingInterval) / 1000
        return int(found.Parameters.SubscriptionId), self._sampling.queue_size(granted_s)

    async def _monitored(
        self, session: Session, number: int, items: Mapping[int, Any], inbox: Inbox
    ) -> None:
        """Asks for the items by handle; notes those that the server does not watch."""
        statuses = {handle: BAD_NODE_ID_UNKNOWN for handle, item in items.items() if item is None}
        there = [handle for handle, item in items.items() if item is not None]
        for at in range(0, len(there), _ITEMS_A_CALL):
            part = there[at : at + _ITEMS_A_CALL]
            found = await self._asked(session, number, [items[handle] for handle in part])
            statuses |= dict(zip(part, found, strict=True))
        if not _is_bad(statuses.pop(SERVER_TIME_HANDLE)):
            inbox.ticked_s = _now_s()
        bad = {handle: status for handle, status in statuses.items() if _is_bad(status)}
        inbox.refuse({handle - 1: of_status(status) for handle, status in bad.items()})

    async def _asked(self, session: Session, number: int, items: list[Any]) -> list[int]:
        request = ua.CreateMonitoredItemsRequest()
        request.Parameters.SubscriptionId = number
        request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
        request.Parameters.ItemsToCreate = items
        found = decoded(ua.CreateMonitoredItemsResponse, await session.ask(request))
        return [int(each.StatusCode.value) for each in found.Results]


def _item(node_id: Any, handle: int, sampling_ms: float, queue_size: int) -> Any:  # noqa: ANN401
    """What is asked of the server for one node; None for a node that it cannot have."""
    if node_id is None:
        return None
    item = ua.MonitoredItemCreateRequest()
    item.ItemToMonitor = ua.ReadValueId(node_id, ua.AttributeIds.Value)
    item.MonitoringMode = ua.MonitoringMode.Reporting
    wanted = item.RequestedParameters
    wanted.ClientHandle, wanted.SamplingInterval = handle, sampling_ms
    wanted.QueueSize = queue_size
    wanted.DiscardOldest = True  # then the next value bears the overflow bit
    return item


def _is_bad(status: int) -> bool:
    return severity(status) is Severity.BAD


def _now_s() -> float:
    # How long something is silent is physical, whatever the clock of the agent shows.
    return asyncio.get_running_loop().time()
