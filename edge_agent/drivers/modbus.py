"""Modbus TCP and UDP: pymodbus' transport carries the bytes, a guard proves every answer.

pymodbus' own reading of answers is not used: it lets transaction id 0, wrong register counts and
false byte counts pass, and raises in the event loop on bytes that it cannot decode. After anything
but a clean answer the connection is given up, and the transaction ids go on counting on the next
one: no late answer finds a request that it fits.
"""

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec
from pymodbus.transport import CommParams, CommType

from device_profiles.modbus.identification import BASIC, gathering, joined_objects, text_of
from device_profiles.modbus.pdu import Adu, Request, asking
from device_profiles.modbus.tcp import (
    EXCEPTION_LENGTH,
    HEADER_BYTES,
    asking_read,
    data,
    frame,
    judge,
)
from device_profiles.plan import ReadRequest
from device_profiles.traffic import About, Tap
from device_profiles.wire_errors import WireError
from edge_agent.driver import Identification, Reply
from edge_agent.drivers.deadline import Deadline
from edge_agent.drivers.modbus_limits import require_legal
from edge_agent.drivers.modbus_transport import TappedTransport, Transport, connected
from edge_agent.drivers.wire_faults import agent_error
from edge_agent.errors import (
    AgentError,
    AnswerTimeoutError,
    ConnectionClosedError,
    NoConnectionError,
)
from evidence.clock import Clock

_LAST_TRANSACTION = 0xFFFF


class _Answer(msgspec.Struct, frozen=True):
    """A proven answer, and when it was asked for and complete, UTC ns."""

    asked: bytes
    answer: bytes
    asked_at_ns: int
    answered_at_ns: int


