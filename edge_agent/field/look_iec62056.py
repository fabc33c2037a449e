"""A meter after IEC 62056-21 of which nothing is known: its sign-on and its readout."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.iec62056.ask import readout
from device_profiles.iec62056.readout import data_sets
from device_profiles.iec62056.told import told
from device_profiles.traffic import About, Exchange, frames
from device_profiles.wire_errors import WireError
from edge_agent.field.look import Look, Wish
from edge_agent.field.reached import Reached

ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "identification": "设备标识",
        "manufacturer": "制造商",
        "text": "文本",
        "speed_bit_s": "波特率",
        "values": "数值",
        "identifier": "标识",
        "value": "值",
        "unit": "单位",
    }
)
_NAME: Final = "iec62056-21"


async def look(reached: Reached, wish: Wish) -> Look:
    """Who the meter says it is, and every value of its readout.

    Raises:
        UnreachableError: Nothing comes back.
        DeviceAnswerError: What comes back is no readout.
    """
    talker = reached.talker(wish.address or "any meter", _NAME)
    reply = await talker.hold(readout(wish.address))
    about = About(line=reached.target.place, device="", protocol=_NAME)
    exchange = Exchange(at="", about=about, asked=b"", answered=reply.raw)
    named = _named(next(iter(frames(exchange)), b""))
    values = _values(reply.content)
    content = {"identification": named, "values": values}
    return Look(content=content, address=wish.address, words=ZH, is_finding=not values)


def _named(frame: bytes) -> dict[str, object]:
    try:
        first = told(frame)
    except WireError:
        return {}
    return {key: first[key] for key in ("manufacturer", "text", "speed_bit_s") if key in first}


def _values(content: bytes) -> list[dict[str, object]]:
    try:
        found = data_sets(content)
    except WireError:
        return []
    return [
        {"identifier": each.identifier, "value": group.value, "unit": group.unit}
        for each in found
        for group in each.groups
    ]
