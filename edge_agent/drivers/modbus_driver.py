"""One unit behind a Modbus connection, as a line drives it."""

from device_profiles.identity import ObjectsRequest
from device_profiles.plan import ReadRequest
from edge_agent.driver import Identification, Reply
from edge_agent.drivers.modbus import ModbusConnection


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

    async def exchange(self, request: ReadRequest | ObjectsRequest) -> Reply:
        """The registers, or objects, that `request` names; see `ModbusConnection`."""
        if isinstance(request, ObjectsRequest):
            code, timeout_s = request.code, self._timeout_s
            return await self._connection.objects(self._unit, code, timeout_s=timeout_s)
        return await self._connection.exchange(self._unit, request, timeout_s=self._timeout_s)

    async def identify(self) -> Identification:
        """Maker, model and revision; see `ModbusConnection.identify`."""
        return await self._connection.identify(self._unit, timeout_s=self._timeout_s)

    async def close(self) -> None:
        """Returns once the connection is gone; the next exchange opens it again."""
        await self._connection.close()
