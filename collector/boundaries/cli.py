"""The command `collector boundary`: which channels people count together, saved and withdrawn."""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from collector.activity.writing import writing

if TYPE_CHECKING:  # --help shall be fast
    from evidence.statement.boundary.book import Version
    from evidence.statement.boundary.content import Boundary

    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

OK: Final = 0
USAGE: Final = 2


def add_commands(commands: "Parsers") -> list[argparse.ArgumentParser]:
    """The parsers of these commands, which need `--config` yet."""
    what = commands.add_parser(
        "boundary", help="which channels count together, of which product line"
    ).add_subparsers(required=True, metavar="WHAT")
    add = what.add_parser("add", help="save one, or a new version of one; print its entry")
    add.add_argument("file", help="TOML, or .json; - for standard input")
    add.add_argument(
        "--replaces", type=int, metavar="ENTRY", help="last entry about it, of one that is there"
    )
    add.set_defaults(command=partial(_answered, _add))
    listed = what.add_parser("list", help="all that stand")
    listed.add_argument("--all", action="store_true", help="all versions, withdrawn ones too")
    listed.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listed.set_defaults(command=_list)
    withdrawn = what.add_parser("withdraw", help="let one give no sums any more")
    withdrawn.add_argument("id", help="as listed")
    withdrawn.set_defaults(command=partial(_answered, _withdraw))
    for each in (add, withdrawn):
        each.add_argument("--by", help="who does it; default: the account at this machine")
        each.add_argument("--reason", required=True, help="why")
    return [add, listed, withdrawn]


def _answered(act: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Exit status of an act; 2 where what is given can be no boundary, or none of this name is."""
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from collector.api.refusal import RequestError  # noqa: PLC0415
    from evidence.errors import TimestampError  # noqa: PLC0415
    from evidence.statement.boundary.errors import BoundaryError  # noqa: PLC0415
    from evidence.statement.entered.errors import EntryRefusedError  # noqa: PLC0415

    try:
        return act(arguments)
    except (
        BoundaryError,
        CalibrationError,
        EntryRefusedError,
        RequestError,
        TimestampError,
    ) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return USAGE


def _add(arguments: argparse.Namespace) -> int:
    from collector.activity.acts import known_in  # noqa: PLC0415 - keeps --help fast
    from collector.api.pool import Sources  # noqa: PLC0415
    from collector.boundaries.saving import save  # noqa: PLC0415
    from collector.boundaries.summable import require_summable  # noqa: PLC0415
    from collector.ledger_read import read_ledger  # noqa: PLC0415
    from collector.opening import open_store  # noqa: PLC0415

    boundary = _told(arguments.file)
    with writing(arguments) as (config, journal, author):
        known = known_in(journal)
        with (
            closing(open_store(config.state_dir)) as store,
            read_ledger(config.state_dir) as ledger,
        ):
            require_summable(Sources(store=store, ledger=ledger), known, boundary)
        print(save(journal, author, boundary, arguments.reason, arguments.replaces))
    return OK


def _withdraw(arguments: argparse.Namespace) -> int:
    from collector.boundaries.saving import withdraw  # noqa: PLC0415 - keeps --help fast

    with writing(arguments) as (_, journal, author):
        print(withdraw(journal, author, arguments.id, arguments.reason))
    return OK


def _told(name: str) -> "Boundary":
    """The boundary that a file describes.

    Raises:
        BoundaryError, TimestampError: it describes none.
    """
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from evidence.errors import Words  # noqa: PLC0415
    from evidence.statement.boundary.content import Boundary  # noqa: PLC0415
    from evidence.statement.boundary.errors import BoundaryValueError  # noqa: PLC0415

    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    reading: Any = msgspec.json if name.endswith(".json") else msgspec.toml
    try:
        found: Boundary = reading.decode(data, type=Boundary)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        limit = Words("as docs/reference/boundaries.md says", "符合 docs/reference/boundaries.md")
        raise BoundaryValueError(name, what=Words(str(cause), str(cause)), limit=limit) from None
    return found


def _list(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from collector.activity.acts import known_in  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from collector.journal_read import read_journal  # noqa: PLC0415

    config = load_config(arguments.config)
    with read_journal(config.state_dir, config.collector.id) as journal:
        boundaries = known_in(journal).boundaries
    every = [each for name in sorted(boundaries.versions) for each in boundaries.of(name)]
    shown = every if arguments.all else [each for each, _ in boundaries.standing()]
    if arguments.json:
        print(msgspec.json.encode({"boundaries": shown}).decode())
        return OK
    for each in shown:
        print(_line(each))
    return OK


def _line(version: "Version") -> str:
    from evidence.clock import utc_text  # noqa: PLC0415 - keeps --help fast
    from evidence.printable import printable  # noqa: PLC0415

    said = version.boundary
    named = utc_text(version.at_ns), version.who, version.id
    head = str(version.entry), *map(printable, named)
    if said is None:
        return "\t".join((*head, "withdrawn", printable(version.reason)))
    terms = " ".join(f"{each.factor}*{each.channel}" for each in said.terms)
    told = (said.line or "-", said.name, said.effective_from or "-", terms)
    return "\t".join((*head, *map(printable, told)))
