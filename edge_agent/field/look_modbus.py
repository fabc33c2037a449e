"""A Modbus unit of which nothing is known: who it says it is, and what its registers could mean."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from device_profiles.modbus.identification import BASIC, OBJECT_NAMES, REGULAR, text_of
from device_profiles.plan import ReadRequest
from edge_agent.errors import AgentError, UnreachableError
from edge_agent.field.look import Look, Wish
from edge_agent.field.reached import Reached, Unit
from edge_agent.field.readings import best_order, readings, rows
from edge_agent.field.registers import Registers, read_run

ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unit": "站号",
        "identification": "设备标识",
        "server_id": "服务器标识",
        "registers": "寄存器",
        "refused": "被拒绝",
        "word_order": "字序",
        "best": "最可能",
        "plausible_float32": "合理的 float32 个数",
        "address": "地址",
        "hex": "十六进制",
        "format": "格式",
        "first": "首地址",
        "last": "末地址",
        "reason": "原因",
        "bits": "位",
        "text": "文本",
        **dict(OBJECT_NAMES.values()),
    }
)
_USUAL_UNIT: Final = "1"


async def look(reached: Reached, wish: Wish) -> Look:
    """What a unit tells of itself, and its registers in every format and word order.

    Raises:
        UnreachableError: Nothing comes back.
        UsageError: The address is no unit id.
    """
    number = wish.address or _USUAL_UNIT
    unit = reached.unit(int(number))
    run = msgspec.convert(
        {"function": wish.function, "address": wish.first, "count": wish.count}, ReadRequest
    )
    registers = await read_run(unit, run, wish.most, wish.progress)
    told = {"unit": int(number), **await _told(unit)}
    if run.function <= 2:
        seen: dict[str, object] = {"bits": _bits(registers)}
        shown = seen
    else:
        entries = readings(registers, wish.formats)
        order = best_order(registers)
        seen = {"word_order": order, "registers": entries}
        shown = {
            "word_order": order,
            "registers": rows(entries, everything=wish.everything),
        }
    refused = {"refused": _refused(registers, wish.language)} if registers.refused else {}
    return Look(
        content={**told, **seen, **refused},
        shown={**told, **shown, **refused},
        address=number,
        words=ZH,
        is_finding=not registers.words,
    )


async def _told(unit: Unit) -> dict[str, object]:
    """What it tells by functions 43/14 and 17, as far as it knows them."""
    found: dict[str, object] = {}
    objects: dict[int, bytes] = {}
    for code in (BASIC, REGULAR):
        try:
            objects |= dict(await unit.objects(code))
        except AgentError as wrong:
            if isinstance(wrong, UnreachableError) or not objects:
                break
    if objects:
        found["identification"] = {
            OBJECT_NAMES.get(number, (f"object {number}",))[0]: text_of(content)
            for number, content in sorted(objects.items())
        }
    try:
        data = await unit.server_id()
        found["server_id"] = {"hex": data.hex(" ").upper(), "text": _printable(data)}
    except AgentError:
        pass  # few devices know the function
    return found


def _printable(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)


def _bits(registers: Registers) -> list[dict[str, object]]:
    return [
        {"address": first, "bits": "".join(map(str, words))} for first, words in registers.runs()
    ]


def _refused(registers: Registers, language: str) -> list[dict[str, object]]:
    return [
        {"first": first, "last": last, "reason": wrong.say(language)}
        for first, last, wrong in registers.refusals()
    ]
