"""The command `collector archive`."""

import argparse
import sys
from pathlib import Path
from typing import Final

OK: Final = 0
FINDING: Final = 1
REST_S: Final = 0.02


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> list[argparse.ArgumentParser]:
    """Adds the command; its parsers, for what all commands have."""
    archive: argparse.ArgumentParser = commands.add_parser(
        "archive", help="old months of the ledger in plain files"
    )
    what = archive.add_subparsers(required=True, metavar="WHAT")
    move: argparse.ArgumentParser = what.add_parser(
        "move",
        help="move months that are due; 1 if one is not settled; the collector may run meanwhile",
    )
    move.add_argument("--by", help="who does it; else the account")
    move.set_defaults(command=_move)
    listed: argparse.ArgumentParser = what.add_parser("list", help="the months in the archive")
    listed.set_defaults(command=_list)
    verify: argparse.ArgumentParser = what.add_parser(
        "verify", help="read and hash all of it, compare it with the ledger; 1 if anything differs"
    )
    verify.set_defaults(command=_verify)
    return [move, listed, verify]


def _move(arguments: argparse.Namespace) -> int:
    from threading import Event  # noqa: PLC0415 - keeps --help fast

    from collector.archive.due import due_runs, require_settled  # noqa: PLC0415
    from collector.archive.entering import entering  # noqa: PLC0415
    from collector.archive.errors import ArchiveOpenError  # noqa: PLC0415
    from collector.archive.moving import Tell, archive_month  # noqa: PLC0415
    from collector.branches import open_notes  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from collector.opening import open_store  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    config, clock, resting = load_config(arguments.config), SystemClock(), Event()
    state_dir, collector = config.state_dir, config.collector.id
    store = open_store(state_dir)
    try:
        with (
            open_notes(state_dir) as ledger,
            entering(state_dir, collector, clock, arguments.by) as enter,
        ):
            tell = Tell(enter=enter, breathe=lambda: resting.wait(REST_S))
            runs = list(due_runs(ledger, config.archive.after_months, clock.now_ns()))
            for run in runs:
                try:
                    require_settled(ledger, store, run)
                except ArchiveOpenError as wrong:
                    print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
                    return FINDING
                moved = archive_month(ledger, collector, run, clock.now_ns(), tell)
                print(f"{moved.month.to_line()}, {moved.taken} taken out", file=sys.stderr)
    finally:
        store.close()
    return OK


def _list(arguments: argparse.Namespace) -> int:
    from collector.archive.files import ARCHIVE, read_month  # noqa: PLC0415 - keeps --help fast
    from collector.archive.keeping import Listed, listed  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from collector.ledger_read import read_ledger  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    config, now_ns = load_config(arguments.config), SystemClock().now_ns()
    with read_ledger(config.state_dir) as ledger:
        found: list[Listed] = listed(ledger, config.archive.keep_years, now_ns)
    for each in found:
        kept = "" if each.must_be_kept else f", older than {config.archive.keep_years} years"
        print(read_month(config.state_dir / ARCHIVE, each.month).to_line() + kept)
    return OK


def _verify(arguments: argparse.Namespace) -> int:
    from collector.archive.errors import ArchiveDamagedError  # noqa: PLC0415 - keeps --help fast
    from collector.archive.keeping import require_archived  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from collector.ledger_read import read_ledger  # noqa: PLC0415

    state_dir: Path = load_config(arguments.config).state_dir
    wrong = 0
    with read_ledger(state_dir) as ledger:
        for (month,) in ledger.database.rows("SELECT month FROM archives ORDER BY first"):
            try:
                print(f"ok {require_archived(ledger, month).to_line()}")
            except ArchiveDamagedError as damage:
                wrong += 1
                print(damage.say("en"), damage.say("zh"), sep="\n", file=sys.stderr)
    return FINDING if wrong else OK
