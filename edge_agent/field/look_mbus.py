"""An M-Bus device of which nothing is known: who it says it is, and all its records."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from device_profiles.mbus.ask import read
from device_profiles.mbus.told import told
from device_profiles.traffic import About, Exchange, frames
from device_profiles.wire_errors import WireError
from edge_agent.drivers.wire_faults import agent_error
from edge_agent.field.errors import UsageError
from edge_agent.field.look import Look, Wish
from edge_agent.field.reached import Reached

ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "address": "地址",
        "header": "设备标识",
        "records": "数据记录",
        "head": "记录头",
        "function": "类型",
        "storage": "存储号",
        "tariff": "费率",
        "quantity": "量",
        "unit": "单位",
        "exponent": "指数",
        "value": "值",
        "coded": "编码值",
    }
)
_ANYONE: Final = 254
"""The address that every device answers; for a line with one."""
_SHOWN: Final = ("head", "function", "storage", "tariff", "quantity", "unit", "value")
_NAME: Final = "mbus"


async def look(reached: Reached, wish: Wish) -> Look:
    """What the device at a primary address tells in all its telegrams.

    Raises:
        UsageError: The address is none.
        UnreachableError: Nothing comes back.
        DeviceAnswerError: What comes back is no answer.
    """
    text = wish.address or str(_ANYONE)
    if not (text.isascii() and text.isdecimal()) or int(text) not in {*range(251), _ANYONE}:
        raise UsageError("--address", found=text, limit="0..250, 254")
    reply = await reached.talker(text, _NAME).hold(read(int(text)))
    about = About(line=reached.target.place, device="", protocol=_NAME)
    exchange = Exchange(at="", about=about, asked=b"", answered=reply.raw)
    try:
        said = [each for each in map(told, frames(exchange)) if "records" in each]
    except WireError as wrong:
        raise agent_error(wrong, f"{reached.target.place} {text}") from None
    records = [record for each in said for record in _records(each)]
    header = said[0]["header"] if said else {}
    primary = str(said[0]["address"]) if said else text
    shown = [{key: record[key] for key in _SHOWN} for record in records]
    return Look(
        content={"address": primary, "header": header, "records": records},
        shown={"address": primary, "header": header, "records": shown},
        address=primary,
        words=ZH,
        is_finding=not records,
    )


def _records(said: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    yield from said["records"]
