"""The command `collector declaration`: what people declare of activity data, with who and why."""

import argparse
from typing import TYPE_CHECKING

from collector.activity.versions_cli import OK, VersionCommand, decoded, show
from collector.activity.writing import writing

if TYPE_CHECKING:  # --help shall be fast
    from collector.activity.versions_cli import Parsers, Refusals
    from evidence.errors import CodedError, Words
    from evidence.statement.declaration.book import Version
    from evidence.statement.declaration.content import Declaration


def add_commands(commands: "Parsers") -> list[argparse.ArgumentParser]:
    """The parsers of these commands, which need `--config` yet."""
    return VersionCommand(
        name="declaration",
        help="what only people can tell of activity data, for their records",
        add_help="declare something, or something else; print its entry",
        list_help="all that stand in the journal",
        withdraw_help="let one count for no record any more",
        key="of",
        add=_add,
        listed=_list,
        withdraw=_withdraw,
        refusals=_refusals,
    ).add_parsers(commands)


def _refusals() -> "Refusals":
    """What is given can be no declaration, or of nothing here."""
    from collector.api.refusal import RequestError  # noqa: PLC0415 - keeps --help fast
    from evidence.errors import TimestampError  # noqa: PLC0415
    from evidence.statement.declaration.errors import DeclarationError  # noqa: PLC0415
    from evidence.statement.entered.errors import EntryRefusedError  # noqa: PLC0415

    return DeclarationError, EntryRefusedError, RequestError, TimestampError


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
    from evidence.statement.declaration.content import Declaration  # noqa: PLC0415 - fast --help

    return decoded(name, Declaration, _no_declaration)


def _no_declaration(name: str, what: "Words") -> "CodedError":
    from evidence.errors import Words  # noqa: PLC0415 - keeps --help fast
    from evidence.statement.declaration.errors import DeclarationValueError  # noqa: PLC0415

    limit = Words("as docs/reference/record.md says", "符合 docs/reference/record.md")
    return DeclarationValueError(name, what=what, limit=limit)


def _list(arguments: argparse.Namespace) -> int:
    from collector.activity.acts import known_in  # noqa: PLC0415 - keeps --help fast
    from collector.config import load_config  # noqa: PLC0415
    from collector.journal_read import read_journal  # noqa: PLC0415

    config = load_config(arguments.config)
    with read_journal(config.state_dir, config.collector.id) as journal:
        held = known_in(journal).declarations
    every = [each for name in sorted(held.versions) for each in held.versions[name]]
    shown = every if arguments.all else list(held.standing())
    show("declarations", shown, _line, as_json=arguments.json)
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
