"""`carbonmeter dump` and `carbonmeter diff`: registers in a file, and what changed."""

import argparse

import msgspec

from device_profiles.load import load_profile
from device_profiles.register_model import ModbusProfile, modbus_of
from edge_agent.field import printing
from edge_agent.field.difference import changes, moved, shown_by
from edge_agent.field.dump import Dump, dump_of, read_dump, write_dump
from edge_agent.field.errors import UsageError
from edge_agent.field.probing import address_of, formats_in
from edge_agent.field.reached import Reached
from edge_agent.field.registers import read_run
from edge_agent.field.target import protocol_of, target_of
from edge_agent.field.words import ranges_in
from evidence.clock import SystemClock, utc_text
from evidence.errors import Words

OK, FINDING = 0, 1


async def dump(arguments: argparse.Namespace) -> int:
    """Exit code of a dump: 0 ok, 1 something was refused."""
    if (protocol := protocol_of(arguments)) != "modbus":
        limit = Words("modbus", "modbus")
        raise UsageError("--protocol", found=protocol, limit=limit)
    runs, target = ranges_in(arguments.ranges), target_of(arguments)
    if not 1 <= arguments.most <= 125:
        raise UsageError("--most", found=arguments.most, limit="1..125")
    clock, number = SystemClock(), int(address_of(arguments) or 1)
    at, reached = utc_text(clock.now_ns()), Reached(target, clock)
    progress, unit = printing.progress(), reached.unit(number)
    try:
        found = [await read_run(unit, run, arguments.most, progress) for run in runs]
    finally:
        await reached.close()
    made = dump_of(found, at=at, target=target.place, unit=number, language=arguments.language)
    _tell(made, arguments.language)
    if arguments.out is None:
        printing.document(msgspec.to_builtins(made))
    else:
        write_dump(made, arguments.out)
    return FINDING if made.refused else OK


def _tell(made: Dump, language: str) -> None:
    """On standard error: how much came."""
    lacking = sum(refusal.last - refusal.first + 1 for refusal in made.refused)
    told = len(made.words)
    english = f"{told} registers of unit {made.unit}, {lacking} refused"
    chinese = f"站 {made.unit}：读到 {told} 个寄存器，{lacking} 个被拒绝"
    printing.say(chinese if language == "zh" else english)


def diff(arguments: argparse.Namespace) -> int:
    """Exit code of a comparison: 0 nothing differs or misses, 1 something does."""
    first = read_dump(arguments.first)
    profile = None if arguments.profile is None else _profile(arguments.profile)
    if arguments.second is not None:
        return _between(first, read_dump(arguments.second), profile, arguments)
    if profile is None:
        limit = Words("a second dump, or --profile", "第二个转储文件，或 --profile")
        raise UsageError("diff", found=str(arguments.first), limit=limit)
    return _against(first, profile, arguments)


def _profile(text: str) -> ModbusProfile:
    return modbus_of(load_profile(text).profile)


def _against(found: Dump, profile: ModbusProfile, arguments: argparse.Namespace) -> int:
    points = shown_by(profile, found)
    if arguments.json:
        told = [msgspec.to_builtins(point) for point in points]
        printing.document({"schema": 1, "profile": profile.id, "points": told})
    else:
        rows = [
            [each.name, "-" if each.number is None else f"{each.number:.10g}", each.unit, each.miss]
            for each in points
        ]
        printing.table(_POINTS[arguments.language], rows)
    return FINDING if any(point.miss for point in points) else OK


_POINTS = {"en": ("channel", "value", "unit", "miss"), "zh": ("通道", "值", "单位", "缺失原因")}


def _between(
    before: Dump, after: Dump, profile: ModbusProfile | None, arguments: argparse.Namespace
) -> int:
    changed = changes(before, after)
    numbers = moved(before, after, formats_in(arguments.formats))
    shown = [] if profile is None else _channels(before, after, profile)
    content = {
        "before": before.at,
        "after": after.at,
        "changed": [msgspec.to_builtins(each) for each in changed],
        "numbers": [msgspec.to_builtins(each) for each in numbers],
    }
    if profile is not None:
        content["channels"] = shown
    if arguments.json:
        printing.document({"schema": 1, **content})
    else:
        printing.nested(content, _ZH, arguments.language)
    return FINDING if changed else OK


_ZH = {
    "before": "之前",
    "after": "之后",
    "changed": "变化的寄存器",
    "numbers": "可能的数值",
    "channels": "通道",
    "function": "功能码",
    "address": "地址",
    "format": "格式",
    "order": "字序",
    "channel": "通道",
    "unit": "单位",
}


def _channels(before: Dump, after: Dump, profile: ModbusProfile) -> list[dict[str, object]]:
    """The channels of a profile that show something else than before."""
    pairs = zip(shown_by(profile, before), shown_by(profile, after), strict=True)
    return [
        {
            "channel": old.name,
            "before": old.miss or old.number,
            "after": new.miss or new.number,
            "unit": new.unit,
        }
        for old, new in pairs
        if (old.number, old.miss) != (new.number, new.miss)
    ]
