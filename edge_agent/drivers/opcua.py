"""OPC UA: one session per server shared by its devices, many nodes a call, values as they came.

`Reply.content` is `device_profiles.opcua.delivery`: per node the DataValue's own bytes, whatever
its status. A value that is bad, or that cannot be read, is the node's matter, never the reply's.
"""

import asyncio

from device_profiles.errors import ProfileError
from device_profiles.opcua.datavalue import decode
from device_profiles.opcua.delivery import Delivery, join
from device_profiles.opcua.request import NodesRequest
from device_profiles.wire_errors import WireError
from edge_agent.driver import Identification, Reply
from edge_agent.drivers.opcua_connect import connected
from edge_agent.drivers.opcua_faults import fault
from edge_agent.drivers.opcua_session import Session
from edge_agent.drivers.opcua_settings import IdentityNodes, OpcUaEndpoint
from edge_agent.errors import AgentError, AnswerTimeoutError, IllegalRequestError
from evidence.clock import Clock
from evidence.errors import Words

_MAKER, _PRODUCT, _VERSION = "i=2263", "i=2261", "i=2264"
_NODES = Words("1 to 100,000 node ids such as ns=2;s=Line1.Energy", "1 至 100000 个节点标识")
MOST_NODES = 100_000


class OpcUaConnection:
    """The one session with a server; made anew, with a new client, when it is lost.

    Args:
        endpoint: Which server, and how.
        clock: Stamps requests and answers.
    """

    def __init__(self, endpoint: OpcUaEndpoint, *, clock: Clock) -> None:
        self.endpoint, self.clock = endpoint, clock
        self._session: Session | None = None
        self._turn = asyncio.Lock()
        self._timed_out = False

    async def session(self) -> Session:
        """A session that can be asked; opened where needed.

        Raises:
            AgentError: none comes about.
        """
        async with self._turn:
            if self._session is None or not self._session.alive:
                await self._drop()
                self._session = await connected(self.endpoint, self.clock.now_ns())
                self._timed_out = False
            return self._session

    async def read(self, nodes: tuple[str, ...], *, timeout_s: float, device: str) -> Reply:
        """The values of nodes.

        Args:
            nodes: Node ids as text.
            timeout_s: Longest time from request to complete answer, > 0; a session comes extra.
            device: Who is asked, for errors.

        Raises:
            AgentError: see `Driver.exchange`.
        """
        session = await self.session()
        asked_at_ns = self.clock.now_ns()
        try:
            async with asyncio.timeout(timeout_s):
                values = await session.read(nodes)
        except ProfileError as wrong:
            if isinstance(wrong, WireError):
                raise await self._given_up(wrong, session, device, timeout_s) from None
            raise illegal(device, wrong) from None
        except Exception as wrong:  # noqa: BLE001 - asyncua raises many kinds on foreign bytes
            raise await self._given_up(wrong, session, device, timeout_s) from None
        self._timed_out = False
        content = join(Delivery(values=(value,)) for value in values)
        return Reply(
            content=content,
            raw=content,
            requested_at_ns=asked_at_ns,
            answered_at_ns=self.clock.now_ns(),
        )

    async def close(self) -> None:
        """Returns once the session is gone."""
        async with self._turn:
            await self._drop()

    async def give_up(self, session: Session) -> None:
        """This session is not trusted any more; the next request opens a new one."""
        async with self._turn:
            if self._session is session:
                await self._drop()

    async def _given_up(
        self, wrong: Exception, session: Session, device: str, timeout_s: float
    ) -> AgentError:
        """The coded error; the session goes too, unless requests and answers still pair up.

        A late answer finds no other request, by its id: one time-out costs no session, two in
        succession do.
        """
        error = fault(wrong, device, timeout_s)
        first_time_out = isinstance(error, AnswerTimeoutError) and not self._timed_out
        self._timed_out = first_time_out
        if not (error.in_step or first_time_out):
            await self.give_up(session)
        return error

    async def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


class OpcUaDriver:
    """One device behind a server, its nodes read in each cycle; a `Driver` of `NodesRequest`.

    Args:
        connection: Shared by all devices of the server; closing one driver closes it.
        device: Its name, for errors.
        timeout_s: Longest time from request to complete answer, > 0.
        identity: Nodes in which the device says what it is; BuildInfo where there are none.
    """

    def __init__(
        self,
        connection: OpcUaConnection,
        device: str,
        *,
        timeout_s: float = 5.0,
        identity: IdentityNodes | None = None,
    ) -> None:
        self._connection, self._device, self._timeout_s = connection, device, timeout_s
        self._identity = identity or IdentityNodes()

    async def open(self) -> None:
        """Returns once a session stands; see `OpcUaConnection.session`."""
        await self._connection.session()

    async def exchange(self, request: NodesRequest) -> Reply:
        """One DataValue for each node of `request`; see `OpcUaConnection.read`."""
        checked(request, self._device)
        return await self._connection.read(
            request.nodes, timeout_s=self._timeout_s, device=self._device
        )

    async def identify(self) -> Identification:
        """What the configured nodes say; else maker, product and version of the server."""
        return await identified(
            self._connection, self._identity, device=self._device, timeout_s=self._timeout_s
        )

    async def close(self) -> None:
        """Returns once the session is gone; the next exchange opens a new one."""
        await self._connection.close()


async def identified(
    connection: OpcUaConnection, nodes: IdentityNodes, *, device: str, timeout_s: float
) -> Identification:
    """What a device behind a server says it is, in one call.

    Raises:
        AgentError: see `Driver.identify`.
    """
    wanted = {
        "maker": nodes.maker or _MAKER,
        "model": nodes.model or _PRODUCT,
        "serial": nodes.serial,
        "revision": nodes.revision or _VERSION,
    }
    named = {field: node for field, node in wanted.items() if node}
    session = await connection.session()
    try:
        async with asyncio.timeout(timeout_s):
            values = await session.read(tuple(named.values()))
    except Exception as wrong:  # noqa: BLE001 - asyncua raises many kinds on foreign bytes
        raise fault(wrong, device, timeout_s) from None
    texts = dict(zip(named, (_text(value) for value in values), strict=True))
    return Identification(**texts)


def checked(request: NodesRequest, device: str) -> None:
    """Raises IllegalRequestError for no nodes, or too many."""
    if not 1 <= len(request.nodes) <= MOST_NODES:
        asked = f"{len(request.nodes)} nodes"
        raise IllegalRequestError(device, request=asked, limit=_NODES)


def illegal(device: str, wrong: ProfileError) -> IllegalRequestError:
    """The error for a text that names no node."""
    return IllegalRequestError(device, request=wrong.facts.get("found", "-"), limit=_NODES)


def _text(raw: bytes) -> str:
    """A text or number that a node holds; empty where there is none."""
    try:
        value = decode(raw).value
    except WireError:
        return ""
    return "" if value is None else str(value).strip()
