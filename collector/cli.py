"""The command `collector`: init, run, rebuild, restored ledgers, branches; and the rooms' own."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from collector.alarms.cli import add_commands as add_alarm_commands
from collector.archive.cli import add_commands as add_archive_commands
from collector.backup.cli import add_commands as add_backup_commands
from collector.boundaries.cli import add_commands as add_boundary_commands
from collector.checking_cli import add_check
from collector.declarations.cli import add_commands as add_declaration_commands
from collector.enrolment.cli import add_commands as add_enrolment_commands
from collector.people.cli import add_commands as add_people_commands

ROOMS: Final = (
    add_backup_commands,
    add_alarm_commands,
    add_archive_commands,
    add_boundary_commands,
    add_declaration_commands,
    add_enrolment_commands,
    add_people_commands,
)
"""Whose commands stand under `collector` too; each needs `--config` yet."""
OK: Final = 0
FINDING: Final = 1
UNAVAILABLE: Final = 69
CONFIGURATION: Final = 78
_EXAMPLE: Final = """\
# The collector: receives what agents send, keeps it, and answers questions about it.
[collector]
id = "{id}"
state_dir = "{state_dir}"

[broker]
host = "127.0.0.1"
port = 1883
# username = "collector"
# password_file = "broker.password"

[api]
host = "127.0.0.1"      # other addresses need tokens: `carbonmeter collector token new`
port = 8080