class ModbusConnection:
    """One connection to a Modbus TCP or UDP server, shared by all units behind it.

    Calls wait for each other; order and gaps between them are the line's business.

    Args:
        host: Name or address of the server.
        port: Its port, 1 to 65535.
        clock: Stamps requests and answers.
        connect_timeout_s: Longest time to wait for a connection, > 0.
        udp: Each frame is a datagram, of the same form; nothing is connected.
        tap: Is told all that goes over it; None where nobody listens.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        clock: Clock,
        connect_timeout_s: float = 3.0,
        udp: bool = False,
        tap: Tap | None = None,
    ) -> None:
        self.where = f"{host}:{port}"
        self._tap = tap
        self._params = CommParams(
            comm_name="modbus",
            comm_type=CommType.UDP if udp else CommType.TCP,
            host=host,
            port=port,
            timeout_connect=connect_timeout_s,
            reconnect_delay=0.0,
        )
        self._clock = clock
        self._transport: Transport | None = None
        self._turn = asyncio.Lock()
        self._in_step = False
        self._transaction = 0
        self._asked, self._asked_at_ns, self._device = b"", 0, ""
        self._waiting: asyncio.Future[_Answer] | None = None
        self._timeout_s, self._deadline = 0.0, Deadline(self._on_time_out)

    async def open(self) -> None:
        """Returns once there is a connection on which nothing is outstanding.

        Raises:
            NoConnectionError: If none comes about in time.
        """
        async with self._turn:
            await self._fresh_transport()

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
        require_legal(request, unit, device)
        async with self._turn:
            asked = asking_read(self._next_transaction(), unit, request)
            proven = await self._transact(asked, device, timeout_s)
        return Reply(
            content=data(proven.answer),
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
        try:
            found = await self._objects(unit, device, timeout_s)
        except WireError as wrong:
            raise agent_error(wrong, device) from wrong
        objects = {number: text_of(content) for number, content in found}
        return Identification(
            maker=objects.get(0, ""), model=objects.get(1, ""), revision=objects.get(2, "")
        )

    async def objects(self, unit: int, code: int, *, timeout_s: float) -> Reply:
        """All identification objects of a category, as `modbus.identification` joins them.

        Args:
            unit: Unit id, 0 to 255.
            code: 1 basic, 2 regular, 3 extended.
            timeout_s: Longest time from a request to its complete answer, > 0.

        Raises:
            DeviceAnswerError: If it does not know the function, or answers wrongly.
            UnreachableError: If nothing usable came back in time.
        """
        device, asked_at_ns = f"{self.where} unit {unit}", self._clock.now_ns()
        try:
            found = await self._objects(unit, device, timeout_s, code)
        except WireError as wrong:
            raise agent_error(wrong, device) from wrong
        content = joined_objects(found)
        answered_at_ns = self._clock.now_ns()
        return Reply(
            content=content,
            raw=content,
            requested_at_ns=asked_at_ns,
            answered_at_ns=answered_at_ns,
        )

    async def _objects(
        self, unit: int, device: str, timeout_s: float, code: int = BASIC
    ) -> Sequence[tuple[int, bytes]]:
        talk = gathering(code, device)
        request = next(talk)
        while True:
            pdu = await self.answer(unit, request, timeout_s=timeout_s)
            try:
                request = talk.send(pdu)
            except StopIteration as end:
                found: Sequence[tuple[int, bytes]] = end.value
                return found

    async def answer(self, unit: int, request: Request, *, timeout_s: float) -> bytes:
        """The PDU with which `unit` answers a request of any function.

        Raises:
            DeviceAnswerError: If what came back is not the answer to `request`.
            UnreachableError: If nothing usable came back in time.
        """
        async with self._turn:
            adu = Adu(unit=unit, pdu=asking(request), transaction=self._next_transaction())
            proven = await self._transact(frame(adu), f"{self.where} unit {unit}", timeout_s)
        return proven.answer[HEADER_BYTES:]

    async def close(self) -> None:
        """Returns once the connection is gone."""
        async with self._turn:
            self._give_up()
            await asyncio.sleep(0)  # the loop frees the socket in its next round

    def _next_transaction(self) -> int:
        self._transaction = self._transaction % _LAST_TRANSACTION + 1
        return self._transaction

    async def _transact(self, asked: bytes, device: str, timeout_s: float) -> _Answer:
        transport = await self._fresh_transport()
        self._in_step, self._asked, self._device = False, asked, device
        self._waiting = asyncio.get_running_loop().create_future()
        self._timeout_s = timeout_s
        self._deadline.set(timeout_s)
        try:
            self._asked_at_ns = self._clock.now_ns()
            transport.send(asked)
            return await self._waiting
        finally:
            self._deadline.clear()
            self._asked = b""
            # Cancelled, timed out, refused: whatever is still under way must find nobody home.
            if not self._in_step:
                self._give_up()

    async def _fresh_transport(self) -> Transport:
        if self._transport is not None and self._in_step and self._transport.is_active():
            return self._transport
        self._give_up()
        transport = self._transport = self._new_transport()
        if not await connected(transport):
            self._give_up()
            raise NoConnectionError(self.where, timeout_s=self._params.timeout_connect)
        self._in_step = True
        return transport

    def _new_transport(self) -> Transport:
        if self._tap is None:
            return Transport(self._params, self._on_bytes, self._on_loss)
        return TappedTransport(self._params, self._on_bytes, self._on_loss, self._tell)

    def _tell(self, direction: Literal["sent", "received"], data: bytes) -> None:
        if self._tap is not None:
            about = About(line=self.where, device=self._device, protocol="modbus-tcp")
            self._tap(about, direction, data)

    def _give_up(self) -> None:
        transport, self._transport, self._in_step = self._transport, None, False
        self._deadline.close()
        if transport is not None:
            transport.close()

    def _on_bytes(self, received: bytes) -> bool:
        """Judges all that came since the request; whether no more is waited for."""
        if not self._asked:
            self._in_step = False
            return True
        verdict = judge(self._asked, received, self._device)
        if verdict is None:
            return False
        if isinstance(verdict, bytes):
            self._in_step = len(received) == len(verdict)
            now_ns = self._clock.now_ns()
            self._settle(_Answer(self._asked, verdict, self._asked_at_ns, now_ns))
        else:
            fault = agent_error(verdict, self._device)
            self._in_step = fault.in_step and len(received) == EXCEPTION_LENGTH
            self._settle(fault)
        return True

    def _on_loss(self) -> None:
        if self._asked:
            self._settle(ConnectionClosedError(self._device))

    def _on_time_out(self) -> None:
        self._settle(AnswerTimeoutError(self._device, timeout_s=self._timeout_s))

    def _settle(self, outcome: _Answer | AgentError) -> None:
        """Ends the wait of the call that is under way, as far as it still waits."""
        self._asked = b""
        if self._waiting is None or self._waiting.done():
            return
        if isinstance(outcome, AgentError):
            self._waiting.set_exception(outcome)
        else:
            self._waiting.set_result(outcome)
