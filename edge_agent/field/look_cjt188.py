"""A CJ/T 188 meter of which nothing is known: wildcards, both orders of DI, all shipped layouts."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.cjt188.ask import METERING_DATA, METERING_DATA_HIGH_FIRST, read_data
from device_profiles.cjt188.frame import ANY, ANY_TYPE, TYPES, decode
from device_profiles.cjt188.layout import read_layout
from device_profiles.cjt188.layouts import LAYOUTS, fitting_layouts
from device_profiles.formats import NotAvailable
from device_profiles.wire_errors import WireError
from edge_agent.driver import Reply
from edge_agent.drivers.talk import TalkDriver
from edge_agent.errors import AgentError
from edge_agent.field.look import Look, Wish
from edge_agent.field.reached import Reached

ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "address": "表号",
        "meter_type": "表类型",
        "meaning": "含义",
        "di": "数据标识",
        "payload": "数据",
        "layouts": "布局",
        "layout": "布局",
        "fits": "相符",
        "name": "名称",
        "value": "值",
        "unit": "单位",
        "unit_code": "单位代码",
        "values": "数值",
        "yes": "是",
        "no": "否",
    }
)
_USUAL_TYPES: Final = (ANY_TYPE, 0x10, 0x20, 0x30)
"""As they are tried: some meters do not answer to a wildcard type."""


async def look(reached: Reached, wish: Wish) -> Look:
    """What the one meter on the line sends, after every shipped layout of the right length.

    Raises:
        UnreachableError: Nothing comes back.
    """
    talker = reached.talker(wish.address or "any meter", "cjt188")
    di, reply = await _answered(talker, wish)
    frame = decode(reply.raw)
    fitting = fitting_layouts(frame.meter_type, reply.content)
    values = [row for name in LAYOUTS for row in _rows(name, name in fitting, reply.content)]
    meaning = TYPES.get(frame.meter_type, ("unknown", "未知"))[wish.language == "zh"]
    content = {
        "address": frame.address,
        "meter_type": f"{frame.meter_type:02X}",
        "meaning": meaning,
        "di": di.hex().upper(),
        "payload": reply.content.hex(" ").upper(),
        "values": values,
    }
    return Look(content=content, address=frame.address, words=ZH, is_finding=not fitting)


async def _answered(talker: TalkDriver, wish: Wish) -> tuple[bytes, Reply]:
    """The first answer to any type and any order of the identifier, as it was asked."""
    wrong: AgentError | None = None
    for meter_type in _USUAL_TYPES:
        for di in (METERING_DATA, METERING_DATA_HIGH_FIRST):
            wish.progress(f"T {meter_type:02X}, DI {di.hex().upper()}")
            try:
                talk = read_data(meter_type, wish.address or ANY, di)
                return di, await talker.hold(talk)
            except AgentError as why:
                wrong = why
                if why.skips_line:
                    raise
    if wrong is None:
        raise AssertionError
    raise wrong


def _rows(name: str, fits: bool, payload: bytes) -> Iterator[dict[str, object]]:  # noqa: FBT001
    try:
        found = read_layout(LAYOUTS[name], payload)
    except WireError:
        return
    for reading in found:
        code = reading.unit_code
        yield {
            "layout": name,
            "fits": "yes" if fits else "no",
            "name": reading.field.name,
            "value": None if isinstance(reading.value, NotAvailable) else reading.value,
            "unit": reading.unit,
            "unit_code": None if code is None else f"{code:02X}",
        }
