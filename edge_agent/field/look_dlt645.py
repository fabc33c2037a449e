"""A DL/T 645 meter of which nothing is known: its address by wildcard, then the usual items."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.conversation import Conversation
from device_profiles.dlt645.ask import address_in, read_address, read_item
from device_profiles.dlt645.edition import EDITION_1997, EDITION_2007, Edition
from device_profiles.dlt645.frame import ANY, decode
from device_profiles.dlt645.told import told
from device_profiles.wire_errors import WireError
from edge_agent.driver import Reply
from edge_agent.drivers.talk import TalkDriver
from edge_agent.errors import AgentError, UnreachableError
from edge_agent.field.look import Look, Wish
from edge_agent.field.reached import Reached

USUAL_2007: Final = (
    0x00010000,
    0x00020000,
    0x0201FF00,
    0x0202FF00,
    0x02010100,
    0x02020100,
    0x02030000,
    0x02060000,
    0x02800002,
    0x04000101,
    0x04000102,
    0x04000402,
)
USUAL_1997: Final = (0x9010, 0x9020, 0xB611, 0xB621)
ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "address": "通信地址",
        "edition": "版本",
        "items": "数据项",
        "di": "数据标识",
        "meaning": "含义",
        "name": "名称",
        "value": "值",
        "unit": "单位",
        "reason": "原因",
        "missed": "未读到",
    }
)


async def look(reached: Reached, wish: Wish) -> Look:
    """The address of the one meter on the line, and what it tells of the usual items.

    Raises:
        UnreachableError: Nothing comes back, in either edition.
    """
    talker = reached.talker(wish.address or "any meter", "dlt645")
    address, edition = await _found(talker, wish)
    wish.progress(f"{address}, {edition.name}")
    own = reached.talker(address, "dlt645")
    items: list[dict[str, object]] = []
    missed: list[dict[str, object]] = []
    for di in USUAL_1997 if edition is EDITION_1997 else USUAL_2007:
        try:
            reply = await own.hold(read_item(address, di, edition))
            items += _rows(reply, wish.language)
        except AgentError as wrong:
            error = wrong.say(wish.language)
            missed.append({"di": edition.di_text(di), "reason": wrong.miss_reason, "error": error})
            if isinstance(wrong, UnreachableError) and not items:
                break
    content = {"address": address, "edition": edition.name, "items": items, "missed": missed}
    shown = {**content, "missed": [{"di": m["di"], "reason": m["reason"]} for m in missed]}
    return Look(content=content, shown=shown, address=address, words=ZH, is_finding=not items)


async def _found(talker: TalkDriver, wish: Wish) -> tuple[str, Edition]:
    """The meter's address and edition: meters of either may tell their address when asked."""
    address = wish.address or await _told_address(talker)
    wrong: AgentError | None = None
    for di, edition in ((USUAL_2007[0], EDITION_2007), (USUAL_1997[0], EDITION_1997)):
        reply = await _held(talker, read_item(address or ANY, di, edition))
        if isinstance(reply, Reply):
            return decode(reply.raw).address, edition
        wrong = reply
    if wrong is not None and (not address or isinstance(wrong, UnreachableError)):
        raise wrong
    return address, EDITION_2007


async def _told_address(talker: TalkDriver) -> str:
    """The address that the one meter on the line tells; empty where it tells none."""
    reply = await _held(talker, read_address())
    return address_in(reply.content) if isinstance(reply, Reply) else ""


async def _held(talker: TalkDriver, talk: Conversation) -> Reply | AgentError:
    """The answer, or why there is none, where another question may still bring one."""
    try:
        return await talker.hold(talk)
    except AgentError as wrong:
        if wrong.skips_line:
            raise
        return wrong


def _rows(reply: Reply, language: str) -> Iterator[dict[str, object]]:
    """What a reply says, one row a value."""
    try:
        said = told(reply.raw)
    except WireError:
        return
    item = said.get("item")
    about = item if isinstance(item, dict) else {}
    meaning = about.get("meaning_zh" if language == "zh" else "meaning", "-")
    values = said.get("values")
    for value in values if isinstance(values, list) else []:
        yield {
            "di": said["di"],
            "meaning": meaning,
            "name": value.get("name", ""),
            "value": value["value"],
            "unit": value.get("unit", ""),
        }
