"""What may be asked by Modbus; what breaks it is never sent."""

from device_profiles.modbus.pdu import READ_LIMITS
from device_profiles.plan import ReadRequest
from edge_agent.errors import IllegalRequestError
from evidence.errors import Words

_READ_LIMITS = Words(
    "functions 1, 2 read up to 2000, 3, 4 up to 125, addresses 0 to 65535, units 0 to 255",
    "功能码 1、2 最多读 2000 个，3、4 最多读 125 个，地址 0 至 65535，单元标识 0 至 255",
)


def require_legal(request: ReadRequest, unit: int, device: str) -> None:
    """Returns if a read keeps the protocol's limits.

    Raises:
        IllegalRequestError: It does not; `device` is named.
    """
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
