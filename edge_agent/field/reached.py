"""A place while it is asked: one connection, or one wire, and the devices behind it."""

from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from device_profiles.conversation import Conversation
from device_profiles.modbus import ask
from device_profiles.modbus.identification import (
    ServerIdRequest,
    gathering,
    parted_objects,
    server_id_answer,
)
from device_profiles.model import DeviceProfile
from device_profiles.opcua.request import NodesRequest
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile
from device_profiles.speed import Speed
from device_profiles.spoken import name_of, spoken_of
from device_profiles.traffic import Tap
from device_profiles.wire_errors import WireError
from edge_agent.driver import Driver
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.drivers.on_demand import opcua_drivers
from edge_agent.drivers.opcua_settings import NoSecurity, OpcUaEndpoint
from edge_agent.drivers.talk import Manners, SharedWire, TalkDriver
from edge_agent.drivers.wire import Wire
from edge_agent.drivers.wire_faults import agent_error
from edge_agent.field.errors import UsageError
from edge_agent.field.target import Target
from evidence.clock import Clock
from evidence.errors import Words

if TYPE_CHECKING:  # its library is loaded only where a server is asked
    from edge_agent.drivers.opcua import OpcUaConnection


class Unit(Protocol):
    """One Modbus unit, whatever carries its frames. Errors are `edge_agent.errors`."""

    async def read(self, request: ReadRequest) -> bytes:
        """The data bytes of what `request` names."""

    async def objects(self, code: int) -> tuple[tuple[int, bytes], ...]:
        """Id and content of each object of a category that it tells (function 43/14)."""

    async def server_id(self) -> bytes:
        """What it tells by function 17."""


class Reached:
    """A place that is asked.

    Args:
        target: Where it is.
        clock: Stamps requests and answers.
        tap: Is told all that goes over the line; None where nobody listens.
        connection: One that is there already, of a network target; else it is made.
    """

    def __init__(
        self,
        target: Target,
        clock: Clock,
        tap: Tap | None = None,
        connection: ModbusConnection | None = None,
    ) -> None:
        self.target, self._clock = target, clock
        self._connection = connection
        self._shared: SharedWire | None = None
        self._server: OpcUaConnection | None = None
        if target.carries_bytes:
            wire = _wire(target)
            wire.tap = tap
            self._shared = SharedWire(wire)
        elif target.kind == "opcua":
            self._server = _server(target, clock)
        elif connection is None:
            udp = target.kind == "modbus-udp"
            self._connection = ModbusConnection(
                target.host, target.port, clock=clock, udp=udp, tap=tap
            )

    @property
    def server(self) -> "OpcUaConnection":
        """The OPC UA server.

        Raises:
            UsageError: The place is none.
        """
        if self._server is None:
            limit = Words("an OPC UA server", "OPC UA 服务器")
            raise UsageError("--opcua", found=self.target.place, limit=limit)
        return self._server

    def unit(self, number: int, speed: Speed | None = None) -> Unit:
        """A Modbus unit of the place, at a speed other than the place's where one is given."""
        if self._connection is not None:
            return _NetworkUnit(self._connection, number, self.target.timeout_s)
        framing = ask.ASCII if self.target.framing == "ascii" else ask.RTU
        talker = self.talker(f"unit {number}", f"modbus-{self.target.framing}", speed)
        return _WireUnit(talker, framing, number)

    def talker(self, device: str, protocol: str, speed: Speed | None = None) -> TalkDriver:
        """What holds talks with a device on a line of bytes.

        Args:
            device: What messages call it.
            protocol: Of its frames.
            speed: Other than the place's.

        Raises:
            UsageError: The place carries no bare bytes.
        """
        return self._talker(device, protocol, speed or self.target.usual_speed, _by_talks_alone)

    def driver(self, profile: DeviceProfile, address: str) -> Driver[Any]:
        """A device of a profile; an empty address takes the profile's.

        Raises:
            UsageError: The place cannot carry the profile's protocol.
            ProfileError: The profile's protocol is not spoken on such a line.
        """
        if self._server is not None:
            return _node_driver(self._server, profile, self.target)
        if self._connection is not None:
            if not isinstance(profile, ModbusProfile):
                limit = Words("a Modbus profile on this target", "该目标上须为 Modbus 配置文件")
                raise UsageError("--profile", found=profile.id, limit=limit)
            unit = int(address) if address else profile.modbus.unit_id
            return ModbusDriver(self._connection, unit, timeout_s=self.target.timeout_s)
        spoken = spoken_of(profile, self.target.framing)
        spoken.check_address(profile, address)
        speed = self.target.speed or profile.speed or self.target.usual_speed
        protocol = name_of(profile, self.target.framing)
        named = address or profile.id
        return self._talker(named, protocol, speed, partial(spoken.ask, profile, address))

    async def close(self) -> None:
        """Returns once nothing of the connection is left."""
        if self._connection is not None:
            await self._connection.close()
        if self._server is not None:
            await self._server.close()
        if self._shared is not None:
            await self._shared.wire.close()

    def _talker(self, device: str, protocol: str, speed: Speed, asks: Any) -> TalkDriver:  # noqa: ANN401
        if self._shared is None:
            limit = Words("a line of bytes", "字节流线路")
            raise UsageError("--protocol", found=protocol, limit=limit)
        manners = Manners(
            device=f"{self.target.place} {device}",
            ask=asks,
            speed=speed,
            timeout_s=self.target.timeout_s,
            protocol=protocol,
        )
        return TalkDriver(self._shared, manners, clock=self._clock)


