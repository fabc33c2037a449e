"""The commands `carbonmeter agent init | enrol | run | test | once | rotate-key | renew | ...`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_agent.installation import Installation
    from edge_agent.probe_once import ProbedChannel
    from evidence.clock import Clock

OK, FINDING, BAD_CONFIG, UNAVAILABLE = 0, 1, 78, 69
CLOCK_VARIABLE = "CARBONMETER_CLOCK"


def agent(argv: Sequence[str]) -> int:
    """Exit code of `carbonmeter agent`.

    0 ok; 1 a device did not answer, or leaves are without a receipt; 2 usage; 69 the state
    directory, the disk or the broker is unavailable; 78 the configuration cannot be used.
    """
    arguments = _parser().parse_args(argv)
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from edge_agent.config_errors import ConfigError  # noqa: PLC0415
    from edge_agent.enrolment.cli import enrol_command, renew_command  # noqa: PLC0415
    from evidence.errors import ClockError, CodedError, KeyMaterialError  # noqa: PLC0415

    _log_to_stderr(verbose=arguments.verbose)
    commands = {
        "init": _init,
        "run": _run,
        "test": _test,
        "once": _once,
        "rotate-key": _rotate_key,
        "enrol": enrol_command,
        "renew": renew_command,
        "schema": _schema,
    }
    try:
        return commands[arguments.command](arguments)
    except (CodedError, CalibrationError) as wrong:
        print(wrong.say(arguments.language), file=sys.stderr)
        bad = isinstance(wrong, ConfigError | KeyMaterialError | CalibrationError | ClockError)
        return BAD_CONFIG if bad else UNAVAILABLE
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--language", choices=("en", "zh"), default="en", help="of messages")
    shared.add_argument("--verbose", action="store_true", help="also what is only of interest")
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument("--config", type=Path, default=Path("agent.toml"), metavar="FILE")
    config.add_argument("--clock", metavar="scaled:REAL_NS:VIRTUAL_NS:FACTOR", help="simulated")
    parser = argparse.ArgumentParser(prog="carbonmeter agent", description="the edge agent")
    commands = parser.add_subparsers(dest="command", required=True)
    both = [shared, config]
    init = commands.add_parser("init", parents=both, help="write an example and make the key")
    init.add_argument("--site", default="site-1", help="first part of channel ids")
    init.add_argument("--id", default="agent-1", help="the agent's id")
    commands.add_parser("run", parents=both, help="poll and deliver until SIGTERM or SIGINT")
    test = commands.add_parser("test", parents=both, help="read every device once; send nothing")
    test.add_argument("--json", action="store_true", help="one JSON document on stdout")
    test.add_argument("--capture", type=Path, metavar="FILE", help="write what goes over the lines")
    once = commands.add_parser("once", parents=both, help="poll once, deliver, await the receipt")
    once.add_argument("--wait", type=float, default=60.0, metavar="S", help="for the receipt")
    enrol = commands.add_parser("enrol", parents=both, help="be pinned by a one-time code")
    enrol.add_argument("url", help="of the collector, http://... or https://...")
    enrol.add_argument("code", help="that `collector enrol` printed")
    enrol.add_argument("--site", default="site-1", help="for an example that is written anew")
    enrol.add_argument("--id", default="agent-1", help="for an example that is written anew")
    renew = commands.add_parser("renew", parents=both, help="get another certificate if it is due")
    renew.add_argument("--now", action="store_true", help="also if it is not due")
    rotate = commands.add_parser("rotate-key", parents=both, help="make the key that follows")
    rotate.add_argument(
        "--at-once", action="store_true", help="use it now; the agent must not be running"
    )
    commands.add_parser("schema", parents=[shared], help="the JSON Schema of agent.toml")
    return parser


def _log_to_stderr(*, verbose: bool) -> None:
    """One line for each message, on stderr."""
    import logging  # noqa: PLC0415

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            print(self.format(record), file=sys.stderr)

    lines = Lines()
    lines.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("carbonmeter.agent")
    logger.handlers[:] = [lines]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)


def _init(arguments: argparse.Namespace) -> int:
    from edge_agent.init import make_key, write_example  # noqa: PLC0415
    from edge_agent.installation import load_installation  # noqa: PLC0415

    path: Path = arguments.config
    if write_example(path, site=arguments.site, agent=arguments.id):
        print(f"wrote {path}; name your lines and devices in it", file=sys.stderr)
    verifier, new = make_key(load_installation(path), os.urandom)
    print("made a new key" if new else "the key is there already", file=sys.stderr)
    print("pin this line at the collector, once compared:", file=sys.stderr)
    print(verifier.to_text())
    return OK


def _rotate_key(arguments: argparse.Namespace) -> int:
    from edge_agent.assembly import World, state_dir  # noqa: PLC0415
    from edge_agent.connected import keyed_agent  # noqa: PLC0415
    from edge_agent.enrolment.cli import announce_following  # noqa: PLC0415
    from edge_agent.rotate import prepare  # noqa: PLC0415

    installation, clock = _installed(arguments)
    agent_id = installation.config.agent.id
    verifier, new = prepare(state_dir(installation), agent_id, os.urandom)
    print("made the key that follows" if new else "it is there already", file=sys.stderr)
    print("the collector pins this line beside the old one, once compared;", file=sys.stderr)
    print(verifier.to_text())
    announce_following(installation, verifier)
    if arguments.at_once:
        agent_ = keyed_agent(installation, World(clock=clock, entropy=os.urandom))
        try:
            if agent_.rotation is not None:
                agent_.rotation.take_over(agent_)
        finally:
            agent_.spool.close()
        print("it is in use from now on", file=sys.stderr)
    else:
        print("then restart the agent: it changes once all has its receipt", file=sys.stderr)
    return OK


def _schema(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - all commands take them
    from edge_agent.config import config_schema_text  # noqa: PLC0415

    sys.stdout.write(config_schema_text())
    return OK


def _test(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415

    from edge_agent.probe_once import probe_clock  # noqa: PLC0415

    installation, clock = _installed(arguments)
    known = probe_clock(installation.config.clock, clock)
    print(known.said, file=sys.stderr)
    rows = _probed(installation, clock, arguments.capture)
    if arguments.json:
        found = {"clock": msgspec.to_builtins(known), "channels": msgspec.to_builtins(rows)}
        print(json.dumps(found, ensure_ascii=False))
    else:
        _print_rows(rows)
    return FINDING if any(row.miss for row in rows) else OK


def _probed(
    installation: "Installation", clock: "Clock", capture: Path | None
) -> "list[ProbedChannel]":
    """Every channel, read once; what goes over the lines is written where that is asked for."""
    import asyncio  # noqa: PLC0415

    from edge_agent.assembly import lines_of  # noqa: PLC0415
    from edge_agent.field.capture import Capture  # noqa: PLC0415
    from edge_agent.probe_once import probe_all  # noqa: PLC0415

    with nullcontext() if capture is None else Capture(capture, clock) as tap:
        return asyncio.run(probe_all(installation, lines_of(installation, clock, tap), clock))


def _print_rows(rows: "Sequence[ProbedChannel]") -> None:
    for row in rows:
        if row.miss:
            print(f"{row.channel}\t- {row.miss}\t{row.error}")
            continue
        u = row.standard_uncertainty
        stated = "u unknown" if u is None else f"u = {u:.2g}"
        shown = f"{row.indication:.10g} -> {row.value:.10g} {row.unit}"
        print(f"{row.channel}\t{shown}\t{stated} ({row.basis})\t{row.quality}")


def _run(arguments: argparse.Namespace) -> int:
    from edge_agent.heap import leave_alone_what_stays, load_lean  # noqa: PLC0415

    load_lean()
    import asyncio  # noqa: PLC0415

    from edge_agent.connected import connected_agent  # noqa: PLC0415
    from edge_agent.enrolment.renewal import renewing  # noqa: PLC0415
    from edge_agent.service import serve  # noqa: PLC0415

    installation, clock = _installed(arguments)
    agent_, link, uplink = connected_agent(installation, clock, os.urandom)
    page = None
    if installation.config.page is not None:  # no gateway without a page loads what one needs
        from edge_agent.page.server import page_of  # noqa: PLC0415

        page = page_of(agent_)
    leave_alone_what_stays()
    with renewing(installation):
        asyncio.run(serve(agent_, link, uplink, page))
    return OK


def _once(arguments: argparse.Namespace) -> int:
    import asyncio  # noqa: PLC0415

    from edge_agent.connected import connected_agent  # noqa: PLC0415
    from edge_agent.service import deliver_once  # noqa: PLC0415

    installation, clock = _installed(arguments)
    agent_, link, uplink = connected_agent(installation, clock, os.urandom)
    delivered = asyncio.run(deliver_once(agent_, link, uplink, wait_s=arguments.wait))
    if delivered:
        print("delivered: the collector's receipt covers all leaves", file=sys.stderr)
        return OK
    trouble = uplink.trouble
    text = "no receipt came in time" if trouble is None else trouble.say(arguments.language)
    print(text, file=sys.stderr)
    return UNAVAILABLE


def _installed(arguments: argparse.Namespace) -> "tuple[Installation, Clock]":
    from edge_agent.installation import load_installation  # noqa: PLC0415
    from evidence.clock import clock_of  # noqa: PLC0415

    text = arguments.clock or os.environ.get(CLOCK_VARIABLE) or None
    return load_installation(arguments.config), clock_of(text)
