"""The command `collector declaration`: what people declare of activity data, with who and why."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from collector.activity.writing import writing

if TYPE_CHECKING:  # --help shall be fast
    from evidence.statement.declaration.book import Version
    from evidence.statement.declaration.content import Declaration

    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

OK: Final = 0
USAGE: Final = 2


def add_commands(commands: "Parsers") -> list[argparse.ArgumentParser]:
    """The parsers of these commands, which need `--config` yet."""
    what = commands.add_parser(
        "declaration", help="what only people can tell of activity data, for their records"
    ).add_subparsers(required=True, metavar="WHAT")
    add = what.add_parser("add", help="declare something, or something else; print its entry")
    add.add_argument("file", help="TOML, or .json; - for standard input")
    add.add_argument(
        "--replaces", type=int, metavar="ENTRY", help="last entry about it, of one that is there"
    )
    add.set_defaults(command=partial(_answered, _add))
    listed = what.add_parser("list", help="all that stand in the journal")
    listed.add_argument("--all", action="store_true", help="all versions, withdrawn ones too")
    listed.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listed.set_defaults(command=_list)
    withdrawn = what.add_parser("withdraw", help="let one count for no record any more")
    withdrawn.add_argument("of", help="as listed")
    withdrawn.set_defaults(command=partial(_answered, _withdraw))
    for each in (add, withdrawn):
        each.add_argument("--by", help="who does it; default: the account at this machine")
        each.add_argument("--reason", required=True, help="why")
    return [add, listed, withdrawn]


def _answered(act: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Exit status of an act; 2 where what is given can be no declaration, or of nothing here."""
    from collector.api.refusal import RequestError  # noqa: PLC0415 - keeps --help fast
    from evidence.errors import TimestampError  # noqa: PLC0415
    from evidence.statement.declaration.errors import DeclarationError  # noqa: PLC0415
    from evidence.statement.entered.errors import EntryRefusedError  # noqa: PLC0415

    try:
        return act(arguments)
    except (DeclarationError, EntryRefusedError, RequestError, TimestampError) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return USAGE


def _add(arguments: argparse.Namespace) -> int:
    from collector.activity.acts import known_in  # noqa: PLC0415 - keeps --help fast
    from collector.declarations.saving import declare  # noqa: PLC0415
    from collector.declarations.subject import site_of_subject  # noqa: PLC0415
    from collector.enrolment.registrar import registered_agents  # noqa: PLC0415
    from collector.opening import open_store  # noqa: PLC0415

    told = _told(arguments.file)
    with writing(arguments) as (config, journal, author):
        store = open_store(config.state_dir)
        try:
            sites = registered_agents(config).sites.values()
            site = site_of_subject(store.lookup, known_in(journal), sites, told)
        finally:
            store.close()
        print(declare(journal, author, told, site, arguments.reason, arguments.replaces))
    return OK


def _withdraw(arguments: argparse.Namespace) -> int:
    from collector.declarations.saving import withdraw  # noqa: PLC0415 - keeps --help fast

    with writing(arguments) as (_, journal, author):
        print(withdraw(journal, author, arguments.of, arguments.reason))
    return OK


def _told(name: str) -> "Declaration":
    """The declaration that a file describes.

    Raises:
        DeclarationError, TimestampError: it describes none.
    """
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from evidence.errors import Words  # noqa: PLC0415
    from evidence.statement.declaration.content import Declaration  # noqa: PLC0415
    from evidence.statement.declaration.errors import DeclarationValueError  # noqa: PLC0415

    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    reading: Any = msgspec.json if name.endswith(".json") else msgspec.toml
    try:
        found: Declaration = reading.decode(data, type=Declaration)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        limit = Words("as docs/reference/record.md says", "符合 docs/reference/record.md")
        what = Words(str(cause), str(cause))
        raise DeclarationValueError(name, what=what, limit=limit) from None
    return found


def _list(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from collector.activity.acts import known_in  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from collector.journal_read import read_journal  # noqa: PLC0415

    config = load_config(arguments.config)
    with read_journal(config.state_dir, config.collector.id) as journal:
        held = known_in(journal).declarations
    every = [each for name in sorted(held.versions) for each in held.versions[name]]
    shown = every if arguments.all else list(held.standing())
    if arguments.json:
        print(msgspec.json.encode({"declarations": shown}).decode())
        return OK
    for each in shown:
        print(_line(each))
    return OK


def _line(version: "Version") -> str:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from evidence.clock import utc_text  # noqa: PLC0415
    from evidence.printable import printable  # noqa: PLC0415
    from evidence.statement.declaration.content import plain  # noqa: PLC0415

    named = utc_text(version.at_ns), version.who, version.of
    head = str(version.entry), *map(printable, named)
    if version.told is None:
        return "\t".join((*head, "withdrawn", printable(version.reason)))
    said = {name: each for name, each in plain(version.told).items() if each and name != "of"}
    return "\t".join((*head, printable(msgspec.json.encode(said).decode())))
