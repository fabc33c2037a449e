"""An OPC UA server of which nothing is known: who it says it is, and which variables it shows."""

from collections.abc import Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from device_profiles.errors import ProfileError
from device_profiles.opcua.told import told
from device_profiles.wire_errors import WireError
from edge_agent.driver import Identification
from edge_agent.drivers.on_demand import opcua_browsing, opcua_drivers
from edge_agent.drivers.opcua_faults import fault
from edge_agent.drivers.opcua_settings import IdentityNodes
from edge_agent.field.look import Look, Wish
from edge_agent.field.reached import Reached

if TYPE_CHECKING:  # its library is loaded only where a server is asked
    from edge_agent.drivers.opcua_browse import Variable
    from edge_agent.drivers.opcua_session import Session

ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "maker": "制造商",
        "model": "型号",
        "serial": "出厂编号",
        "revision": "版本",
        "variables": "变量",
        "more": "未列出更多变量",
        "node": "节点",
        "path": "路径",
        "value": "值",
        "type": "数据类型",
        "status": "状态",
        "source_at": "源时间戳",
    }
)
_SHOWN: Final = ("node", "path", "value", "type", "status")


async def look(reached: Reached, wish: Wish) -> Look:
    """What the server says of itself, and the first variables below a node, with their values.

    Args:
        reached: The server.
        wish: Its address is the node to begin at, else the Objects folder; its count the most
            variables to show.

    Raises:
        AgentError: No session comes about, or an answer fails; see `opcua_faults`.
        NodeIdError: The address is no node of the server.
    """
    server, place = reached.server, reached.target.place
    drivers, timeout_s = opcua_drivers(place), reached.target.timeout_s
    who: Identification = await drivers.identified(
        server, IdentityNodes(), device=place, timeout_s=timeout_s
    )
    session = await server.session()
    try:
        found, more = await _found(session, wish, place)
        values = await session.read(tuple(each.node for each in found)) if found else []
    except ProfileError as wrong:
        if isinstance(wrong, WireError):
            raise fault(wrong, place, timeout_s) from None
        raise
    except Exception as wrong:  # noqa: BLE001 - asyncua raises many kinds on foreign bytes
        raise fault(wrong, place, timeout_s) from None
    rows = [_row(each, value) for each, value in zip(found, values, strict=True)]
    said = {"maker": who.maker, "model": who.model, "revision": who.revision, "more": more}
    shown = [{key: row[key] for key in _SHOWN} for row in rows]
    return Look(
        content={**said, "variables": rows},
        shown={**said, "more": ("no", "yes")[more], "variables": shown},
        address=wish.address,
        words=ZH,
        is_finding=not rows,
    )


async def _found(session: "Session", wish: Wish, place: str) -> tuple[list["Variable"], bool]:
    """The first variables, and whether there are more."""
    browsing = opcua_browsing(place)
    found: list[Variable] = []
    async with aclosing(browsing.variables(session, wish.address or browsing.OBJECTS)) as shown:
        async for each in shown:
            if len(found) == wish.count:
                return found, True
            found.append(each)
            wish.progress(each.path)
    return found, False


def _row(variable: "Variable", raw: bytes) -> dict[str, object]:
    try:
        said = told(raw)
    except WireError as wrong:
        # Arrays and structures: no measured value, but the engineer is to see that they are there.
        said = {"value": None, "type": "-", "status_name": wrong.code, "source_at": None}
    return {
        "node": variable.node,
        "path": variable.path,
        "value": said["value"],
        "type": said["type"],
        "status": said["status_name"],
        "source_at": said["source_at"],
    }