# One entry an agent; `carbonmeter agent init` prints the key.
# [[agents]]
# id = "line-1"
# site = "works"
# key = "line-1+..."
"""


def collector(argv: Sequence[str]) -> int:
    """Exit status of `collector init | run | rebuild | accept-restored | branches | ...`.

    0 ok, 1 a branch is open, 2 usage, 69 an address is not available, 78 bad configuration.
    """
    arguments = _parser().parse_args(argv)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from collector.errors import ApiAddressError  # noqa: PLC0415
    from evidence.errors import CodedError  # noqa: PLC0415

    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except (CodedError, CalibrationError) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return UNAVAILABLE if isinstance(wrong, ApiAddressError) else CONFIGURATION
    except OSError as wrong:
        print(f"E_COLLECTOR_UNAVAILABLE {wrong}", file=sys.stderr)
        return UNAVAILABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter collector", description="receives, keeps and serves what agents send"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    init = commands.add_parser("init", help="write a configuration and a key; print what to pin")
    init.add_argument("--id", default="collector", help="the collector's id")
    init.add_argument("--state-dir", default="state", help="its folder, beside the configuration")
    init.set_defaults(command=_init)
    run = commands.add_parser("run", help="run until SIGINT or SIGTERM")
    run.add_argument("--clock", metavar="TEXT", help="a simulated clock that was announced")
    run.set_defaults(command=_run)
    rebuild = _rebuild_parser(commands)
    accept = commands.add_parser(
        "accept-restored", help="go on with a ledger that was restored from an older copy"
    )
    accept.add_argument("--by", required=True, help="who accepts it")
    accept.add_argument("--reason", required=True, help="why the copy was put back")
    accept.set_defaults(command=_accept)
    branches = commands.add_parser("branches", help="histories that contradict what is held")
    what = branches.add_subparsers(required=True, metavar="WHAT")
    listed = what.add_parser("list", help="all that are kept; 1 if nobody looked at one yet")
    listed.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listed.set_defaults(command=_list_branches)
    release = what.add_parser("release", help="say that you looked at one, and what became of it")
    release.add_argument("root", help="as listed")
    release.add_argument("--by", required=True, help="who looked at it")
    release.add_argument("--reason", required=True, help="what became of it")
    release.set_defaults(command=_release_branch)
    add_check(commands)
    own = (init, run, rebuild, accept, listed, release)
    for each in (*own, *(command for room in ROOMS for command in room(commands))):
        each.add_argument("--config", type=Path, default=Path("collector.toml"), metavar="FILE")
    return parser


def _rebuild_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    rebuild: argparse.ArgumentParser = commands.add_parser(
        "rebuild", help="make all that is derived, or one view, anew from the ledger"
    )
    rebuild.add_argument("view", nargs="?", choices=("influx", "parquet"), help="a view alone")
    rebuild.add_argument("--from", dest="begins", metavar="DAY", help="of a view: first UTC day")
    rebuild.add_argument(
        "--until", "--to", dest="ends", metavar="DAY", help="of a view: last UTC day"
    )
    rebuild.set_defaults(command=_rebuild)
    return rebuild


def _init(arguments: argparse.Namespace) -> int:
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast
    from collector.journal import open_journal  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415
    from evidence.load import write_signing_key  # noqa: PLC0415
    from evidence.log.key import Algorithm, generate  # noqa: PLC0415

    path: Path = arguments.config
    if not path.exists():
        path.write_text(
            _EXAMPLE.format(id=arguments.id, state_dir=arguments.state_dir), encoding="utf-8"
        )
    config = load_config(path)
    config.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = generate(config.collector.id, os.urandom(32), Algorithm.COSIGNATURE_V1)
    write_signing_key(config.key_file, key)
    print(f"configuration {path}, key {config.key_file}", file=sys.stderr)
    print("pin this line as [uplink] collector_key at every agent:", file=sys.stderr)
    print(key.verifier.to_text())
    with open_journal(config.state_dir, config.collector.id, SystemClock()) as journal:
        print("pin this line where the journal is followed:", journal.pinned, file=sys.stderr)
    return OK


def _run(arguments: argparse.Namespace) -> int:
    from collector.heap import loading  # noqa: PLC0415 - keeps --help fast

    with loading():
        from collector.config import load_config  # noqa: PLC0415
        from collector.service import serve  # noqa: PLC0415
        from evidence.clock import clock_of  # noqa: PLC0415

    serve(load_config(arguments.config), clock_of(arguments.clock))
    return OK


def _rebuild(arguments: argparse.Namespace) -> int:
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast
    from collector.enrolment.registrar import registered_agents  # noqa: PLC0415
    from collector.judging import Judging  # noqa: PLC0415
    from collector.ledger_read import read_ledger  # noqa: PLC0415
    from collector.opening import emptied_store, open_witnessed_ledger  # noqa: PLC0415

    if arguments.view == "influx":
        return _rebuild_influx(arguments)
    if arguments.view == "parquet":
        return _rebuild_parquet(arguments)
    config = load_config(arguments.config)
    simulated = config.collector.accept_simulated_clock
    read_ledger(config.state_dir).close()  # there is one; it is not made here
    # the collector's own lock: a running one would go on writing to what is gone
    with (
        open_witnessed_ledger(config.state_dir) as ledger,
        emptied_store(config.state_dir) as store,
    ):
        sites = registered_agents(config).sites
        judging = Judging(ledger, store, sites, accept_simulated=simulated)
        print(f"{judging.catch_up()} leaves judged", file=sys.stderr)
    return OK


def _rebuild_influx(arguments: argparse.Namespace) -> int:
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast
    from collector.views.influx_command import rebuild_influx, span_asked  # noqa: PLC0415

    span = span_asked(arguments.begins, arguments.ends)
    config = load_config(arguments.config)
    done = rebuild_influx(config, span, lambda text: print(text, file=sys.stderr))
    print(done.to_line(), file=sys.stderr)
    return FINDING if done.aside or done.differing else OK


def _rebuild_parquet(arguments: argparse.Namespace) -> int:
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast
    from collector.ledger_read import read_ledger  # noqa: PLC0415
    from collector.opening import open_witnessed_ledger  # noqa: PLC0415
    from collector.views.parquet_command import days_asked, rebuild_lake  # noqa: PLC0415

    config, days = load_config(arguments.config), days_asked(arguments.begins, arguments.ends)
    read_ledger(config.state_dir).close()  # there is one; it is not made here
    with open_witnessed_ledger(config.state_dir) as ledger:  # its lock: no second writer
        done = rebuild_lake(config, ledger, days)
    print(
        f"{done.same} segments as before, {done.added} others made, {done.replaced} replaced",
        file=sys.stderr,
    )
    return OK


def _accept(arguments: argparse.Namespace) -> int:
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast
    from collector.opening import emptied_store  # noqa: PLC0415
    from collector.restored import accept_restored_state  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    config = load_config(arguments.config)
    head = accept_restored_state(config, arguments.by, arguments.reason, SystemClock())
    with emptied_store(config.state_dir):  # it may be ahead of the copy
        pass
    print(f"the ledger goes on from {head.size} leaves", file=sys.stderr)
    return OK


def _list_branches(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from collector.branches import open_notes, seen  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415

    with open_notes(load_config(arguments.config).state_dir) as notes:
        found = [seen(each) for each in notes.branches()]
    if arguments.json:
        print(msgspec.json.encode({"branches": found}).decode())
    else:
        print(*(each.to_line() for each in found), sep="\n", end="\n" if found else "")
    return FINDING if any(each.open for each in found) else OK


def _release_branch(arguments: argparse.Namespace) -> int:
    from collector.branches import Release, open_notes, release  # noqa: PLC0415 - keeps --help fast
    from collector.config import load_config  # noqa: PLC0415
    from collector.enrolment.registrar import registered_agents  # noqa: PLC0415
    from collector.journal import open_journal  # noqa: PLC0415
    from collector.people.administration import at_this_machine  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    config, clock = load_config(arguments.config), SystemClock()
    doer = at_this_machine(arguments.by)
    sites = registered_agents(config).sites
    asked = Release(root=arguments.root, who=doer.who, role=doer.role, reason=arguments.reason)
    with (
        open_notes(config.state_dir) as notes,
        open_journal(config.state_dir, config.collector.id, clock) as journal,
    ):
        branch = release(notes, journal, asked, sites, clock.now_ns())
    place = f"{branch.agent}/{branch.epoch}/{branch.sequence}"
    print(f"released and kept: {branch.root.hex()} of {place}", file=sys.stderr)
    return OK
