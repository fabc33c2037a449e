"""`carbonmeter scan`: who is there, found as it is found."""

import argparse
from collections.abc import Callable

import msgspec

from edge_agent.field import printing
from edge_agent.field.errors import UsageError
from edge_agent.field.pace import MOST_RATE, Pace
from edge_agent.field.scan import Found, Search, scan_line, scan_network
from edge_agent.field.target import Target
from edge_agent.field.words import host_in, hosts_in, numbers_in, speeds_in
from evidence.clock import SystemClock
from evidence.errors import Words

OK, FINDING = 0, 1
METERS = ("dlt645", "cjt188")


async def scan(arguments: argparse.Namespace) -> int:
    """Exit code of a scan: 0 somebody was found, 1 nobody."""
    if not 0 < arguments.rate <= MOST_RATE:
        raise UsageError("--rate", found=arguments.rate, limit=f"0..{MOST_RATE:g}")
    if not 0.01 <= arguments.timeout <= 60:
        raise UsageError("--timeout", found=arguments.timeout, limit="0.01..60")
    found: list[Found] = []
    search = Search(
        pace=Pace(arguments.rate),
        clock=SystemClock(),
        timeout_s=arguments.timeout,
        report=_reporter(found, as_json=arguments.json),
        progress=printing.progress(),
    )
    try:
        if arguments.net is not None:
            await _network(arguments, search)
        else:
            await _line(arguments, search)
    finally:
        asked = search.pace.asked
        english, chinese = (
            f"{asked} questions, {len(found)} found",
            f"{asked} 次询问，发现 {len(found)} 个",
        )
        printing.say(chinese if arguments.language == "zh" else english)
    return OK if found else FINDING


def _reporter(found: list[Found], *, as_json: bool) -> Callable[[Found], None]:
    def report(each: Found) -> None:
        found.append(each)
        if as_json:
            printing.json_line({"schema": 1, **msgspec.to_builtins(each)})
            return
        words = (each.place, each.speed, each.protocol, each.address, each.says)
        printing.plain("  ".join(word for word in words if word))

    return report


async def _network(arguments: argparse.Namespace, search: Search) -> None:
    hosts = hosts_in(arguments.net, yes_large=arguments.yes_large)
    ports = numbers_in(arguments.ports, "--ports", 1, 65_535)
    units = numbers_in(arguments.units or "1", "--units", 0, 255)
    _announce(arguments, len(hosts) * len(ports))
    await scan_network(hosts, ports, units, search)


async def _line(arguments: argparse.Namespace, search: Search) -> None:
    speeds = speeds_in(arguments.speeds)
    units = numbers_in(arguments.units or "1-247", "--units", 1, 255)
    protocols = arguments.protocols.split(",")
    unknown = set(protocols) - {"modbus", *METERS}
    if unknown:
        limit = Words("of modbus, dlt645, cjt188", "modbus、dlt645、cjt188")
        raise UsageError("--protocols", found=arguments.protocols, limit=limit)
    target = _target(arguments)
    speeds = speeds if target.kind == "serial" else speeds[:1]
    meters = len([name for name in protocols if name in METERS])
    asked = meters + (len(units) if "modbus" in protocols else 0)
    _announce(arguments, asked * len(speeds))
    await scan_line(target, speeds, units, protocols, search)


def _target(arguments: argparse.Namespace) -> Target:
    framing, timeout_s = arguments.framing, arguments.timeout
    if arguments.serial is not None:
        path = str(arguments.serial)
        return Target(kind="serial", path=path, framing=framing, timeout_s=timeout_s)
    host, port = host_in(arguments.serial_tcp, None, "--serial-tcp")
    return Target(kind="serial-tcp", host=host, port=port, framing=framing, timeout_s=timeout_s)


def _announce(arguments: argparse.Namespace, questions: int) -> None:
    """How much will be asked, before it is."""
    longest_s = questions * max(1 / arguments.rate, arguments.timeout)
    if arguments.net is not None:
        longest_s = questions / arguments.rate + arguments.timeout
    english = (
        f"at least {questions} questions, at most {arguments.rate:g} a second: "
        f"about {longest_s:.0f} s where nobody answers; Ctrl-C ends it"
    )
    chinese = (
        f"至少 {questions} 次询问，每秒最多 {arguments.rate:g} 次：无应答时约 {longest_s:.0f} s；"
        "按 Ctrl-C 结束"
    )
    printing.say(chinese if arguments.language == "zh" else english)
