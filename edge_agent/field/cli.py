"""The commands `carbonmeter probe | scan | dump | diff | watch | capture`; they only read.

Exit codes: 0 ok, 1 a finding, 2 usage, 69 what was to be asked is not there, 78 a configuration or
profile that cannot be used, 130 Ctrl-C.
"""

import argparse
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from edge_agent.field.target import add_place

USAGE, UNAVAILABLE, BAD_CONFIGURATION, INTERRUPTED = 2, 69, 78, 130
_FORMATS = "uint16,int16,uint32,int32,float32"


def probe(argv: Sequence[str]) -> int:
    """Exit code of `carbonmeter probe`."""
    parser = _parser("probe", "ask one instrument: what it says, and what that could mean")
    add_place(parser)
    _add_device(parser)
    what = parser.add_argument_group("what")
    what.add_argument("--profile", metavar="ID", help="read its channels; or a .toml file")
    what.add_argument("--quick", action="store_true", help="of --profile: required channels only")
    what.add_argument("--no-fit", action="store_true", help="do not try the profiles one by one")
    what.add_argument("--function", type=int, choices=(1, 2, 3, 4), default=3, help="of Modbus: 3")
    what.add_argument("--from", type=_number, default=0, dest="first", metavar="N", help="0")
    what.add_argument(
        "--count", type=_number, default=40, metavar="N", help="of registers or nodes: 40"
    )
    what.add_argument("--most", type=int, default=125, metavar="N", help="in one question: 125")
    what.add_argument("--formats", default=_FORMATS, help=f"{_FORMATS}; or all")
    what.add_argument("--all", action="store_true", help="also what no instrument would show")
    parser.add_argument(
        "--capture", type=Path, metavar="FILE", help="write what goes over the line"
    )
    return _run("probing", "probe", parser.parse_args(argv))


def scan(argv: Sequence[str]) -> int:
    """Exit code of `carbonmeter scan`."""
    parser = _parser("scan", "find out who is there; reads only, at a limited rate")
    place = parser.add_argument_group("where").add_mutually_exclusive_group(required=True)
    place.add_argument("--net", metavar="192.168.1.0/24", help="a network, or one address")
    place.add_argument("--serial", metavar="PATH", type=Path, help="a port, e.g. /dev/ttyUSB0")
    place.add_argument("--serial-tcp", metavar="HOST:PORT", help="a serial server: bare bytes")
    parser.add_argument("--ports", default="502,4840", help="of --net: 502,4840")
    parser.add_argument("--units", metavar="1-20", help="Modbus; --net: 1, lines: 1-247")
    parser.add_argument("--speeds", default="9600-8N1,2400-8E1", help="of --serial, in this order")
    parser.add_argument("--protocols", default="modbus,dlt645,cjt188", help="of lines")
    parser.add_argument("--framing", choices=("rtu", "ascii"), default="rtu", help="of Modbus: rtu")
    parser.add_argument(
        "--rate", type=float, default=5.0, metavar="N", help="questions a second: 5"
    )
    parser.add_argument("--timeout", type=float, default=0.5, metavar="S", help="each: 0.5")
    parser.add_argument("--yes-large", action="store_true", help="a network larger than a /22")
    return _run("scanning", "scan", parser.parse_args(argv))


def dump(argv: Sequence[str]) -> int:
    """Exit code of `carbonmeter dump`."""
    parser = _parser("dump", "write the registers of a Modbus unit into a file")
    add_place(parser)
    _add_device(parser)
    parser.add_argument("--ranges", default="3:0-99", metavar="3:0-99,4:0-49", help="3:0-99")
    parser.add_argument("--most", type=int, default=125, metavar="N", help="in one question: 125")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    return _run("dumping", "dump", parser.parse_args(argv))


def diff(argv: Sequence[str]) -> int:
    """Exit code of `carbonmeter diff`."""
    parser = _parser("diff", "what changed between two dumps, or what a profile makes of one")
    parser.add_argument("first", type=Path, metavar="A")
    parser.add_argument("second", type=Path, metavar="B", nargs="?")
    parser.add_argument("--profile", metavar="ID", help="show its channels; or a .toml file")
    parser.add_argument("--formats", default=_FORMATS, help=f"{_FORMATS}; or all")
    return _run("dumping", "diff", parser.parse_args(argv))


def watch(argv: Sequence[str]) -> int:
    """Exit code of `carbonmeter watch`."""
    parser = _parser("watch", "all channels of a configuration, live; nothing is kept or sent")
    parser.add_argument("--config", type=Path, default=Path("agent.toml"), metavar="FILE")
    parser.add_argument("--device", metavar="NAME", help="this one only")
    parser.add_argument("--every", type=float, default=5.0, metavar="S", help="5")
    parser.add_argument(
        "--count", type=_count, metavar="N", help="of rounds; default: until Ctrl-C"
    )
    parser.add_argument(
        "--capture", type=Path, metavar="FILE", help="write what goes over the lines"
    )
    return _run("watching", "watch", parser.parse_args(argv))


def capture(argv: Sequence[str]) -> int:
    """Exit code of `carbonmeter capture`."""
    parser = argparse.ArgumentParser(
        prog="carbonmeter capture", description="what `--capture` wrote of a line"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="every frame, and what it says")
    show.add_argument("file", type=Path, metavar="FILE")
    show.add_argument("--brief", action="store_true", help="the frames alone")
    _add_shared(show)
    return _run("showing", "show", parser.parse_args(argv))


def _parser(name: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"carbonmeter {name}", description=description)
    _add_shared(parser)
    return parser


def _add_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="of messages")


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--unit", type=_number, metavar="N", help="Modbus unit id; 1, or the profile's"
    )
    parser.add_argument("--address", metavar="TEXT", help="a meter number; OPC UA: a node")


def _number(text: str) -> int:
    return int(text, 0)


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _run(module: str, name: str, arguments: argparse.Namespace) -> int:
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from device_profiles.errors import ProfileError  # noqa: PLC0415
    from evidence.errors import CodedError  # noqa: PLC0415

    command = getattr(import_module(f"edge_agent.field.{module}"), name)
    try:
        return _ended(command, arguments)
    except (CodedError, CalibrationError, ProfileError) as wrong:
        print(wrong.say(arguments.language), file=sys.stderr)
        return _code(wrong)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED


def _ended(
    command: Callable[[argparse.Namespace], int | Coroutine[Any, Any, int]],
    arguments: argparse.Namespace,
) -> int:
    import asyncio  # noqa: PLC0415 - keeps --help fast

    done = command(arguments)
    if isinstance(done, int):
        return done
    return asyncio.run(done)


def _code(wrong: Exception) -> int:
    """The exit code that an error ends a command with."""
    from device_profiles.errors import FileError, ProfileError, UnknownIdError  # noqa: PLC0415
    from device_profiles.traffic import TrafficError  # noqa: PLC0415
    from edge_agent.config_errors import ConfigError  # noqa: PLC0415
    from edge_agent.errors import AgentError  # noqa: PLC0415
    from edge_agent.field.errors import FieldError, FieldFileError  # noqa: PLC0415

    if isinstance(wrong, UnknownIdError | FileError | TrafficError):
        return USAGE
    if isinstance(wrong, FieldError):
        return UNAVAILABLE if isinstance(wrong, FieldFileError) else USAGE
    if isinstance(wrong, AgentError) and not isinstance(wrong, ConfigError):
        return UNAVAILABLE
    return BAD_CONFIGURATION if isinstance(wrong, ConfigError | ProfileError) else UNAVAILABLE
