"""The command `simulate`: factories of simulated instruments on real sockets."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evidence.clock import Clock
    from simulators.place import Place
    from simulators.plant import Plant
    from simulators.serve import Line

OK = 0
UNAVAILABLE = 69
BAD_CONFIGURATION = 78


def simulate(argv: Sequence[str]) -> int:
    """Exit status of `simulate run SCENARIO`, `simulate profile ID` or `simulate capture FILE`.

    0 after SIGINT or SIGTERM, 2 usage, 69 a port or folder is not available, 78 bad scenario.
    """
    arguments = _parser().parse_args(argv)
    from device_profiles.errors import ProfileError  # noqa: PLC0415 - keeps --help fast
    from evidence.errors import CodedError  # noqa: PLC0415 - keeps --help fast

    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except (CodedError, ProfileError) as fault:
        print(fault.say("en"), fault.say("zh"), sep="\n", file=sys.stderr)
        return BAD_CONFIGURATION
    except OSError as fault:
        print(f"E_SIM_UNAVAILABLE {fault}", file=sys.stderr)
        return UNAVAILABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter simulate", description="instruments whose truth is known"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="serve a scenario until SIGINT or SIGTERM")
    run.add_argument(
        "scenario",
        type=Path,
        help="a TOML file, or the name of one that is shipped: factory, fault-menu, serial-menu, "
        "stack",
    )
    run.add_argument("--certificates", type=Path, metavar="DIR", help="write the documents there")
    run.add_argument("--scale", type=_factor, help="simulated seconds per real second")
    run.add_argument("--at", metavar="TIME", help="simulated time at start, RFC 3339")
    run.add_argument("--clock", metavar="TEXT", help="the clock that another process announced")
    run.set_defaults(command=_run)
    profile = commands.add_parser("profile", help="serve one device that shows constants")
    profile.add_argument("profile", help="a profile's id, or a path that ends in .toml")
    profile.add_argument(
        "--line",
        choices=("modbus-tcp", "modbus-udp", "serial-tcp", "pty", "opcua", "hj212"),
        default="",
        help="Modbus: modbus-tcp if not given; HJ 212: hj212, which connects to the centre on HOST "
        "and PORT; other protocols: serial-tcp",
    )
    profile.add_argument("--framing", choices=("rtu", "ascii"), default="rtu", help="of Modbus")
    profile.add_argument("--serial", default="SIMULATED", help="number that the device shows")
    profile.set_defaults(command=_profile)
    capture = commands.add_parser("capture", help="answer again what a capture was asked")
    capture.add_argument("file", type=Path, metavar="FILE", help="as `--capture` wrote it")
    capture.add_argument(
        "--line",
        choices=("serial-tcp", "pty"),
        default="serial-tcp",
        help="of lines of bytes: serial-tcp; Modbus TCP and UDP are served on TCP",
    )
    capture.set_defaults(command=_capture)
    _add_stack(commands)
    for command in (run, profile, capture):
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--port", type=_port, default=0, help="first port; 0: any free one")
        command.add_argument("--json", action="store_true", help="announce in one line of JSON")
    return parser


def _add_stack(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    stack = commands.add_parser("stack", help="minutes of a stack, its truth and documents")
    stack.add_argument("scenario", type=Path, help="a TOML file, or a shipped one's name")
    stack.add_argument("stack", help="its id in the scenario")
    stack.add_argument("--from", dest="begins", metavar="TIME", required=True, help="RFC 3339")
    stack.add_argument("--to", dest="ends", metavar="TIME", required=True, help="not included")
    stack.add_argument("--out", type=Path, metavar="DIR", required=True, help="written there")
    stack.set_defaults(command=_stack)


def _factor(text: str) -> float:
    factor = float(text)
    if not 0 < factor < float("inf"):
        raise ValueError
    return factor


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def _run(arguments: argparse.Namespace) -> int:
    from simulators.certification import certify, documents  # noqa: PLC0415 - keeps --help fast
    from simulators.load import load_plant, shipped, write_documents  # noqa: PLC0415 - keeps --help fast
    from simulators.serve import lines_of  # noqa: PLC0415 - keeps --help fast
    from simulators.stack.build import first_documents  # noqa: PLC0415 - keeps --help fast
    from simulators.traceability import standard_documents  # noqa: PLC0415 - keeps --help fast

    plant = load_plant(shipped(arguments.scenario))
    certified = certify(plant)
    written: Sequence[Path] = ()
    if arguments.certificates is not None:
        issued = standard_documents(plant.scenario)
        issued |= documents(certified) | first_documents(plant)
        written = write_documents(arguments.certificates, issued)
    lines, clock = lines_of(plant, arguments.port), _clock(arguments, plant)
    return _serve(arguments, lines, clock, written, plant.of_serial)


def _stack(arguments: argparse.Namespace) -> int:
    from evidence.clock import parse_utc  # noqa: PLC0415 - keeps --help fast
    from simulators.load import load_stack, shipped  # noqa: PLC0415 - keeps --help fast
    from simulators.stack.told import write_stack  # noqa: PLC0415 - keeps --help fast

    scenario, stack = load_stack(shipped(arguments.scenario), arguments.stack)
    from_ns, to_ns = parse_utc(arguments.begins, "--from"), parse_utc(arguments.ends, "--to")
    written = write_stack(scenario, stack, from_ns, to_ns, arguments.out)
    print(*written, sep="\n")
    return OK


def _profile(arguments: argparse.Namespace) -> int:
    from device_profiles.load import load_profile  # noqa: PLC0415 - keeps --help fast
    from evidence.clock import SystemClock  # noqa: PLC0415 - keeps --help fast
    from simulators.serve import lone_line  # noqa: PLC0415 - keeps --help fast

    profile = load_profile(arguments.profile).profile
    line = lone_line(profile, arguments.port, arguments.line, arguments.framing, arguments.serial)
    (place,) = (place for _, place in line.standing)
    return _serve(arguments, (line,), SystemClock(), (), {profile.id: place})


def _capture(arguments: argparse.Namespace) -> int:
    from simulators.captured import as_json, as_table, captured_lines, serve  # noqa: PLC0415
    from simulators.load import read_capture  # noqa: PLC0415

    lines = captured_lines(read_capture(arguments.file), arguments.line, arguments.port)
    write = as_json if arguments.json else as_table

    async def main() -> None:
        await serve(
            lines,
            arguments.host,
            _stopped(),
            lambda found: print(write(lines, found, arguments.host), flush=True),
        )

    asyncio.run(main())
    return OK


def _stopped() -> asyncio.Event:
    """What SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _clock(arguments: argparse.Namespace, plant: "Plant") -> "Clock":
    from evidence import clock  # noqa: PLC0415 - keeps --help fast
    from simulators.instant import instant_ns  # noqa: PLC0415 - keeps --help fast

    if arguments.clock is not None:
        return clock.clock_of(arguments.clock)
    if arguments.scale is None and arguments.at is None:
        return clock.SystemClock()
    start_ns = instant_ns(plant.scenario.begins_at)
    if arguments.at is not None:
        start_ns = clock.parse_utc(arguments.at, "--at")
    return clock.start_scaled_clock(start_ns, arguments.scale or 1.0)


def _serve(
    arguments: argparse.Namespace,
    lines: "Sequence[Line]",
    clock: "Clock",
    documents: Sequence[Path],
    places: "Mapping[str, Place]",
) -> int:
    from simulators.announce import announcement, as_json, as_table  # noqa: PLC0415
    from simulators.control import Listener  # noqa: PLC0415
    from simulators.serve import serve  # noqa: PLC0415 - keeps --help fast

    write = as_json if arguments.json else as_table

    async def main() -> None:
        stop = _stopped()
        if sys.stdin is not None:  # none where whoever started this closed it
            Listener(sys.stdin.fileno(), lambda line: _strike(line, places)).start()
        await serve(
            lines,
            clock,
            arguments.host,
            stop,
            lambda ports: print(
                write(announcement(lines, ports, arguments.host, clock, documents)), flush=True
            ),
        )

    asyncio.run(main())
    return OK


def _strike(line: bytes, places: "Mapping[str, Place]") -> None:
    """Does what a line on standard input says, and says that it is done, on standard error."""
    from simulators.control import strike  # noqa: PLC0415
    from simulators.errors import ControlError  # noqa: PLC0415

    try:
        print("faults of", strike(line, places), file=sys.stderr, flush=True)
    except ControlError as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr, flush=True)
