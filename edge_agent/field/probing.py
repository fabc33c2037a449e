"""`carbonmeter probe`: what a device says, what its registers could mean, which profile fits."""

import argparse
from contextlib import nullcontext
from importlib import import_module

import msgspec

from device_profiles.formats import FormatName
from device_profiles.load import load_profile
from device_profiles.model import DeviceProfile
from edge_agent.field import printing
from edge_agent.field.capture import Capture
from edge_agent.field.errors import UsageError
from edge_agent.field.fit import Fit, fits
from edge_agent.field.look import Look, Wish
from edge_agent.field.points import Point, gap_of, read_points, wanted
from edge_agent.field.protocols import PROTOCOLS
from edge_agent.field.reached import Reached
from edge_agent.field.stanza import stanza
from edge_agent.field.target import protocol_of, target_of
from evidence.clock import Clock, SystemClock
from evidence.errors import Words

OK, FINDING = 0, 1


def address_of(arguments: argparse.Namespace) -> str:
    """The address that options name; empty where they name none.

    Raises:
        UsageError: There are two, or it is no unit id where one is needed.
    """
    if arguments.unit is not None and arguments.address is not None:
        limit = Words("either --unit or --address", "--unit 与 --address 只能选一个")
        raise UsageError("--address", found=arguments.address, limit=limit)
    text = str(arguments.unit if arguments.unit is not None else arguments.address or "")
    if protocol_of(arguments) == "modbus" and text:
        if not (text.isascii() and text.isdecimal() and int(text) <= 255):
            raise UsageError("--unit", found=text, limit="0..255")
        return str(int(text))
    return text


async def probe(arguments: argparse.Namespace) -> int:
    """Exit code of a probe: 0 ok, 1 something asked for did not come."""
    clock = SystemClock()
    profile = None if arguments.profile is None else load_profile(arguments.profile).profile
    if profile is not None:
        arguments.protocol = profile.protocol
    if arguments.opcua is not None and arguments.capture is not None:
        limit = Words("a line of bytes or Modbus", "字节流线路或 Modbus")
        raise UsageError("--capture", found="opcua", limit=limit)
    target, address = target_of(arguments), address_of(arguments)
    tapped = nullcontext() if arguments.capture is None else Capture(arguments.capture, clock)
    with tapped as tap:
        reached = Reached(target, clock, tap)
        try:
            if profile is not None:
                return await _by_profile(reached, profile, address, arguments, clock)
            return await _unknown(reached, address, arguments, clock)
        finally:
            await reached.close()


async def _unknown(
    reached: Reached, address: str, arguments: argparse.Namespace, clock: Clock
) -> int:
    """A device of which nothing is known: a look, then the catalogue."""
    wish = _wish(arguments, address)
    module = import_module(PROTOCOLS[reached.target.protocol].module)
    seen: Look = await module.look(reached, wish)
    found: list[Fit] = []
    if not arguments.no_fit:
        found = await fits(reached, seen.address, clock, wish.language, wish.progress)
    told = [msgspec.to_builtins(fit) for fit in found]
    if arguments.json:
        where = {"target": reached.target.place, "protocol": reached.target.protocol}
        printing.document({"schema": 1, **where, **seen.content, "fits": told})
    else:
        shown = seen.content if seen.shown is None else seen.shown
        printing.nested({**shown, "fits": told}, {**seen.words, **_ZH}, wish.language)
    return FINDING if seen.is_finding and not found else OK


_ZH = {
    "fits": "相符的配置文件",
    "profile": "配置文件",
    "title": "名称",
    "rank": "名次",
    "named": "自述相符",
    "confirmed": "已证实",
    "zero": "为零",
    "contradicted": "不符",
}


def _wish(arguments: argparse.Namespace, address: str) -> Wish:
    first, count = int(arguments.first), int(arguments.count)
    if not (0 <= first <= 65_535 and count >= 1 and first + count <= 65_536):
        limit = Words("registers in 0..65535", "0..65535 内的寄存器")
        raise UsageError("--from/--count", found=f"{first}+{count}", limit=limit)
    if not 1 <= arguments.most <= 125:
        raise UsageError("--most", found=arguments.most, limit="1..125")
    return Wish(
        address=address,
        function=arguments.function,
        first=first,
        count=count,
        most=arguments.most,
        formats=formats_in(arguments.formats),
        everything=arguments.all,
        language=arguments.language,
        progress=printing.progress(),
    )


def formats_in(text: str) -> tuple[FormatName, ...]:
    """The formats that a list names; `all` names all.

    Raises:
        UsageError: There is no such format.
    """
    from device_profiles.guesses import FORMATS  # noqa: PLC0415 - kept near its use

    if text == "all":
        return FORMATS
    chosen = tuple(name for name in FORMATS if name in text.split(","))
    if len(chosen) != len(text.split(",")):
        raise UsageError("--formats", found=text, limit=" ".join(("all", *FORMATS)))
    return chosen


async def _by_profile(
    reached: Reached,
    profile: DeviceProfile,
    address: str,
    arguments: argparse.Namespace,
    clock: Clock,
) -> int:
    names = wanted(profile, quick=arguments.quick)
    driver, language = reached.driver(profile, address), arguments.language
    gap_s = gap_of(reached, profile)
    points = await read_points(driver, profile, names, clock, language, gap_s)
    if arguments.json:
        printing.document(
            {
                "schema": 1,
                "target": reached.target.place,
                "profile": profile.id,
                "points": [msgspec.to_builtins(point) for point in points],
            }
        )
    else:
        printing.table(_COLUMNS[language], [_row(point, language) for point in points])
    missed = [point for point in points if point.miss]
    _conclude(
        stanza(reached.target, profile, arguments.profile, address), profile, points, language
    )
    return FINDING if missed else OK


_COLUMNS = {
    "en": ("channel", "value", "unit", "required", "result"),
    "zh": ("通道", "值", "单位", "必需", "结果"),
}


_RESULTS = {
    "en": ("ok", "ok, but no instrument shows such a number: wrong format or word order?"),
    "zh": ("ok", "已读到，但仪表不会显示这样的数：格式或字序有误？"),
}


def _row(point: Point, language: str) -> list[str]:
    value = "-" if point.number is None else f"{point.number:.10g}"
    marks = ("yes", "no") if language == "en" else ("是", "否")
    result = f"{point.miss} {point.error}".strip() or _RESULTS[language][not point.sensible]
    return [point.name, value, point.unit, marks[not point.required], result]


def _conclude(lines: str, profile: DeviceProfile, points: list[Point], language: str) -> None:
    """On standard error: how many came, and what to write into agent.toml."""
    came, asked = sum(not point.miss for point in points), len(points)
    english, chinese = (
        f"{came} of {asked} channels of {profile.id}",
        f"{profile.id}：{came}/{asked} 通道",
    )
    printing.say(chinese if language == "zh" else english)
    if came:
        printing.say(("写入 agent.toml：\n" if language == "zh" else "in agent.toml:\n") + lines)
