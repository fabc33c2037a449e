"""Modbus TCP: pymodbus carries the bytes, a guard proves every answer before it is used.

pymodbus connects, numbers, sends and waits. Its own reading of answers is bypassed: it lets
transaction id 0, wrong register counts and false byte counts pass, and raises in the event loop on
bytes that it cannot decode. After anything but a clean answer the connection is given up, and the
transaction ids go on counting on the next one: no late answer finds a request that it fits.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ModbusPDU

from device_profiles.plan import ReadRequest
from edge_agent.driver import Identification, Reply
from edge_agent.drivers.modbus_frame import (
    EXCEPTION_LENGTH,
    READ_LIMITS,
    identification,
    judge,
    words,
)
from edge_agent.errors import (
    AgentError,
    AnswerTimeoutError,
    ConnectionClosedError,
    IllegalRequestError,
    NoConnectionError,
)
from evidence.clock import Clock
from evidence.errors import Words

# What pymodbus logs is raised here as coded errors; twice said is once too often.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

_READ_LIMITS = Words(
    "functions 1, 2 read up to 2000, 3, 4 up to 125, addresses 0 to 65535, units 0 to 255",
    "功能码 1、2 最多读 2000 个，3、4 最多读 125 个，地址 0 至 65535，单元标识 0 至 255",
)
_Call = Callable[[AsyncModbusTcpClient], Awaitable[ModbusPDU]]


class _ProvenAnswer(ModbusPDU):
    """What the guard hands to pymodbus' waiting call in place of pymodbus' own decoding."""

    def __init__(self, asked: bytes, answer: bytes, asked_at_ns: int, answered_at_ns: int) -> None:
        super().__init__(dev_id=asked[6], transaction_id=int.from_bytes(asked[:2], "big"))
        self.asked, self.asked_at_ns = asked, asked_at_ns
        self.answer, self.answered_at_ns = answer, answered_at_ns


class ModbusConnection:
    """One connection to a Modbus TCP server, shared by all units behind it.

    Calls wait for each other; order and gaps between them are the line's business.

    Args:
        host: Name or address of the server.
        port: Its port, 1 to 65535.
        clock: Stamps requests and answers.
        connect_timeout_s: Longest time to wait for a connection, > 0.
    """

    def __init__(
        self, host: str, port: int, *, clock: Clock, connect_timeout_s: float = 3.0
    ) -> None:
        self.where = f"{host}:{port}"
        self._host, self._port, self._connect_timeout_s = host, port, connect_timeout_s
        self._clock = clock
        self._client: AsyncModbusTcpClient | None = None
        self._turn = asyncio.Lock()
        self._in_step = False
        self._transaction = 0
        self._asked, self._asked_at_ns, self._device = b"", 0, ""

    async def open(self) -> None:
        """Returns once there is a connection on which nothing is outstanding.

        Raises:
            NoConnectionError: If none comes about in time.
        """
        async with self._turn:
            await self._fresh_client()

    async def exchange(self, unit: int, request: ReadRequest, *, timeout_s: float) -> Reply:
        """The registers of `unit` that `request` names.

        Args:
            unit: Unit id, 0 to 255.
            request: What to read.
            timeout_s: Longest time from request to complete answer, > 0.

        Raises:
            IllegalRequestError: If the request breaks the protocol's limits.
            DeviceAnswerError: If what came back is not the answer to `request`.
            UnreachableError: If nothing usable came back in time.
        """
        device = f"{self.where} unit {unit}"
        _check(request, unit, device)
        read = _READS[request.function]

        def call(client: AsyncModbusTcpClient) -> Awaitable[ModbusPDU]:
            return read(client, request.address, count=request.count, device_id=unit)

        async with self._turn:
            proven = await self._transact(call, device, timeout_s)
        return Reply(
            words=words(proven.asked, proven.answer),
            raw=proven.answer,
            requested_at_ns=proven.asked_at_ns,
            answered_at_ns=proven.answered_at_ns,
        )

    async def identify(self, unit: int, *, timeout_s: float) -> Identification:
        """Maker, model and revision that `unit` states (function 43/14, basic objects).

        Raises:
            DeviceAnswerError: If it does not know the function, or answers wrongly.
            UnreachableError: If nothing usable came back in time.
        """
        device = f"{self.where} unit {unit}"

        def call(client: AsyncModbusTcpClient) -> Awaitable[ModbusPDU]:
            return client.read_device_information(read_code=1, object_id=0, device_id=unit)

        async with self._turn:
            proven = await self._transact(call, device, timeout_s)
        return identification(proven.answer, device)

    async def close(self) -> None:
        """Returns once the connection is gone."""
        async with self._turn:
            self._give_up()
            await asyncio.sleep(0)  # the loop frees the socket in its next round

    async def _transact(self, call: _Call, device: str, timeout_s: float) -> _ProvenAnswer:
        client = await self._fresh_client()
        client.ctx.comm_params.timeout_connect = timeout_s  # pymodbus' one time-out for everything
        self._in_step, self._asked, self._device = False, b"", device
        try:
            return cast("_ProvenAnswer", await call(client))
        except ConnectionException as error:
            raise ConnectionClosedError(device) from error
        except ModbusException as error:
            raise AnswerTimeoutError(device, timeout_s=timeout_s) from error
        finally:
            # Cancelled, timed out, refused: whatever is still under way must find nobody home.
            if not self._in_step:
                self._give_up()

    async def _fresh_client(self) -> AsyncModbusTcpClient:
        if self._client is not None and self._in_step and self._client.connected:
            return self._client
        self._give_up()
        client = self._client = self._new_client()
        if not await self._connected(client):
            self._give_up()
            raise NoConnectionError(self.where, timeout_s=self._connect_timeout_s)
        client.ctx.next_tid = self._transaction
        self._in_step = True
        return client

    def _new_client(self) -> AsyncModbusTcpClient:
        return AsyncModbusTcpClient(
            self._host,
            port=self._port,
            timeout=self._connect_timeout_s,
            retries=0,
            reconnect_delay=0,
            trace_packet=self._on_packet,
            trace_connect=self._on_connection,
        )

    async def _connected(self, client: AsyncModbusTcpClient) -> bool:
        try:
            return await client.connect()
        except UnicodeError:  # a host name that no resolver takes
            return False

    def _give_up(self) -> None:
        client, self._client, self._in_step = self._client, None, False
        if client is not None:
            self._transaction = client.ctx.next_tid or self._transaction
            client.close()

    def _on_packet(self, sending: bool, packet: bytes) -> bytes:  # noqa: FBT001 - pymodbus' hook
        """Sees every byte; pymodbus itself gets to see only what it sends."""
        if sending:
            self._asked, self._asked_at_ns = packet, self._clock.now_ns()
            return packet
        if not self._asked:
            self._in_step = False
            return b""
        verdict = judge(self._asked, packet, self._device)
        if isinstance(verdict, bytes):
            self._in_step = len(packet) == len(verdict)
            now_ns = self._clock.now_ns()
            self._settle(_ProvenAnswer(self._asked, verdict, self._asked_at_ns, now_ns))
        elif verdict is not None:
            self._in_step = verdict.in_step and len(packet) == EXCEPTION_LENGTH
            self._settle(verdict)
        return b""

    def _on_connection(self, established: bool) -> None:  # noqa: FBT001 - pymodbus' hook
        if not established and self._asked:
            self._settle(ConnectionClosedError(self._device))

    def _settle(self, outcome: _ProvenAnswer | AgentError) -> None:
        """Ends the wait of the call that is under way, as far as it still waits."""
        self._asked = b""
        if self._client is None or (waiting := self._client.ctx.response_future).done():
            return
        if isinstance(outcome, AgentError):
            waiting.set_exception(outcome)
        else:
            waiting.set_result(outcome)


class ModbusDriver:
    """One unit behind a connection; a `Driver` of `ReadRequest`.

    Args:
        connection: Shared by all units of the line; closing one unit's driver closes it.
        unit: Unit id, 0 to 255; over TCP some devices want 0, 1 or 255.
        timeout_s: Longest time from request to complete answer, > 0.
    """

    def __init__(self, connection: ModbusConnection, unit: int, *, timeout_s: float = 1.0) -> None:
        self._connection, self._unit, self._timeout_s = connection, unit, timeout_s

    async def open(self) -> None:
        """Returns once the connection stands; see `ModbusConnection.open`."""
        await self._connection.open()

    async def exchange(self, request: ReadRequest) -> Reply:
        """The registers that `request` names; see `ModbusConnection.exchange`."""
        return await self._connection.exchange(self._unit, request, timeout_s=self._timeout_s)

    async def identify(self) -> Identification:
        """Maker, model and revision; see `ModbusConnection.identify`."""
        return await self._connection.identify(self._unit, timeout_s=self._timeout_s)

    async def close(self) -> None:
        """Returns once the connection is gone; the next exchange opens it again."""
        await self._connection.close()


_READS: Mapping[int, Callable[..., Awaitable[ModbusPDU]]] = {
    1: AsyncModbusTcpClient.read_coils,
    2: AsyncModbusTcpClient.read_discrete_inputs,
    3: AsyncModbusTcpClient.read_holding_registers,
    4: AsyncModbusTcpClient.read_input_registers,
}


def _check(request: ReadRequest, unit: int, device: str) -> None:
    limit = READ_LIMITS.get(request.function, 0)
    end = request.address + request.count
    if (
        1 <= request.count <= limit
        and request.address >= 0
        and end <= 65_536
        and unit in range(256)
    ):
        return
    asked = f"FC{request.function:02} {request.address}+{request.count}"
    raise IllegalRequestError(device, request=asked, limit=_READ_LIMITS)