def _by_talks_alone(request: Hashable) -> Conversation:
    """A device of which nothing is known has no profile whose requests could be asked."""
    raise TypeError(request)


def _server(target: Target, clock: Clock) -> "OpcUaConnection":
    drivers = opcua_drivers(target.place)
    endpoint = OpcUaEndpoint(url=target.url, security=NoSecurity())
    server: OpcUaConnection = drivers.OpcUaConnection(endpoint, clock=clock)
    return server


def _node_driver(
    server: "OpcUaConnection", profile: DeviceProfile, target: Target
) -> Driver[NodesRequest]:
    drivers = opcua_drivers(target.place)
    found: Driver[NodesRequest] = drivers.OpcUaDriver(
        server, profile.id, timeout_s=target.timeout_s
    )
    return found


def _wire(target: Target) -> Wire:
    if target.kind == "serial":
        from edge_agent.drivers.serial_wire import SerialWire  # noqa: PLC0415 - brings pyserial

        return SerialWire(target.path)
    from edge_agent.drivers.stream_wire import StreamWire  # noqa: PLC0415 - rarely needed

    return StreamWire(target.host, target.port)


class _NetworkUnit:
    """A unit behind a connection that frames by itself."""

    def __init__(self, connection: ModbusConnection, unit: int, timeout_s: float) -> None:
        self._connection, self._unit, self._timeout_s = connection, unit, timeout_s
        self._where = f"{connection.where} unit {unit}"

    async def read(self, request: ReadRequest) -> bytes:
        """See `Unit.read`."""
        reply = await self._connection.exchange(self._unit, request, timeout_s=self._timeout_s)
        return reply.content

    async def objects(self, code: int) -> tuple[tuple[int, bytes], ...]:
        """See `Unit.objects`."""
        talk = gathering(code, self._where)
        request = next(talk)
        while True:
            pdu = await self._connection.answer(self._unit, request, timeout_s=self._timeout_s)
            try:
                request = talk.send(pdu)
            except StopIteration as end:
                found: tuple[tuple[int, bytes], ...] = end.value
                return found
            except WireError as wrong:
                raise agent_error(wrong, self._where) from None

    async def server_id(self) -> bytes:
        """See `Unit.server_id`."""
        request = ServerIdRequest()
        pdu = await self._connection.answer(self._unit, request, timeout_s=self._timeout_s)
        try:
            return server_id_answer(pdu, self._where).data
        except WireError as wrong:
            raise agent_error(wrong, self._where) from None


class _WireUnit:
    """A unit on a line of bytes."""

    def __init__(self, talker: TalkDriver, framing: ask.Framing, unit: int) -> None:
        self._talker, self._framing, self._unit = talker, framing, unit
        self._where = f"unit {unit}"

    async def read(self, request: ReadRequest) -> bytes:
        """See `Unit.read`."""
        talk = ask.read(self._framing, self._unit, request, self._where)
        return (await self._talker.hold(talk)).content

    async def objects(self, code: int) -> tuple[tuple[int, bytes], ...]:
        """See `Unit.objects`."""
        talk = ask.identification(self._framing, self._unit, self._where, code)
        return parted_objects((await self._talker.hold(talk)).content)

    async def server_id(self) -> bytes:
        """See `Unit.server_id`."""
        talk = ask.server_id(self._framing, self._unit, self._where)
        return (await self._talker.hold(talk)).content
